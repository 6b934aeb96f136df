"""All that the page of one family shows, in a number of queries that does not grow with the family."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from portal.accounts.models import User
from portal.consilium.minutes_models import FollowUp
from portal.consilium.models import Decision, Item, Meeting
from portal.contacts.models import Suspension
from portal.db import db
from portal.families.models import Consent, ConsentSignature, Family, FamilyCategory, FamilyMember
from portal.memory import unchanged
from portal.patronage.models import Assignment, Emergency, Patronage
from portal.rules.lifecycle import OPEN
from portal.rules.meetings import LIVE


@dataclass(frozen=True)
class ConsentLine:
    """A consent as the card shows it."""

    id: int
    representative: str
    given_on: date
    withdrawn_on: date | None
    withdrawal_reason: str
    has_scan: bool
    imported: bool
    signed: list[str]


@dataclass
class Card:
    """One family."""

    family: Family
    members: list[FamilyMember]
    categories: list[str]
    episodes: list[Patronage]
    consents: list[ConsentLine]
    assignments: list[Row[Any]]
    decisions: list[Row[Any]]
    agenda: Row[Any] | None
    suspended_on: date | None  # the open suspension's first day
    emergency: Row[Any] | None  # a start of the emergency regime that waits for the consilium

    @property
    def name(self) -> str:
        """The full name of the first representative, which the family goes by."""
        return self.representatives[0].full_name if self.representatives else self.family.surname

    @property
    def representatives(self) -> list[FamilyMember]:
        """Those who represent the family now."""
        return [one for one in self.members if one.kind == "representative" and one.left_on is None]

    @property
    def minors(self) -> list[FamilyMember]:
        """The children of now, the eldest first."""
        here = [one for one in self.members if one.kind == "minor" and one.left_on is None]
        return sorted(here, key=lambda one: (one.birth_year or 9999, one.birth_date or date.max, one.id))

    @property
    def gone(self) -> list[FamilyMember]:
        """Those who have left the family."""
        return [one for one in self.members if one.left_on is not None]

    @property
    def latest(self) -> Patronage | None:
        """The latest episode."""
        return next((one for one in self.episodes if one.latest), None)

    @property
    def is_open(self) -> bool:
        """Whether an episode is open."""
        return self.latest is not None and self.latest.status in OPEN


def card_of(family: Family) -> Card:
    """The card of the family."""
    members = list(
        db.session.scalars(
            select(FamilyMember).where(FamilyMember.family_id == family.id).order_by(FamilyMember.id)
        )
    )
    episodes = list(
        db.session.scalars(
            select(Patronage)
            .where(Patronage.family_id == family.id)
            .order_by(Patronage.latest.desc(), Patronage.opened_on.desc(), Patronage.id.desc())
        )
    )
    return Card(
        family=family,
        members=members,
        episodes=episodes,
        **unchanged(("family card", family.id), lambda: _around(family.id, members)),
    )


def _around(family_id: int, members: list[FamilyMember]) -> dict[str, Any]:
    """What is of plain values; read once after each change."""
    return {
        "categories": _categories(family_id),
        "consents": _consents(family_id, {one.id: one.full_name for one in members}),
        "assignments": _assignments(family_id),
        "decisions": _decisions(family_id),
        "agenda": _agenda(family_id),
        "suspended_on": _suspended_on(family_id),
        "emergency": _emergency(family_id),
    }


def _categories(family_id: int) -> list[str]:
    query = select(FamilyCategory.code).where(FamilyCategory.family_id == family_id)
    return list(db.session.scalars(query.order_by(FamilyCategory.code)))


def _consents(family_id: int, names: dict[int, str]) -> list[ConsentLine]:
    query = select(Consent, ConsentSignature.minor_id).outerjoin(
        ConsentSignature, ConsentSignature.consent_id == Consent.id
    )
    ordered = query.where(Consent.family_id == family_id).order_by(Consent.given_on.desc(), Consent.id.desc())
    lines: dict[int, ConsentLine] = {}
    for row, minor_id in db.session.execute(ordered):
        line = lines.setdefault(
            row.id,
            ConsentLine(
                row.id,
                names.get(row.representative_id, ""),
                row.given_on,
                row.withdrawn_on,
                row.withdrawal_reason,
                row.scan_id is not None,
                row.imported,
                [],
            ),
        )
        if minor_id in names:
            line.signed.append(names[minor_id])
    return list(lines.values())


def _assignments(family_id: int) -> list[Row[Any]]:
    """Who works with the family now, the lead first."""
    query = (
        select(Assignment.kind, Assignment.starts_on, User.id, User.position)
        .add_columns(User.last_name, User.first_name, User.middle_name)
        .join(Patronage, Patronage.id == Assignment.patronage_id)
        .join(User, User.id == Assignment.user_id)
        .where(Patronage.family_id == family_id, Patronage.latest, Assignment.ends_on.is_(None))
    )
    return list(db.session.execute(query.order_by(Assignment.kind.desc(), User.search)))


def _decisions(family_id: int) -> list[Row[Any]]:
    query = (
        select(Decision.year, Decision.number, Decision.kind, Decision.carried, Decision.decided_on)
        .add_columns(Decision.id, Item.meeting_id, FollowUp.told_on, FollowUp.extract_on)
        .add_columns(FollowUp.decision_id.label("owed"), Meeting.extract_days)
        .join(Item, Item.id == Decision.item_id)
        .join(Meeting, Meeting.id == Item.meeting_id)
        .outerjoin(FollowUp, FollowUp.decision_id == Decision.id)
        .join(Patronage, Patronage.id == Decision.patronage_id)
        .where(Patronage.family_id == family_id)
    )
    return list(db.session.execute(query.order_by(Decision.year.desc(), Decision.number.desc())))


def _agenda(family_id: int) -> Any:
    """The meeting that will speak of the family, when it stands on an agenda."""
    query = (
        select(Meeting.id, Meeting.held_on, Meeting.status, Item.kind)
        .join(Item, Item.meeting_id == Meeting.id)
        .join(Patronage, Patronage.id == Item.patronage_id)
        .where(Patronage.family_id == family_id, Item.status.in_(LIVE))
        .where(Meeting.status.in_(("draft", "convened", "open")))
    )
    return db.session.execute(query.order_by(Meeting.held_on).limit(1)).first()


def _suspended_on(family_id: int) -> date | None:
    query = select(Suspension.starts_on).join(Patronage, Patronage.id == Suspension.patronage_id)
    here = (Patronage.family_id == family_id, Patronage.latest, Suspension.ends_on.is_(None))
    return db.session.scalar(query.where(*here))


def _emergency(family_id: int) -> Any:
    query = select(Emergency.started_on, Emergency.why)
    query = query.join(Patronage, Patronage.id == Emergency.patronage_id)
    return db.session.execute(
        query.where(Patronage.family_id == family_id, Emergency.outcome.is_(None))
    ).first()
