"""The content of another center's family.json, looked through value by value before any of it is taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, String, Time

from portal.access import LARGEST_ID
from portal.db import Moment
from portal.family_files import belonging, numbering
from portal.family_files.belonging import FILES, ROOT
from portal.family_files.limits import MOST_ROWS
from portal.family_files.told import Former, Person
from portal.rules import N_, RuleBroken

LONGEST_NAME = 500
FIRST_YEAR, LAST_YEAR = 1800, 2300  # a day at the end of the calendar brings down who adds to it
Values = dict[str, Any]


@dataclass(frozen=True)
class Handed:
    """A family's content as the file gives it: rows by table, everything in it known and well-formed."""

    rows: Mapping[str, list[Values]]
    people: tuple[Person, ...]
    formers: tuple[Former, ...]
    files: Mapping[str, Values]

    @property
    def family(self) -> Values:
        """The card's row."""
        return self.rows[ROOT][0]


def check(content: Mapping[str, Any]) -> Handed:
    """The content. Raises RuleBroken naming the table and what is wrong with it."""
    if content.get("format") != numbering.FORMAT:
        raise RuleBroken(
            "wrong_content", N_("family.json is of another format than this portal reads. Update the portal.")
        )
    people = tuple(_person(one) for one in _lines(content, "people"))
    formers = tuple(_former(one) for one in _lines(content, "former"))
    lines = [*_lines(content, "files"), *_lines(content, "papers")]
    files = {_text(one.get("path"), "files"): one for one in lines}
    rows = {
        **_tables(content, "tables", belonging.tables()),
        **_tables(content, "around", belonging.around()),
    }
    if len(rows.get(ROOT, ())) != 1:
        raise _wrong(ROOT)
    if sum(map(len, rows.values())) > MOST_ROWS:
        raise RuleBroken("too_many_rows", N_("The file holds more rows than a family can have."))
    known = _Known(rows, len(people), len(formers), files)
    for name, found in rows.items():
        for row in found:
            known.check_row(name, row)
    return Handed(rows, people, formers, files)


def _lines(content: Mapping[str, Any], name: str) -> list[Values]:
    found = content.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _wrong(name)
    return found


def _tables(content: Mapping[str, Any], name: str, known: list[str]) -> dict[str, list[Values]]:
    found = content.get(name)
    if not isinstance(found, dict):
        raise _wrong(name)
    for table in found:
        if table not in known:
            raise RuleBroken(
                "unknown_table",
                N_("family.json holds «%(name)s», which this portal does not know. Update the portal."),
                name=str(table)[:60],
            )
    return {table: _lines(found, table) for table in found}


def _wrong(name: str) -> RuleBroken:
    return RuleBroken("wrong_rows", N_("family.json: something is wrong in «%(name)s»."), name=str(name)[:80])


def _text(value: Any, name: str, longest: int = LONGEST_NAME) -> str:
    if not isinstance(value, str) or len(value) > longest or "\x00" in value or not _is_unicode(value):
        raise _wrong(name)
    return value


def _is_unicode(value: str) -> bool:
    """Half a sign is no text that a database takes."""
    return not any("\ud800" <= sign <= "\udfff" for sign in value)


def _person(one: Values) -> Person:
    return Person(_text(one.get("name"), "people", 302), _text(one.get("position"), "people", 200))


def _former(one: Values) -> Former:
    number, day = (
        one.get("number"),
        _near(_parsed(date.fromisoformat, one.get("handed_on"), "former"), "former"),
    )
    if not _is_number(number):
        raise _wrong("former")
    digest = _text(one.get("digest"), "former", 64)
    return Former(_text(one.get("center"), "former", 200), day, int(str(number)), digest)


def _is_number(value: Any) -> bool:
    return type(value) is int and -LARGEST_ID <= value <= LARGEST_ID


def _parsed(read: Any, value: Any, name: str) -> Any:
    try:
        return read(value)
    except (TypeError, ValueError):
        raise _wrong(name) from None


class _Known:
    """What a row may name."""

    def __init__(
        self, rows: Mapping[str, list[Values]], people: int, formers: int, files: Mapping[str, Values]
    ) -> None:
        self.people, self.formers, self.files = people, formers, files
        self.ids = {name: self._ids(name, found) for name, found in rows.items() if belonging.has_id(name)}

    @staticmethod
    def _ids(name: str, rows: list[Values]) -> set[int]:
        found = {row.get("id") for row in rows}
        if len(found) != len(rows) or not all(_is_number(one) and one > 0 for one in found):  # type: ignore[operator]
            raise _wrong(f"{name}.id")
        return found  # type: ignore[return-value]

    def check_row(self, name: str, row: Values) -> None:
        """Raises RuleBroken naming the column."""
        columns = {one.name: one for one in belonging.columns(name)}
        if "from" in row and (type(row["from"]) is not int or not 1 <= row["from"] <= self.formers):
            raise _wrong(f"{name}.from")
        for column in (columns.keys() | row.keys()) - {"from"}:
            if column not in columns or column not in row:
                raise _wrong(f"{name}.{column}")
            self._check_value(name, columns[column], row[column])

    def _check_value(self, name: str, column: Column[Any], value: Any) -> None:
        shown, goal = f"{name}.{column.name}", belonging.target(name, column.table, column.name)
        if value is None:
            if not column.nullable and not goal:
                raise _wrong(shown)
        elif (name, column.name) in FILES or goal == "stored_files":
            if _text(value, shown) not in self.files:
                raise _wrong(shown)
        elif goal:
            if not _is_number(value) or not self._is_there(goal, value):
                raise _wrong(shown)
        else:
            check_plain(column, value, shown)

    def _is_there(self, goal: str, value: int) -> bool:
        return 1 <= value <= self.people if goal == "users" else value in self.ids.get(goal, ())


def check_plain(column: Column[Any], value: Any, shown: str) -> None:
    """Raises RuleBroken for a value that the column does not hold."""
    kind = column.type
    if isinstance(kind, Boolean):
        fits = isinstance(value, bool)
    elif isinstance(kind, Integer):
        fits = _is_number(value)
    elif isinstance(kind, String):
        _text(value, shown, kind.length or 1_000_000)
        fits = True
    else:
        taken(column, value, shown)
        fits = True
    if not fits:
        raise _wrong(shown)


def taken(column: Column[Any], value: Any, shown: str = "") -> Any:
    """The value as the database takes it. Raises RuleBroken for a day, time or moment that is none."""
    kind = column.type
    if value is None or isinstance(kind, (Boolean, Integer, String)):
        return value
    if isinstance(kind, Date):
        return _near(_parsed(date.fromisoformat, value, shown), shown)
    if isinstance(kind, Time):
        found = _parsed(time.fromisoformat, value, shown)
        if found.tzinfo is not None:
            raise _wrong(shown)
        return found
    assert isinstance(kind, (Moment, DateTime))  # noqa: S101
    moment = _near(_parsed(datetime.fromisoformat, value, shown), shown)
    if moment.tzinfo is None:
        raise _wrong(shown)
    return moment


def _near(day: Any, shown: str) -> Any:
    """A day or moment as they happen. Raises RuleBroken for others."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _wrong(shown)
    return day
