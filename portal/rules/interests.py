"""What recipients would like, and which club would suit whom.

CLUB 5, stage 1, step 1: «анализ опроса получателей социальных, личных дел». The list is ours: the standard has none.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from portal.rules import N_, RuleBroken

INTERESTS = (
    *("talk", "friends", "feelings", "crafts", "drawing", "music", "theater", "dance", "games", "sport"),
    *("books", "tech", "cooking", "nature", "household", "studies", "parenting", "family", "volunteering"),
)
GROUPS = ("under7", "7to10", "11to14", "15to17", "parents", "unknown")
LONGEST_AGO = timedelta(days=366)


def check_interests(codes: Iterable[str]) -> frozenset[str]:
    """The codes, each of the list. Raises unknown_interest."""
    found = frozenset(codes)
    if not found <= set(INTERESTS):
        raise RuleBroken("unknown_interest", N_("Choose interests from the list."))
    return found


def check_asked_on(day: date, today: date) -> None:
    """A survey or an assessment is of today or of the last year. Raises asked_later, asked_long_ago."""
    if day > today:
        raise RuleBroken("asked_later", N_("This day is still to come. Choose today or an earlier day."))
    if day < today - LONGEST_AGO:
        raise RuleBroken("asked_long_ago", N_("This day is more than a year ago. Check the year."))


def group_of(kind: str, age: int | None) -> str:
    """The group of GROUPS that a person of the family is counted in: a parent, or a minor by age."""
    if kind == "representative":
        return "parents"
    if age is None:
        return "unknown"
    return "under7" if age < 7 else "7to10" if age < 11 else "11to14" if age < 15 else "15to17"


def counted(people: Iterable[tuple[str, Iterable[str]]]) -> dict[str, dict[str, int]]:
    """How often each interest was ticked in each group, the most wished first, from (group, codes) of each."""
    found: dict[str, dict[str, int]] = {}
    for group, codes in people:
        for code in codes:
            by_group = found.setdefault(code, {})
            by_group[group] = by_group.get(group, 0) + 1
    order = sorted(found, key=lambda code: (-sum(found[code].values()), _place(code)))
    return {code: found[code] for code in order}


def _place(code: str) -> int:
    return INTERESTS.index(code) if code in INTERESTS else len(INTERESTS)


def fits(audience: str, ages: tuple[int | None, int | None], kind: str, age: int | None) -> bool:
    """Whether a club of that audience (minors, parents, mixed) and ages takes the person; ages are of minors."""
    if kind == "representative":
        return audience in ("parents", "mixed")
    if audience == "parents":
        return False
    first, last = ages
    if age is None:
        return first is None and last is None
    return (first is None or first <= age) and (last is None or age <= last)


def best_first(wishes: Mapping[int, Iterable[str]], about: Iterable[str]) -> dict[int, frozenset[str]]:
    """Of those who share an interest with the club, what they share: whoever shares most comes first."""
    known = frozenset(about)
    shared = {key: known & frozenset(codes) for key, codes in wishes.items()}
    order = sorted((key for key, codes in shared.items() if codes), key=lambda key: (-len(shared[key]), key))
    return {key: shared[key] for key in order}
