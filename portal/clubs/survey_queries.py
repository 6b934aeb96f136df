"""What is read of surveys and skills: the last answers of each, a club's group, the scores before and after."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select

from portal import clock
from portal.access import LARGEST_ID
from portal.clubs.models import ClubInterest, ClubParticipant
from portal.clubs.program_models import InterestAnswer, InterestSurvey, SkillAssessment, SkillScore
from portal.clubs.recipients import in_care
from portal.db import db
from portal.families.models import Family, FamilyMember
from portal.patronage.models import Patronage

PERSON = (
    *(FamilyMember.id, FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name),
    *(FamilyMember.kind, FamilyMember.birth_date, FamilyMember.birth_year, FamilyMember.family_id),
    Family.number,
)
BY_NAME = (FamilyMember.last_name, FamilyMember.first_name, FamilyMember.id)


@dataclass(frozen=True)
class Survey:
    """The last survey of a recipient."""

    on_day: date
    wishes: str
    codes: frozenset[str]


def people() -> Any:
    """Members of families, with the number of the family."""
    return select(*PERSON).join(Family, Family.id == FamilyMember.family_id)


def served() -> Any:
    """Those who may be served today (REG 1.3, CLUB 4)."""
    today = clock.today()
    latest = and_(Patronage.family_id == Family.id, Patronage.latest)
    return (
        people()
        .outerjoin(Patronage, latest)
        .where(
            or_(Patronage.status == "enrolled", in_care(Family.id, today)),
            or_(FamilyMember.left_on.is_(None), FamilyMember.left_on > today),
        )
    )


def recipient(_user: Any, member_id: int) -> Any:
    """The person, when they may be served today."""
    if member_id > LARGEST_ID:
        return None
    return db.session.execute(served().where(FamilyMember.id == member_id)).one_or_none()


def group(club_id: int, with_former: bool = False) -> list[Any]:
    """Who goes to the club, by name; `with_former`: and those who went to it and were assessed."""
    going = select(ClubParticipant.member_id).where(
        ClubParticipant.club_id == club_id, ClubParticipant.left_on.is_(None)
    )
    wanted: Any = FamilyMember.id.in_(going)
    if with_former:
        assessed = select(SkillAssessment.member_id).where(SkillAssessment.club_id == club_id)
        wanted = or_(wanted, FamilyMember.id.in_(assessed))
    return list(db.session.execute(people().where(wanted).order_by(*BY_NAME)).all())


def latest(member_ids: Collection[int] | None = None) -> dict[int, Survey]:
    """The last survey by recipient, of all or of these, in two queries."""
    place = func.row_number().over(
        partition_by=InterestSurvey.member_id,
        order_by=(InterestSurvey.on_day.desc(), InterestSurvey.id.desc()),
    )
    rows = select(
        *(InterestSurvey.id, InterestSurvey.member_id, InterestSurvey.on_day, InterestSurvey.wishes),
        place.label("place"),
    )
    if member_ids is not None:
        rows = rows.where(InterestSurvey.member_id.in_(list(member_ids)))
    last = rows.subquery()
    found = db.session.execute(select(last).where(last.c.place == 1)).all()
    answers = select(InterestAnswer.survey_id, InterestAnswer.code).where(
        InterestAnswer.survey_id.in_(select(last.c.id).where(last.c.place == 1))
    )
    codes: dict[int, set[str]] = {}
    for survey_id, code in db.session.execute(answers):
        codes.setdefault(survey_id, set()).add(code)
    return {row.member_id: Survey(row.on_day, row.wishes, frozenset(codes.get(row.id, ()))) for row in found}


def about(club_id: int) -> frozenset[str]:
    """The interests that the club is about."""
    return frozenset(db.session.scalars(select(ClubInterest.code).where(ClubInterest.club_id == club_id)))


def skills_of_club(club_id: int) -> dict[int, dict[str, dict[str, int]]]:
    """The scores by recipient and point (before, after)."""
    query = (
        select(SkillAssessment.member_id, SkillAssessment.point, SkillScore.code, SkillScore.score)
        .join(SkillScore, SkillScore.assessment_id == SkillAssessment.id)
        .where(SkillAssessment.club_id == club_id)
    )
    found: dict[int, dict[str, dict[str, int]]] = {}
    for member_id, point, code, score in db.session.execute(query):
        found.setdefault(member_id, {}).setdefault(point, {})[code] = score
    return found


def families(rows: Iterable[Any]) -> set[int]:
    """The families of the people."""
    return {row.family_id for row in rows}


def asked() -> list[Any]:
    """Those who may be served today and were asked."""
    query = served().where(FamilyMember.id.in_(select(InterestSurvey.member_id)))
    return list(db.session.execute(query).all())
