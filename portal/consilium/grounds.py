"""What a decision rests on: asked alike of a new item, on the agenda, at the vote and at deciding."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.consilium.models import Item, ItemSpecialist
from portal.families import queries as families
from portal.families.models import Family
from portal.patronage.models import ClosingAnalysis, Emergency, Patronage
from portal.patronage.queries import SPECIALISTS
from portal.rules import N_, RuleBroken, consent, meetings
from portal.rules import items as kinds
from portal.rules.enrollment import check_course, check_removal, check_term
from portal.rules.hand_over import check_colleague
from portal.rules.items import KINDS, Kind

Checks = Iterator[Callable[[], object]]


@dataclass(frozen=True)
class Ground:
    """What is known of a family and of the colleagues that an item proposes; of a free question nothing."""

    status: str = ""
    regime: str | None = None
    term: tuple[str | None, date | None] = (None, None)  # and its end
    has_analysis: bool = False
    approved: bool = False  # the analysis, by a head
    emergency_waits: bool = False
    course_ended_on: date | None = None
    consents: Sequence[consent.Consent] = ()
    minors: Sequence[consent.Minor] = ()
    lead: User | None = None
    involved: Sequence[User] = ()


def check_item(s: Session, item: Item, involved: Iterable[int], day: date) -> None:
    """Whether the item can be decided on `day`: asked at adding, at the vote and at deciding.

    Raises RuleBroken: R1 of the consent, R2 of the analysis, R4, R5, R6 of the proposal, wrong_state, and what
    `rules.items` asks of its kind.
    """
    (ground,) = _grounds(s, {item: day}, [set(involved)])
    if ground is None:
        raise RuleBroken("no_family", N_("There is no such family. Choose one of the list."))
    for broken in _refusals(item, ground, day):
        raise broken


class Standing(NamedTuple):
    """What an item lacks to be decided on; `unapproved`: a removal whose analysis no head has approved yet (R7)."""

    broken: list[RuleBroken]
    unapproved: bool


def lacking(s: Session, days: Mapping[Item, date]) -> dict[int, list[RuleBroken]]:
    """What each of the items lacks to be decided on its day, by its id; those that lack nothing are left out."""
    found = standing(s, days)
    return {item_id: one.broken for item_id, one in found.items() if one.broken}


def standing(
    s: Session, days: Mapping[Item, date], known: Mapping[int, Iterable[int]] | None = None
) -> dict[int, Standing]:
    """How each of the items stands on its day, by its id.

    A fixed number of queries, however many items there are. `known`: the specialists proposed, where they were read.
    """
    involved = _involved(s, [item.id for item in days]) if known is None else known
    grounds = _grounds(s, days, [set(involved.get(item.id, ())) for item in days])
    return {
        item.id: Standing(_broken(item, ground, day), _is_unapproved(item, ground))
        for (item, day), ground in zip(days.items(), grounds, strict=True)
        if ground
    }


def _is_unapproved(item: Item, ground: Ground) -> bool:
    return KINDS[Kind(item.kind)].analysis and ground.has_analysis and not ground.approved


def _involved(s: Session, item_ids: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    query = select(ItemSpecialist.item_id, ItemSpecialist.user_id)
    for item_id, user_id in s.execute(query.where(ItemSpecialist.item_id.in_(item_ids))):
        found.setdefault(item_id, set()).add(user_id)
    return found


def _grounds(s: Session, days: Mapping[Item, date], involved: Sequence[set[int]]) -> list[Ground | None]:
    """Of each item in turn, on its day; None of a patronage that is not there."""
    asked = {item.patronage_id: day for item, day in days.items() if item.patronage_id}
    rows = _rows(s, list(asked))
    facts = families.facts_of_consents(s, {row.family_id: asked[row.id] for row in rows.values()})
    wanted = {item.lead_id for item in days if item.lead_id}.union(*involved)
    people = {user.id: user for user in s.scalars(select(User).where(User.id.in_(wanted)))} if wanted else {}
    found: list[Ground | None] = []
    for item, chosen in zip(days, involved, strict=True):
        row = rows.get(item.patronage_id or 0)
        if row is None:
            found.append(Ground() if item.kind == Kind.QUESTION else None)
            continue
        consents, minors = facts[row.family_id]
        found.append(
            Ground(
                status=row.status,
                regime=row.regime,
                term=(row.term, row.ends_on),
                has_analysis=row.analysis is not None,
                approved=row.approved_at is not None,
                emergency_waits=row.emergency is not None,
                course_ended_on=row.course_ended_on,
                consents=consents,
                minors=minors,
                lead=people.get(item.lead_id or 0),
                involved=[people[one] for one in sorted(chosen)],
            )
        )
    return found


def _rows(s: Session, patronage_ids: Sequence[int]) -> dict[int, Any]:
    """The patronages with what is asked of them, by id."""
    columns = (Patronage.id, Patronage.family_id, Patronage.status, Patronage.regime, Patronage.term)
    query = select(*columns, Patronage.ends_on, Family.course_ended_on)
    query = query.add_columns(
        ClosingAnalysis.patronage_id.label("analysis"),
        ClosingAnalysis.approved_at,
        Emergency.patronage_id.label("emergency"),
    )
    query = query.join(Family, Family.id == Patronage.family_id)
    query = query.outerjoin(ClosingAnalysis, ClosingAnalysis.patronage_id == Patronage.id)
    waits = (Emergency.patronage_id == Patronage.id) & Emergency.outcome.is_(None)
    query = query.outerjoin(Emergency, waits).where(Patronage.id.in_(patronage_ids))
    return {row.id: row for row in s.execute(query)}


def _checks(item: Item, ground: Ground, day: date) -> Checks:
    """The rules that the decision must keep, each raising RuleBroken: what the table of kinds asks, then its own."""
    kind = Kind(item.kind)
    asked = KINDS[kind]
    if asked.consent:
        yield lambda: consent.check_consent(ground.consents, ground.minors, day, families.signing_age())
    if asked.statuses:
        yield lambda: kinds.check_status(kind, ground.status)
    if asked.analysis:
        yield lambda: check_removal(ground.has_analysis, item.reason)
    for check in PROPOSED[kind]:
        yield partial(check, item, ground, day)


# what each kind proposes, and whether that can be decided
PROPOSED: Mapping[Kind, Sequence[Callable[[Item, Ground, date], object]]] = {
    Kind.ENROLL: (
        lambda item, ground, day: _check_people(ground),
        lambda item, ground, day: check_term(item.term or "", day, item.ends_on),
        lambda item, ground, day: check_course(ground.course_ended_on, item.course_reason, day),
    ),
    Kind.REFUSE: (),
    Kind.REMOVE: (lambda item, ground, day: kinds.check_withdrawn(item.reason, ground.status),),
    Kind.REGIME: (
        lambda item, ground, day: kinds.check_regime(ground.regime, item.regime, ground.emergency_waits),
    ),
    Kind.TERM: (lambda item, ground, day: kinds.check_new_term(ground.term, item.term, item.ends_on, day),),
    Kind.EXTEND: (lambda item, ground, day: kinds.check_extension(ground.term, item.ends_on, day),),
    Kind.RATIFY: (lambda item, ground, day: kinds.check_ratify(ground.emergency_waits),),
    Kind.TRANSFER: (lambda item, ground, day: kinds.check_place(item.place),),
    Kind.QUESTION: (lambda item, ground, day: kinds.check_question(item.question),),
}


def _check_people(ground: Ground) -> None:
    """R6: all the colleagues proposed may work with families."""
    if ground.lead is None:
        raise RuleBroken("no_lead", N_("Choose the lead specialist."))
    for user, kind in [(ground.lead, "lead"), *((one, "involved") for one in ground.involved)]:
        specialist = bool(user.roles & set(SPECIALISTS))
        check_colleague(kind, user.profession, specialist, user.dismissed_on is not None)


def _refusals(item: Item, ground: Ground, day: date) -> Iterator[RuleBroken]:
    for check in _checks(item, ground, day):
        try:
            check()
        except RuleBroken as broken:
            yield kinds.while_voting(broken) if item.status == meetings.Item.VOTING else broken


def _broken(item: Item, ground: Ground, day: date) -> list[RuleBroken]:
    found = list(_refusals(item, ground, day))
    said = [broken for broken in found if broken.code != "wrong_state"]
    return said or found  # a family without a consent is not before the consilium: said once
