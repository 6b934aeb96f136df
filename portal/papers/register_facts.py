"""The register of families on patronage as a paper: all of them, as they are today."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Select, select

from portal import clock
from portal.access import Permission, may
from portal.accounts.models import User
from portal.db import db
from portal.families.labels import TERMS
from portal.families.models import Family, FamilyCategory, FamilyMember
from portal.papers.facts import day
from portal.papers.kind import Facts
from portal.patronage.labels import REGIMES
from portal.patronage.models import Assignment, Patronage
from portal.rules.names import FullName
from portal.rules.phones import pretty_phone
from portal.settings import queries as settings

REGISTER = 1  # there is one register
ON_PATRONAGE = ("enrolled", "suspended")


def get_register(user: Any, number: int) -> int | None:
    """The register, for whoever sees all families."""
    return REGISTER if number == REGISTER and may(user, Permission.FAMILY_VIEW_ALL) else None


def register(_number: int) -> Facts:
    """All families on patronage by name, in a fixed number of statements."""
    members, leads = _members(), _leads()
    categories = _categories()
    rows = [
        _row(no, one, members[one.family_id], leads.get(one.id, ""), categories[one.family_id])
        for no, one in enumerate(_families(), 1)
    ]
    return {
        "on": {"day": day(clock.today())},
        "rows": rows,
        "totals": {
            "families": str(len(rows)),
            "children": str(sum(kind == "minor" for many in members.values() for kind, _text in many)),
            "suspended": str(sum(bool(row["suspended"]) for row in rows)),
        },
    }


def _here() -> tuple[Any, ...]:
    return (Patronage.latest, Patronage.status.in_(ON_PATRONAGE))


def _families() -> list[Any]:
    columns = (
        *(Patronage.id, Patronage.family_id, Patronage.status, Patronage.regime, Patronage.term),
        *(Patronage.ends_on, Patronage.enrolled_on),
        *(Family.number, Family.surname, Family.address, Family.phone),
    )
    query = select(*columns).join(Family, Family.id == Patronage.family_id).where(*_here())
    return list(db.session.execute(query.order_by(Family.sort_name, Family.id)))


def _of_families() -> Select[Any]:
    return select(Patronage.family_id).where(*_here())


def _members() -> dict[int, list[tuple[str, str]]]:
    """By family: (kind, name with the birth) of its members, as the card has them."""
    one = FamilyMember
    columns = (one.family_id, one.kind, one.birth_date, one.birth_year)
    query = select(*columns, one.last_name, one.first_name, one.middle_name)
    query = query.where(one.left_on.is_(None), one.family_id.in_(_of_families())).order_by(one.id)
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in db.session.execute(query):
        name = FullName(row.last_name, row.first_name, row.middle_name).full
        found[row.family_id].append((row.kind, name + _born(row)))
    return found


def _born(row: Any) -> str:
    if row.birth_date:
        return f", {day(row.birth_date)}"
    return f", {row.birth_year} г. р." if row.birth_year else ""


def _leads() -> dict[int, str]:
    query = select(Assignment.patronage_id, User.last_name, User.first_name, User.middle_name)
    query = query.join(User, User.id == Assignment.user_id).join(
        Patronage, Patronage.id == Assignment.patronage_id
    )
    query = query.where(Assignment.kind == "lead", Assignment.ends_on.is_(None), *_here())
    return {row[0]: FullName(*row[1:]).short for row in db.session.execute(query)}


def _categories() -> dict[int, list[str]]:
    words = {code: text for code, text, _active in settings.word_list("categories")}
    query = select(FamilyCategory.family_id, FamilyCategory.code)
    query = query.where(FamilyCategory.family_id.in_(_of_families())).order_by(FamilyCategory.code)
    found: dict[int, list[str]] = defaultdict(list)
    for family_id, code in db.session.execute(query):
        found[family_id].append(words.get(code, code))
    return found


def _row(no: int, one: Any, members: list[tuple[str, str]], lead: str, categories: list[str]) -> Facts:
    term = str(TERMS.get(one.term or "", ""))
    until = f"до {day(one.ends_on)}" if one.ends_on else ""
    reached = [part for part in (one.address, pretty_phone(one.phone) if one.phone else "") if part]
    adults = [text for kind, text in members if kind == "representative"]
    return {
        "no": str(no),
        "card": str(one.number),
        "adults": "\n".join(adults) or one.surname,
        "children": "\n".join(text for kind, text in members if kind == "minor"),
        "reach": "\n".join(reached),
        "categories": ", ".join(categories),
        "regime": str(REGIMES.get(one.regime or "", "")),
        "term": " ".join(part for part in (term, until) if part),
        "enrolled": day(one.enrolled_on),
        "suspended": "приостановлен" if one.status == "suspended" else "",
        "lead": lead,
    }
