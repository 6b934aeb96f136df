"""What a decision rests on: asked alike of a new item, on the agenda, at the vote and at deciding."""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
    (ground,) = _grounds(s, [item], [set(involved)], day)
    if ground is None:
        raise RuleBroken("no_family", N_("There is no such family. Choose one of the list."))
    for check in _checks(item, ground, day):
        check()


def lacking(s: Session, items: Sequence[Item], day: date) -> dict[int, list[RuleBroken]]:
    """What each of the items lacks to be decided on `day`, by its id; those that lack nothing are left out.

    A fixed number of queries, however many items there are.
    """
    involved: dict[int, set[int]] = {item.id: set() for item in items}
    query = select(ItemSpecialist.item_id, ItemSpecialist.user_id)
    for item_id, user_id in s.execute(query.where(ItemSpecialist.item_id.in_(involved))):
        involved[item_id].add(user_id)
    grounds = _grounds(s, items, list(involved.values()), day)
    found = {
        item.id: _broken(_checks(item, ground, day))
        for item, ground in zip(items, grounds, strict=True)
        if ground
    }
    return {item_id: broken for item_id, broken in found.items() if broken}


def _grounds(
    s: Session, items: Sequence[Item], involved: Sequence[set[int]], day: date
) -> list[Ground | None]:
    """Of each item in turn; None of a patronage that is not there."""
    columns = (Patronage.id, Patronage.family_id, Patronage.status, Family.course_ended_on)
    query = select(*columns, ClosingAnalysis.patronage_id.label("analysis"))
    query = query.join(Family, Family.id == Patronage.family_id)
    query = query.outerjoin(ClosingAnalysis, ClosingAnalysis.patronage_id == Patronage.id)
    query = query.where(Patronage.id.in_([item.patronage_id for item in items]))
    rows = {row.id: row for row in s.execute(query)}
    facts = families.facts_of_consents(s, [row.family_id for row in rows.values()], day)
    wanted = {item.lead_id for item in items if item.lead_id}.union(*involved)
    people = {user.id: user for user in s.scalars(select(User).where(User.id.in_(wanted)))} if wanted else {}
    return [
        Ground(
            row.status,
            row.analysis is not None,
            row.course_ended_on,
            *facts[row.family_id],
            people.get(item.lead_id or 0),
            [people[one] for one in sorted(chosen)],
        )
        if (row := rows.get(item.patronage_id or 0))
        else None
        for item, chosen in zip(items, involved, strict=True)
    ]


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
