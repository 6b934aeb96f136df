"""What a decision rests on: asked alike of a new item, on the agenda, at the vote and at deciding."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.consilium.models import Item, ItemSpecialist
from portal.families import queries as families
from portal.families.models import Family
from portal.patronage.models import ClosingAnalysis, Patronage
from portal.patronage.queries import SPECIALISTS
from portal.rules import N_, RuleBroken, consent, lifecycle
from portal.rules.enrollment import check_course, check_removal, check_term
from portal.rules.hand_over import check_colleague


@dataclass(frozen=True)
class Ground:
    """What is known of a family and of the colleagues that an item proposes."""

    status: str
    has_analysis: bool
    course_ended_on: date | None
    consents: Sequence[consent.Consent]
    minors: Sequence[consent.Minor]
    lead: User | None
    involved: Sequence[User]


def check_item(s: Session, item: Item, involved: Iterable[int], day: date) -> None:
    """Whether the family can be enrolled or removed on `day`: asked at adding, at the vote and at deciding.

    Raises RuleBroken: R1 of the consent, R2 of the analysis, R4, R5, R6 of the proposal, wrong_state.
    """
    ground = _grounds(s, [item], {item.patronage_id: set(involved)}, day).get(item.patronage_id)
    if ground is None:
        raise RuleBroken("no_family", N_("There is no such family. Choose one of the list."))
    for check in _checks(item, ground, day):
        check()


def lacking(s: Session, items: Sequence[Item], day: date) -> dict[int, list[RuleBroken]]:
    """What each of the items, one a family, lacks to be decided on `day`, by its id; those that lack nothing
    are left out. A fixed number of queries, however many items there are.
    """
    involved: dict[int, set[int]] = {}
    query = select(Item.patronage_id, ItemSpecialist.user_id).join(Item, Item.id == ItemSpecialist.item_id)
    for patronage_id, user_id in s.execute(query.where(Item.id.in_([item.id for item in items]))):
        involved.setdefault(patronage_id, set()).add(user_id)
    grounds = _grounds(s, items, involved, day)
    found = {item.id: _broken(_checks(item, grounds[item.patronage_id], day)) for item in items}
    return {item_id: broken for item_id, broken in found.items() if broken}


def _grounds(
    s: Session, items: Sequence[Item], involved: Mapping[int, set[int]], day: date
) -> dict[int, Ground]:
    """By patronage."""
    columns = (Patronage.id, Patronage.family_id, Patronage.status, Family.course_ended_on)
    query = select(*columns, ClosingAnalysis.patronage_id).join(Family, Family.id == Patronage.family_id)
    query = query.outerjoin(ClosingAnalysis, ClosingAnalysis.patronage_id == Patronage.id)
    query = query.where(Patronage.id.in_([item.patronage_id for item in items]))
    rows = s.execute(query).all()
    facts = families.facts_of_consents(s, [row.family_id for row in rows], day)
    leads = {item.patronage_id: item.lead_id for item in items}
    wanted = {one for one in leads.values() if one}.union(*involved.values())
    people = {user.id: user for user in s.scalars(select(User).where(User.id.in_(wanted)))} if wanted else {}
    return {
        id_: Ground(
            status,
            analysis is not None,
            course,
            *facts[family_id],
            people.get(leads[id_] or 0),
            [people[one] for one in sorted(involved.get(id_, ()))],
        )
        for id_, family_id, status, course, analysis in rows
    }


def _checks(item: Item, ground: Ground, day: date) -> Iterator[Callable[[], object]]:
    """The rules that the decision must keep, each raising RuleBroken."""
    if item.kind == "remove":
        yield lambda: lifecycle.after(ground.status, lifecycle.Event.REMOVED)
        yield lambda: check_removal(ground.has_analysis, item.reason)
        return
    yield lambda: consent.check_consent(ground.consents, ground.minors, day, families.signing_age())
    yield lambda: lifecycle.after(ground.status, lifecycle.Event.ENROLLED)
    yield lambda: _check_people(ground)
    yield lambda: check_term(item.term or "", day, item.ends_on)
    yield lambda: check_course(ground.course_ended_on, item.course_reason, day)


def _check_people(ground: Ground) -> None:
    """R6: all the colleagues proposed may work with families."""
    if ground.lead is None:
        raise RuleBroken("no_lead", N_("Choose the lead specialist."))
    for user, kind in [(ground.lead, "lead"), *((one, "involved") for one in ground.involved)]:
        specialist = bool(user.roles & set(SPECIALISTS))
        check_colleague(kind, user.profession, specialist, user.dismissed_on is not None)


def _broken(checks: Iterator[Callable[[], object]]) -> list[RuleBroken]:
    found = []
    for check in checks:
        try:
            check()
        except RuleBroken as broken:
            found.append(broken)
    said = [broken for broken in found if broken.code != "wrong_state"]
    return said or found  # a family without a consent is not before the consilium: said once
