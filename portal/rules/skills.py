"""Communication skills before and after a club, on a short scale: 0 (not at all) to 4 (always).

CLUB 1: «развитие коммуникативных навыков: формирование у получателей услуг модели и нормы поведения в группе;
умение сопереживать и оказывать поддержку». Two skills for each of the three parts of that sentence.
"""

from collections.abc import Iterable, Mapping
from statistics import fmean

from portal.rules import N_, RuleBroken

SKILLS = ("contact", "listening", "rules", "conflict", "empathy", "support")
POINTS = ("before", "after")
HIGHEST = 4


def check_scores(scores: Mapping[str, int]) -> None:
    """All six skills, each from 0 to 4. Raises incomplete_scores, bad_score."""
    if set(scores) != set(SKILLS):
        raise RuleBroken("incomplete_scores", N_("Give all six scores of a participant, or none."))
    if not all(0 <= score <= HIGHEST for score in scores.values()):
        raise RuleBroken("bad_score", N_("A score is a number from 0 to 4."))


def average(scores: Iterable[int]) -> float | None:
    """The mean; None of nothing."""
    found = list(scores)
    return fmean(found) if found else None


def change(before: Mapping[str, int], after: Mapping[str, int]) -> int | None:
    """By how many points the sum of the six has grown; None unless both are there."""
    if not before or not after:
        return None
    return sum(after[skill] - before[skill] for skill in SKILLS)


def profile(
    people: Iterable[tuple[Mapping[str, int], Mapping[str, int]]],
) -> dict[str, tuple[float | None, float | None]]:
    """The mean of each skill before and after, of those who have both: so that the same people are compared."""
    both = [(before, after) for before, after in people if before and after]
    return {
        skill: (
            average(before[skill] for before, _after in both),
            average(after[skill] for _before, after in both),
        )
        for skill in SKILLS
    }
