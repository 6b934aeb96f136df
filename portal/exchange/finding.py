"""Whom a workbook means: families by number or name, members and colleagues by name; a few queries for many rows."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from portal.accounts.models import User
from portal.clubs.group_models import InpatientStay
from portal.contacts.models import Suspension
from portal.db import db
from portal.families.models import Family, FamilyMember
from portal.patronage.models import Patronage
from portal.rules import N_, RuleBroken
from portal.rules.names import FullName, matches_short, normalise, parse_full_name, tidy_name

_NUMBER = re.compile(r"^(?:семья|карта|карточка)?\s*(?:№|n|no\.?)?\s*([0-9]{1,9})$")
Reach = ColumnElement[bool]


@dataclass(frozen=True)
class Person:
    """A member of a family within reach."""

    id: int
    family_id: int
    number: int  # of the family
    name: FullName
    left_on: date | None


def _plain(column: Any) -> Any:
    return func.replace(func.replace(column, "ё", "е"), "Ё", "Е")


def _surnames(texts: Iterable[str]) -> set[str]:
    names = {parse_full_name(tidy_name(text)).last for text in texts}
    return {name.replace("ё", "е").replace("Ё", "Е") for name in names if name}


def number_in(text: str) -> int | None:
    """The number of a family, where the text is one."""
    match = _NUMBER.match(normalise(text))
    return int(match[1]) if match else None


def people(texts: Iterable[str], reach: Reach) -> list[Person]:
    """The members within reach of whom the texts may speak: by surname, or by the number of their family."""
    texts = list(texts)
    numbers = {found for text in texts if (found := number_in(text)) is not None}
    meant = or_(
        _plain(FamilyMember.last_name).in_(_surnames(texts)),
        _plain(Family.surname).in_(_surnames(texts)),
        Family.number.in_(numbers),
    )
    columns = (FamilyMember.id, FamilyMember.family_id, Family.number)
    names = (FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name, FamilyMember.left_on)
    query = select(*columns, *names).join(Family, Family.id == FamilyMember.family_id)
    return [
        Person(
            row.id,
            row.family_id,
            row.number,
            FullName(row.last_name, row.first_name, row.middle_name),
            row.left_on,
        )
        for row in db.session.execute(query.where(meant, reach).order_by(FamilyMember.id))
    ]


def family_in(text: str, known: Iterable[Person]) -> int:
    """The family that the text names. Raises no_family, several_families, unknown_family."""
    if not text:
        raise RuleBroken("no_family", N_("No family is named: write its number or a full name."))
    number = number_in(text)
    if number is not None:
        fits = {one.family_id for one in known if one.number == number}
    else:
        people_of = list(known)
        fits = {one.family_id for one in people_of if one.name.key == normalise(text)}
        fits = fits or {one.family_id for one in people_of if matches_short(one.name, text)}
    if len(fits) > 1:
        message = N_("Several families fit «%(name)s»: write the number of the family.")
        raise RuleBroken("several_families", message, name=text[:60])
    if not fits:
        message = N_("«%(name)s» is no family that you see in the portal.")
        raise RuleBroken("unknown_family", message, name=text[:60])
    return fits.pop()


def member_in(text: str, family: str, known: Iterable[Person]) -> Person:
    """The member that the text names. Raises no_recipient, several_recipients, unknown_recipient."""
    if not text:
        raise RuleBroken("no_recipient", N_("No recipient is named."))
    people_of = list(known)
    if family:
        family_id = family_in(family, people_of)
        people_of = [one for one in people_of if one.family_id == family_id]
    fits = [one for one in people_of if one.name.key == normalise(text)]
    fits = fits or [one for one in people_of if matches_short(one.name, text)]
    if len(fits) > 1:
        message = N_("Several recipients fit «%(name)s»: write the full name and the number of the family.")
        raise RuleBroken("several_recipients", message, name=text[:60])
    if not fits:
        message = N_("«%(name)s» is no recipient that you see in the portal.")
        raise RuleBroken("unknown_recipient", message, name=text[:60])
    return fits[0]


def colleagues() -> list[tuple[int, FullName]]:
    """Everybody with an account, also those who have left."""
    rows = db.session.execute(select(User.id, User.last_name, User.first_name, User.middle_name))
    return [(row.id, FullName(*row[1:])) for row in rows]


def colleague_in(text: str, known: Iterable[tuple[int, FullName]]) -> int:
    """The colleague that the text names. Raises no_worker, several_workers, unknown_worker."""
    if not text:
        raise RuleBroken("no_worker", N_("No specialist is named."))
    everybody = list(known)
    fits = [one for one, name in everybody if name.key == normalise(text)]
    fits = fits or [one for one, name in everybody if matches_short(name, text)]
    if len(fits) > 1:
        message = N_("Several colleagues fit «%(name)s»: write the full name.")
        raise RuleBroken("several_workers", message, name=text[:60])
    if not fits:
        message = N_("«%(name)s» has no account in the portal. Bring in the staff first.")
        raise RuleBroken("unknown_worker", message, name=text[:60])
    return fits[0]


def episodes(family_ids: Iterable[int]) -> dict[int, list[Any]]:
    """The patronages of each family, the earliest first."""
    columns = (Patronage.id, Patronage.family_id, Patronage.enrolled_on, Patronage.removed_on)
    query = select(*columns, Patronage.status).where(Patronage.family_id.in_(list(family_ids)))
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(query.order_by(Patronage.id)):
        found[row.family_id].append(row)
    return found


def spans(
    model: type[Suspension] | type[InpatientStay], column: Any, ids: Iterable[int]
) -> dict[int, list[Any]]:
    """The days from and to, by the id in the column."""
    query = select(column.label("of"), model.starts_on, model.ends_on).where(column.in_(list(ids)))
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.of].append((row.starts_on, row.ends_on))
    return found


def within(day: date, periods: Iterable[tuple[date, date | None]]) -> bool:
    """Whether the day lies in one of them, first and last day included."""
    return any(first <= day and (last is None or day <= last) for first, last in periods)


def on_patronage(day: date, found: Iterable[Any]) -> Any | None:
    """The episode that the day lies in, None for none."""
    return next(
        (
            one
            for one in found
            if one.enrolled_on and one.enrolled_on <= day and (not one.removed_on or day <= one.removed_on)
        ),
        None,
    )
