"""Text search in families: names, phones in any spelling, numbers."""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Row,
    Table,
    and_,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from portal.db import constant, db, first, is_sqlite
from portal.families.models import Family, FamilyMember
from portal.families.queries import reach
from portal.rules.names import normalise

LONGEST = 100
TRIGRAM = 3
LEAST_DIGITS = 4
LARGEST_NUMBER = 2**31 - 1
_PHONE_LIKE = re.compile(r"[#№]?[+\d\s()\-\u2010-\u2015.]*\d[+\d\s()\-\u2010-\u2015.]*")
_fts = Table("families_fts", MetaData(), Column("rowid", Integer))


def search_text(number: int, names: Iterable[str], phones: Iterable[str]) -> str:
    """What Family.search holds: normalised names of everybody, digits of the phones, and the number."""
    digits = [re.sub(r"\D", "", phone) for phone in phones]
    return normalise(" ".join([*names, *digits, str(number)]))


def matching(wanted: str) -> ColumnElement[bool] | None:
    """The condition on Family that the text sets: words in names, or a phone or number; None for no text."""
    wanted = normalise(wanted[:LONGEST])
    if not wanted:
        return None
    if _PHONE_LIKE.fullmatch(wanted):
        return _by_digits(re.sub(r"\D", "", wanted))
    long = [word for word in wanted.split() if len(word) >= TRIGRAM]
    if not long and len(wanted) < 2:
        return _begins(wanted)
    short = [word for word in wanted.split() if len(word) < TRIGRAM]
    return and_(*([_contain(long)] if long else []), *(_word_begins(word) for word in short))


def _by_digits(digits: str) -> ColumnElement[bool]:
    exact = _by_number(int(digits))
    if len(digits) < LEAST_DIGITS:
        return exact
    return or_(exact, *(_contain([part]) for part in sorted(_spellings(digits))))


def _by_number(number: int) -> ColumnElement[bool]:
    return Family.number == (number if number <= LARGEST_NUMBER else 0)


def _spellings(digits: str) -> set[str]:
    """8 993…, +7 993… and 993… are one number; so are 8 029… and +375 29…: the part they have in common."""
    if len(digits) == 11 and digits[0] in "78":
        return {digits[2:] if digits.startswith("80") else digits[1:]}
    found = {digits}
    if digits[0] in "78" and len(digits) > LEAST_DIGITS:
        found.add(digits[1:])
    if digits.startswith("80") and len(digits) > LEAST_DIGITS + 1:
        found.add(digits[2:])
    return found


def _contain(words: list[str]) -> ColumnElement[bool]:
    """All the words, of three characters or more, stand in the text; an index of trigrams answers."""
    if not is_sqlite():
        return and_(*(Family.search.contains(word, autoescape=True) for word in words))
    phrase = " AND ".join('"{}"'.format(word.replace('"', '""')) for word in words)
    found = select(_fts.c.rowid).where(literal_column(_fts.name).op("MATCH")(phrase))
    return Family.id.in_(found)


def containing(name: str) -> ColumnElement[bool]:
    """The normalised name stands in the text of the family as it is written."""
    return _contain([name]) if len(name) >= TRIGRAM else _begins(name)


def _begins(wanted: str) -> ColumnElement[bool]:
    """The family's name begins so."""
    return Family.sort_name.startswith(wanted, autoescape=True)


def _word_begins(word: str) -> ColumnElement[bool]:
    return (literal(" ") + Family.search).contains(f" {word}", autoescape=True)


def search_families(user: Any, wanted: str, limit: int = 10) -> list[Row[Any]]:
    """(id, number, name, address) of families within the user's reach that fit the text, by name."""
    condition = matching(wanted)
    if condition is None:
        return []
    name = representative_name().label("name")
    query = select(Family.id, Family.number, name, Family.address).where(condition, reach(user))
    return list(db.session.execute(query.order_by(Family.sort_name, Family.id).limit(limit)))


def search_family_names(wanted: str, limit: int = 10) -> list[Row[Any]]:
    """(id, number, surname) for those who may know no more: by the beginning of the name, or the number."""
    wanted = normalise(wanted[:LONGEST])
    if not wanted:
        return []
    digits = wanted.lstrip("#№ ")
    condition = _by_number(int(digits)) if re.fullmatch("[0-9]{1,10}", digits) else _begins(wanted)
    query = select(Family.id, Family.number, Family.surname).where(condition)
    return list(db.session.execute(query.order_by(Family.sort_name, Family.id).limit(limit)))


def representative_name() -> ColumnElement[str]:
    """The full name of the family's first representative, as a column of a query on Family."""
    family, member = Family.__table__, FamilyMember.__table__.c
    space, kind = constant(" "), constant("representative")
    full = func.trim(member.last_name + space + func.trim(member.first_name + space + member.middle_name))
    query = select(full).where(member.family_id == family.c.id, member.kind == kind, member.left_on.is_(None))
    return first(query.order_by(member.id), 1).correlate(family).scalar_subquery()
