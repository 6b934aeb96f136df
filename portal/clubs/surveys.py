"""What records surveys of interests, what a club is about, and communication skills before and after."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.clubs import survey_queries as queries
from portal.clubs.actions import open_club
from portal.clubs.models import ClubInterest, ClubParticipant
from portal.clubs.program_models import InterestAnswer, InterestSurvey, SkillAssessment, SkillScore
from portal.clubs.recipients import check_recipient
from portal.db import atomic
from portal.rules import N_, RuleBroken
from portal.rules.interests import check_asked_on, check_interests
from portal.rules.skills import POINTS, check_scores


@dataclass(frozen=True)
class Wishes:
    """What a recipient said: interests by their codes, and wishes in their words."""

    codes: frozenset[str]
    words: str = ""

    @property
    def empty(self) -> bool:
        """Nothing was said."""
        return not self.codes and not self.words


def record_interests(
    answers: Mapping[int, Wishes], day: date, actor_id: int, club_id: int | None = None
) -> int:
    """Record the answers that differ from the last ones; those of a club are of its participants. Gives how many.

    Raises asked_later, asked_long_ago, unknown_interest, not_participant, and what check_recipient does.
    """
    check_asked_on(day, clock.today())
    for answer in answers.values():
        check_interests(answer.codes)
    fresh = _fresh(answers)
    if not fresh:
        return 0
    with atomic() as s:
        _check_asked(s, fresh, club_id)
        for member_id, answer in sorted(fresh.items()):
            _record(s, member_id, answer, day, actor_id)
    return len(fresh)


def _fresh(answers: Mapping[int, Wishes]) -> dict[int, Wishes]:
    last = {key: Wishes(one.codes, one.wishes) for key, one in queries.latest(answers).items()}
    return {key: one for key, one in answers.items() if one != last.get(key, Wishes(frozenset()))}


def _check_asked(s: Session, member_ids: Collection[int], club_id: int | None) -> None:
    if club_id is None:
        for member_id in member_ids:
            check_recipient(s, member_id, clock.today())
        return
    open_club(s, club_id)
    _check_going(s, club_id, member_ids)


def _check_going(s: Session, club_id: int, member_ids: Collection[int], once: bool = False) -> None:
    """They go to the club; `once`: or went to it."""
    query = select(ClubParticipant.member_id).where(ClubParticipant.club_id == club_id)
    going = set(s.scalars(query if once else query.where(ClubParticipant.left_on.is_(None))))
    if not set(member_ids) <= going:
        message = N_("Somebody of these does not go to the club any more. Open the page anew.")
        raise RuleBroken("not_participant", message)


def _record(s: Session, member_id: int, answer: Wishes, day: date, actor_id: int) -> None:
    row = InterestSurvey(
        member_id=member_id, on_day=day, wishes=answer.words, recorded_by_id=actor_id, recorded_at=clock.now()
    )
    s.add(row)
    s.flush()
    s.add_all(InterestAnswer(survey_id=row.id, code=code) for code in sorted(answer.codes))
    new = {"member_id": member_id, "on_day": day, "interests": answer.codes}
    audit.record(s, Event.INTERESTS_RECORDED, actor_id, row, new=new)


def set_interests(club_id: int, codes: Collection[str], actor_id: int) -> None:
    """Say what the club is about. Raises unknown_interest, club_closed."""
    wanted = check_interests(codes)
    with atomic() as s:
        club = open_club(s, club_id)
        here = ClubInterest.club_id == club_id
        old = set(s.scalars(select(ClubInterest.code).where(here)))
        s.execute(delete(ClubInterest).where(here))
        s.add_all(ClubInterest(club_id=club_id, code=code) for code in sorted(wanted))
        audit.record(s, Event.CLUB_AIMED, actor_id, club, old={"about": old}, new={"about": wanted})


def assess(
    club_id: int, point: str, scores: Mapping[int, Mapping[str, int]], day: date, actor_id: int
) -> int:
    """Keep the skills of participants before or after the club; what differs is corrected. Gives how many changed.

    Raises asked_later, asked_long_ago, incomplete_scores, bad_score, not_participant, bad_point.
    """
    check_asked_on(day, clock.today())
    if point not in POINTS:
        raise RuleBroken("bad_point", N_("Skills are assessed before the club or after it."))
    for one in scores.values():
        check_scores(one)
    known = queries.skills_of_club(club_id)
    fresh = {key: dict(one) for key, one in scores.items() if known.get(key, {}).get(point) != dict(one)}
    if not fresh:
        return 0
    with atomic() as s:
        _check_going(s, club_id, fresh, once=True)
        for member_id, values in sorted(fresh.items()):
            _assess(s, (club_id, member_id, point), values, day, actor_id)
    return len(fresh)


def _assess(s: Session, key: tuple[int, int, str], values: dict[str, int], day: date, actor_id: int) -> None:
    club_id, member_id, point = key
    here: dict[str, Any] = {"club_id": club_id, "member_id": member_id, "point": point}
    row = s.scalar(select(SkillAssessment).filter_by(**here)) or SkillAssessment(**here)
    old: dict[str, int] = {}
    if row.id is not None:
        scores = s.execute(
            select(SkillScore.code, SkillScore.score).where(SkillScore.assessment_id == row.id)
        )
        old = {row.code: row.score for row in scores}
        s.execute(delete(SkillScore).where(SkillScore.assessment_id == row.id))
    row.on_day, row.author_id, row.made_at = day, actor_id, clock.now()
    s.add(row)
    s.flush()
    s.add_all(SkillScore(assessment_id=row.id, code=code, score=score) for code, score in values.items())
    audit.record(s, Event.SKILLS_ASSESSED, actor_id, row, old={"scores": old}, new={**here, "scores": values})
