"""What this portal has of a family, read whole in a number of queries that does not grow with it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Select, Table, select
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.clubs.session_models import PhotoPerson
from portal.consilium.models import ItemPaper
from portal.db import Base, db
from portal.families.models import FamilyMember, StoredFile
from portal.family_files import belonging
from portal.family_files.belonging import BELONGING, FILES, ROOT, Of
from portal.family_files.told import Kept, Person, Ref, Row, Told, here

CHUNK = 5_000
PAPERS = "papers"  # where registered ones are sealed
PDF = "application/pdf"


def collect(family_id: int) -> Told:
    """The family's rows and what they name of the center."""
    told = Told()
    named: dict[str, set[int]] = {}
    raw = {name: _read(select(*belonging.columns(name)).where(_theirs(name, family_id)))
           for name in belonging.tables()}  # fmt: skip
    for name, rows in raw.items():
        _note(name, rows, named)
    for name in reversed(belonging.around()):
        if name != "stored_files":
            raw[name] = _by_ids(name, named.get(name, set()))
            if name == "session_photos":
                told.withheld = _withhold(raw[name], family_id)
            _note(name, raw[name], named)
    people, files = _people(named.get("users", set())), _files(named.get("stored_files", set()))
    papers = _item_papers(row["id"] for row in raw["item_papers"])
    papers |= {row["file"]: Kept(row["file"], PDF, plain(row["made_at"]), PAPERS) for row in raw["papers"]}
    for name, rows in raw.items():
        for row in rows:
            told.add(name, Row(here(row.get("id", 0)), _told(name, row, people, files, papers)))
    return told


def _theirs(name: str, family_id: int) -> Any:
    """The condition under which rows of the table are the family's."""
    table, rule = Base.metadata.tables[name], BELONGING[name]
    assert isinstance(rule, Of)  # noqa: S101
    if name == ROOT:
        return table.c.id == family_id
    return table.c[rule.column].in_(_ids(belonging.parent(name), family_id))


def _ids(name: str, family_id: int) -> Select[Any]:
    return select(Base.metadata.tables[name].c.id).where(_theirs(name, family_id))


def _read(query: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(query).mappings()]


def _by_ids(name: str, ids: set[int]) -> list[dict[str, Any]]:
    table, wanted, found = Base.metadata.tables[name], sorted(ids), []
    for start in range(0, len(wanted), CHUNK):
        some = table.c.id.in_(wanted[start : start + CHUNK])
        found += _read(select(*belonging.columns(name)).where(some))
    return found


def _goals(name: str) -> list[tuple[str, str]]:
    """The columns of the table that name rows, each with the table it names."""
    table = Base.metadata.tables[name]
    found = ((one.name, belonging.target(name, table, one.name)) for one in belonging.columns(name))
    return [(column, goal) for column, goal in found if goal]


def _note(name: str, rows: list[dict[str, Any]], named: dict[str, set[int]]) -> None:
    for column, goal in _goals(name):
        if goal == ROOT or not isinstance(BELONGING[goal], Of):
            named.setdefault(goal, set()).update(row[column] for row in rows if row[column] is not None)


def _withhold(photos: list[dict[str, Any]], family_id: int) -> int:
    """Leave out the pictures on which others are to be seen too; gives how many."""
    member = aliased(FamilyMember)
    query = select(PhotoPerson.photo_id).join(member, member.id == PhotoPerson.member_id)
    ids = [photo["id"] for photo in photos]
    query = query.where(PhotoPerson.photo_id.in_(ids), member.family_id != family_id)
    others = set(db.session.scalars(query))
    for photo in photos:
        if photo["id"] in others:
            photo["file_id"] = None
    return len(others)


def _people(ids: set[int]) -> dict[int, Person]:
    columns = (User.id, User.last_name, User.first_name, User.middle_name, User.position)
    rows = db.session.execute(select(*columns).where(User.id.in_(ids)))
    return {one.id: Person(_name(one), one.position or "") for one in rows}


def _name(row: Any) -> str:
    return " ".join(part for part in (row.last_name, row.first_name, row.middle_name) if part)


def _files(ids: set[int]) -> dict[int, Kept]:
    columns = (StoredFile.id, StoredFile.name, StoredFile.media_type, StoredFile.uploaded_at)
    rows = db.session.execute(select(*columns).where(StoredFile.id.in_(ids)))
    return {one.id: Kept(one.name, one.media_type, plain(one.uploaded_at)) for one in rows}


def _item_papers(ids: Iterable[int]) -> dict[str, Kept]:
    """The papers of items are named by the name under which they are sealed."""
    columns = (ItemPaper.file, ItemPaper.file_type, ItemPaper.added_at)
    rows = db.session.execute(select(*columns).where(ItemPaper.id.in_(list(ids))))
    return {one.file: Kept(one.file, one.file_type, plain(one.added_at)) for one in rows}


def _told(
    name: str,
    row: dict[str, Any],
    people: dict[int, Person],
    files: dict[int, Kept],
    papers: dict[str, Kept],
) -> dict[str, Any]:
    table = Base.metadata.tables[name]
    return {
        column: _value(name, table, column, value, people, files, papers)
        for column, value in row.items()
        if column != "id"
    }


def _value(
    name: str,
    table: Table,
    column: str,
    value: Any,
    people: dict[int, Person],
    files: dict[int, Kept],
    papers: dict[str, Kept],
) -> Any:
    goal = belonging.target(name, table, column)
    if value is None:
        return None
    if goal == "users":
        return people[value]
    if goal == "stored_files":
        return files[value]
    if (name, column) in FILES:
        return papers[value]
    return Ref(goal, here(value)) if goal else plain(value)


def plain(value: Any) -> Any:
    """A value as JSON has it: days and times in ISO, moments in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, (date, time)) else value
