"""What changes a family and its episodes."""

import hashlib
import json
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.clubs import departures
from portal.db import atomic, refused_by
from portal.families import queries
from portal.families.models import Family, FamilyCategory, FamilyMember
from portal.families.search import search_text
from portal.families.values import FamilyValues, MemberValues
from portal.patronage.models import Patronage
from portal.rules import N_, RuleBroken, check_seen, lifecycle
from portal.rules.consent import check_consent
from portal.rules.names import normalise

PLAIN = ("address", "phone", "other_phones", "note", "course_ended_on")
LONGEST_SORT_NAME = 300


def _no_representative() -> RuleBroken:
    return RuleBroken(
        "no_representative",
        N_("A family needs at least one legal representative. Enter a parent or a guardian."),
    )


def _open_already() -> RuleBroken:
    return RuleBroken(
        "open_patronage", N_("This family has an open patronage already. A second one cannot be opened.")
    )


def create_family(values: FamilyValues, actor_id: int) -> int:
    """Take a family in: card, number, first episode. Gives its id. Raises no_representative."""
    with atomic() as s:
        family = add_family(s, values, actor_id)
        s.add(Patronage(family_id=family.id, status=lifecycle.Status.IDENTIFIED, opened_on=clock.today()))
        new = snapshot(family) | {"number": family.number}
        audit.record(s, Event.FAMILY_CREATED, actor_id, family, new=new)
        return family.id


def add_family(s: Session, values: FamilyValues, actor_id: int | None, **fields: Any) -> Family:
    """Inside a transaction: the rows of a new card, without an episode. Raises no_representative."""
    family = Family(
        number=next_number(s), surname="", created_by_id=actor_id, created_at=clock.now(), **fields
    )
    _fill(family, values)
    s.add(family)
    s.flush()
    return family


def next_number(s: Session) -> int:
    """The next number of a family. Actions take turns, so nobody else gets it."""
    return (s.scalar(select(func.max(Family.number))) or 0) + 1


def _fill(family: Family, values: FamilyValues) -> None:
    if not values.representatives:
        raise _no_representative()
    first = values.representatives[0].name
    for name in PLAIN:
        setattr(family, name, getattr(values, name))
    family.surname = first.last or first.full
    family.sort_name = normalise(first.full)[:LONGEST_SORT_NAME]
    known = {member.id: member for member in family.members}
    for one in values.members:
        _fill_member(known, family, one)
    wanted = set(values.categories)
    family.categories = [row for row in family.categories if row.code in wanted] + [
        FamilyCategory(code=code) for code in sorted(wanted - {row.code for row in family.categories})
    ]
    names = [member.full_name for member in family.members]
    family.search = search_text(family.number, names, values.phones)


def _fill_member(known: dict[int, FamilyMember], family: Family, one: MemberValues) -> None:
    if one.id is None:
        member = FamilyMember(kind=one.kind)
        family.members.append(member)
    elif one.id in known and known[one.id].kind == one.kind:
        member = known[one.id]
    else:
        raise RuleBroken(
            "not_of_this_family", N_("This person does not belong to this family. Reload the page.")
        )
    member.last_name, member.first_name, member.middle_name = one.name.last, one.name.first, one.name.middle
    member.relation, member.phone, member.left_on = one.relation, one.phone, one.left_on
    member.birth_date = one.birth_date
    member.birth_year = one.birth_date.year if one.birth_date else one.birth_year


def snapshot(family: Family) -> dict[str, Any]:
    """The card's content, flat, for the audit log and to notice that somebody was quicker."""
    values: dict[str, Any] = {name: getattr(family, name) for name in PLAIN}
    values["categories"] = sorted(row.code for row in family.categories)
    for place, member in enumerate(family.members):
        values[f"{member.kind} {member.id or place}"] = [
            *(member.full_name, member.relation, member.birth_date, member.birth_year),
            *(member.phone, member.left_on),
        ]
    return values


def version(family: Family) -> str:
    """A fingerprint of the card's content."""
    body = json.dumps(snapshot(family), default=str, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def change_family(family_id: int, values: FamilyValues, actor_id: int, seen: str) -> None:
    """Change the card. `seen` is the version() that the form was filled from.

    Raises changed_meanwhile, no_representative, not_of_this_family.
    """
    with atomic() as s:
        family = s.get_one(Family, family_id, with_for_update=True)
        message = N_("Somebody has changed this card meanwhile. Open it anew in another tab and compare.")
        check_seen(version(family), seen, message)
        old, gone = snapshot(family), {one.id for one in family.members if one.left_on is not None}
        with s.no_autoflush:
            _fill(family, values)
        s.flush()
        for member in family.members:
            if member.left_on is not None and member.id not in gone:
                departures.left_family(s, member, actor_id)
        new = snapshot(family)
        changed = [name for name in old.keys() | new.keys() if old.get(name) != new.get(name)]
        audit.record(
            s,
            Event.FAMILY_CHANGED,
            actor_id,
            family,
            old={name: old.get(name) for name in changed},
            new={name: new.get(name) for name in changed},
        )


def open_episode(family_id: int, actor_id: int) -> int:
    """Begin a new patronage of a family whose last one is over. Raises open_patronage. Gives its id."""
    latest = queries.latest_patronage(family_id)
    if latest is not None and latest.status in lifecycle.OPEN:
        raise _open_already()
    with atomic() as s:
        s.get_one(Family, family_id, with_for_update=True)
        s.execute(update(Patronage).where(Patronage.family_id == family_id).values(latest=False))
        episode = Patronage(family_id=family_id, status=lifecycle.Status.IDENTIFIED, opened_on=clock.today())
        with refused_by("uq_patronages_open", _open_already()):
            s.add(episode)
        audit.record(s, Event.EPISODE_OPENED, actor_id, episode)
        return episode.id


def submit_family(family_id: int, actor_id: int) -> None:
    """Put the family to the consilium. Raises what check_consent raises (R1), and wrong_state."""
    with atomic() as s:
        patronage = locked_patronage(s, family_id)
        after = lifecycle.after(patronage.status, lifecycle.Event.SUBMITTED)
        check_consent(*queries.consent_facts(s, family_id), clock.today(), queries.signing_age())
        move(patronage, after)
        audit.record(s, Event.SUBMITTED, actor_id, patronage)


def decline_family(family_id: int, reason: str, actor_id: int) -> None:
    """The family wants no patronage, before it was enrolled: it may (REG 1.1). Raises wrong_state."""
    with atomic() as s:
        patronage = locked_patronage(s, family_id)
        old = {"status": patronage.status}
        move(patronage, lifecycle.after(patronage.status, lifecycle.Event.DECLINED))
        new = {"status": patronage.status, "reason": reason}
        audit.record(s, Event.DECLINED, actor_id, patronage, old=old, new=new)


def locked_patronage(s: Session, family_id: int) -> Patronage:
    """The family's latest episode, held until the transaction ends. Raises wrong_state when there is none."""
    query = select(Patronage).where(Patronage.family_id == family_id, Patronage.latest)
    found: Patronage | None = s.scalar(query.with_for_update())
    if found is None:
        raise RuleBroken("wrong_state", N_("This family has no patronage yet. Open one first."))
    return found


def move(patronage: Patronage, status: lifecycle.Status) -> None:
    """Set the status the rules gave."""
    patronage.status = status.value
