"""What is read of one family: who may see it, its card, its consents."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select, true, union
from sqlalchemy.orm import Session, aliased

from portal import clock
from portal.access import Permission, Role, may
from portal.consilium.models import Item, Meeting, MeetingSeat, RollSeat
from portal.db import db
from portal.families.models import Consent, ConsentSignature, Family, FamilyMember
from portal.memory import unchanged
from portal.patronage.models import Assignment, Patronage
from portal.rules import consent as rules
from portal.settings import queries as settings

OFF_THE_AGENDA = "withdrawn"


def reach(user: Any) -> ColumnElement[bool]:
    """The families a user sees, as a condition on Family (DOMAIN §4, R20); what several roles see adds up.

    Whoever stands in for colleagues today sees and works with their families too.
    """
    if may(user, Permission.FAMILY_VIEW_ALL):
        return true()
    return _among([*_by_work(user), *_by_consilium(user)])


def work(user: Any) -> ColumnElement[bool]:
    """The families a user works with, and so may change: a seat in the consilium only lets read."""
    return true() if may(user, Permission.FAMILY_VIEW_ALL) else _among(_by_work(user))


def _among(parts: list[Select[Any]]) -> ColumnElement[bool]:
    return Family.id.in_(union(*parts)) if parts else false()


def _by_work(user: Any) -> list[Select[Any]]:
    if not user.roles & {Role.SPECIALIST, Role.PEDAGOGUE}:
        return []
    people = {user.id, *user.stands_in}
    return [_assigned_to(people), _taken_in_by(people)]


def _by_consilium(user: Any) -> list[Select[Any]]:
    roles, parts = user.roles, []
    if roles & {Role.CHAIR, Role.SECRETARY}:
        waiting = select(Patronage.family_id).where(Patronage.latest, Patronage.status == "submitted")
        parts += [waiting, _on_agenda("draft", "convened", "open")]
    if Role.MEMBER in roles:
        seat = select(RollSeat.id).where(RollSeat.user_id == user.id, RollSeat.until_on.is_(None)).exists()
        parts += [_on_agenda("convened", "open").where(seat), _on_agenda("open").where(_seated(user.id))]
    return parts


def _seated(user_id: int) -> ColumnElement[bool]:
    """Whoever was on the roll when the meeting opened votes in it to its end, and reads what is voted on."""
    mine = (MeetingSeat.meeting_id == Meeting.id, MeetingSeat.user_id == user_id)
    return select(MeetingSeat.user_id).where(*mine).exists()


def _assigned_to(user_ids: set[int]) -> Select[Any]:
    query = select(Patronage.family_id).join(Assignment, Assignment.patronage_id == Patronage.id)
    return query.where(Patronage.latest, _is(Assignment.user_id, user_ids), Assignment.ends_on.is_(None))


def _is(column: Any, user_ids: set[int]) -> ColumnElement[bool]:
    """One of them; nearly always there is one only."""
    found: ColumnElement[bool] = column.in_(user_ids) if len(user_ids) > 1 else column == next(iter(user_ids))
    return found


def _taken_in_by(user_ids: set[int]) -> Select[Any]:
    """Whoever took a family in works with it until it is enrolled, and others are assigned."""
    own = aliased(Family)
    query = select(Patronage.family_id).join(own, own.id == Patronage.family_id)
    return query.where(_is(own.created_by_id, user_ids), Patronage.latest, Patronage.enrolled_on.is_(None))


def _on_agenda(*meetings: str) -> Select[Any]:
    query = select(Patronage.family_id).join(Item, Item.patronage_id == Patronage.id).join(Meeting)
    return query.where(Meeting.status.in_(meetings), Item.status != OFF_THE_AGENDA)


def families_for(user: Any) -> Select[Any]:
    """The ids of the families a user sees, for other queries: `X.family_id.in_(families_for(user))`."""
    return select(Family.id).where(reach(user)).correlate(None)


def get_family(user: Any, family_id: int) -> Family | None:
    """A family within the user's reach, else None."""
    return db.session.scalar(select(Family).where(Family.id == family_id, reach(user)))


def get_worked_with(user: Any, family_id: int) -> Family | None:
    """A family the user works with and may change, else None."""
    return db.session.scalar(select(Family).where(Family.id == family_id, work(user)))


def works_with(user: Any, family_id: int) -> bool:
    """Whether the user works with the family; of whoever sees all of them it need not be asked."""
    if may(user, Permission.FAMILY_VIEW_ALL):
        return True
    query = select(Family.id).where(Family.id == family_id, work(user))
    key = ("works with", user.id, family_id, clock.today())
    return unchanged(key, lambda: db.session.scalar(query) is not None)


def get_consent(user: Any, family_id: int, consent_id: int) -> Consent | None:
    """A consent of a family within the user's reach, else None."""
    query = select(Consent).join(Family, Family.id == Consent.family_id)
    return db.session.scalar(query.where(Consent.id == consent_id, Family.id == family_id, reach(user)))


def get_worked_consent(user: Any, family_id: int, consent_id: int) -> Consent | None:
    """A consent of a family the user works with, else None."""
    consent = get_consent(user, family_id, consent_id)
    return consent if consent and get_worked_with(user, family_id) else None


def latest_patronage(family_id: int) -> Patronage | None:
    """The family's latest episode."""
    return db.session.scalar(select(Patronage).where(Patronage.family_id == family_id, Patronage.latest))


def consent_facts(
    s: Session, family_id: int, day: date | None = None
) -> tuple[list[rules.Consent], list[rules.Minor]]:
    """The family's consents and minors as the rule R1 takes them; `day` (today) says who still belongs to it.

    A consent of somebody who has left the family by then is no longer that of its representative.
    """
    return facts_of_consents(s, {family_id: day or clock.today()})[family_id]


def facts_of_consents(
    s: Session, days: Mapping[int, date]
) -> dict[int, tuple[list[rules.Consent], list[rules.Minor]]]:
    """What `consent_facts` gives, by family, each on its day; two queries however many families there are."""
    facts: dict[int, tuple[list[rules.Consent], list[rules.Minor]]] = {one: ([], []) for one in days}
    members = {m.id: m for m in s.scalars(select(FamilyMember).where(FamilyMember.family_id.in_(facts)))}
    here = {m.id for m in members.values() if m.left_on is None or m.left_on > days[m.family_id]}
    for row, signed in _consents(s, facts):
        given_by = members[row.representative_id]
        by_representative = given_by.id in here and given_by.kind == "representative"
        facts[row.family_id][0].append(
            rules.Consent(row.given_on, row.withdrawn_on, by_representative, frozenset(signed))
        )
    for m in members.values():
        if m.kind == "minor" and m.id in here:
            facts[m.family_id][1].append(rules.Minor(m.id, m.birth_date, m.birth_year, m.full_name))
    return facts


def _consents(s: Session, family_ids: Iterable[int]) -> Iterable[tuple[Any, set[int]]]:
    """The consents of the families, each with the ids of the minors who signed it."""
    columns = (
        Consent.id,
        Consent.family_id,
        Consent.representative_id,
        Consent.given_on,
        Consent.withdrawn_on,
    )
    query = select(*columns, ConsentSignature.minor_id).where(Consent.family_id.in_(family_ids))
    query = query.outerjoin(ConsentSignature, ConsentSignature.consent_id == Consent.id)
    found: dict[int, tuple[Any, set[int]]] = {}
    for row in s.execute(query.order_by(Consent.id)):
        signed = found.setdefault(row.id, (row, set()))[1]
        if row.minor_id is not None:
            signed.add(row.minor_id)
    return found.values()


def signing_age() -> int | None:
    """From which age a minor signs too; None when the centre has switched that off."""
    return settings.value("signing_age") or None
