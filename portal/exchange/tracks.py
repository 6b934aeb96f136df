"""What an import has made: which rows, and a seal of each as it was then; ids are never given to another row."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Table, event, func, insert, select
from sqlalchemy.orm import Mapper, Session, object_session

from portal import seals
from portal.db import Base, is_sqlite
from portal.exchange.models import ImportRow, UsedId

CHUNK = 400
# Rows without a life of their own: the table and its column that names the owner.
PARTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "families": (("family_categories", "family_id"),),
    "users": (("role_grants", "user_id"),),
    "contacts": (("contact_members", "contact_id"),),
    "consents": (("consent_signatures", "consent_id"),),
}
TRACES = {"users": (("password_links", "user_id"),)}  # go with the row, and say nothing of its being used
FREE = {"patronages": frozenset({"next_contact_on"}), "families": frozenset({"search"})}  # follow from others


class Made(NamedTuple):
    """A row that was made, from which line of the workbook; `former`: what a place was marked before."""

    table: str
    row_id: int
    line: int
    key: str = ""
    former: str = ""


def table_of(name: str) -> Table:
    """The table of the name."""
    return Base.metadata.tables[name]


def chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    """The ids, so many at a time."""
    known = sorted(ids)
    return (known[start : start + CHUNK] for start in range(0, len(known), CHUNK))


def digests(s: Session, name: str, ids: Iterable[int]) -> dict[int, str]:
    """A seal of each row that is there, with its parts."""
    table, found, wanted = table_of(name), {}, list(ids)
    parts = _parts(s, name, wanted)
    for some in chunks(wanted):
        for row in s.execute(seals.reading(table).where(table.c.id.in_(some))).mappings():
            values = seals.plain(table, dict(row))
            kept = sorted((k, v) for k, v in values.items() if v is not None and k not in FREE.get(name, ()))
            found[row["id"]] = seals.mac("import", name, kept, sorted(parts[row["id"]]))[:32]
    return found


def _parts(s: Session, name: str, ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for part, owner in PARTS.get(name, ()):
        table = table_of(part)
        for some in chunks(ids):
            for row in s.execute(seals.reading(table).where(table.c[owner].in_(some))).mappings():
                found[row[owner]].append(repr(sorted(seals.plain(table, dict(row)).items())))
    return found


def note(s: Session, import_id: int, made: Sequence[Made]) -> dict[str, list[int]]:
    """Inside a transaction: keep what was made; gives the ids by table, for the audit log."""
    s.flush()
    by_table: dict[str, list[int]] = defaultdict(list)
    for one in made:
        by_table[one.table].append(one.row_id)
    seal = {name: digests(s, name, ids) for name, ids in by_table.items()}
    rows = [
        {
            "import_id": import_id,
            "table_name": one.table,
            "row_id": one.row_id,
            "line": one.line,
            "digest": seal[one.table][one.row_id],
            "key": hashlib.sha256(one.key.encode()).hexdigest() if one.key else None,
            "former": one.former,
        }
        for one in made
    ]
    if rows:
        s.execute(insert(ImportRow), rows)
    return dict(by_table)


def add_all(s: Session, model: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Inside a transaction: write the rows in one statement; gives their ids, in their order."""
    if not rows:
        return []
    name = model.__tablename__
    if (
        is_sqlite()
    ):  # actions take turns, so nobody else takes the next ids; asking for them costs a statement a row
        first = next_id(s, name) or (s.scalar(select(func.max(model.id))) or 0) + 1
        numbered = [{"id": first + place, **row} for place, row in enumerate(rows)]
        s.execute(insert(model), numbered)
        return [row["id"] for row in numbered]
    return list(s.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), list(rows)))


def next_id(s: Any, name: str) -> int | None:
    """The id from which new rows of the table must be numbered; None where the database does that itself.

    SQLite gives the last id anew when its row is gone, and the logs would tell of another row what befell that one.
    """
    if not is_sqlite():
        return None
    last = s.scalar(select(UsedId.last_id).where(UsedId.table_name == name))
    if last is None:
        return None
    highest = s.scalar(select(func.max(table_of(name).c.id))) or 0
    return int(last) + 1 if last > highest else None


def use_up(s: Session, name: str, last_id: int) -> None:
    """Inside a transaction: ids up to this one are not given again."""
    known = s.get(UsedId, name)
    if known is None:
        s.add(UsedId(table_name=name, last_id=last_id))
    else:
        known.last_id = max(known.last_id, last_id)


_UNDONE_OF = frozenset(
    {
        *("families", "family_members", "consents", "patronages", "assignments", "users"),
        *("contacts", "club_sessions", "bookings"),
    }
)


@event.listens_for(Mapper, "before_insert")
def _numbered(_mapper: Any, connection: Any, target: Any) -> None:
    """A row added to a session: the same care for its id."""
    name = target.__tablename__
    if name not in _UNDONE_OF or target.id is not None or connection.dialect.name != "sqlite":
        return
    found = next_id(connection, name)
    if found is not None:  # several rows of one flush are numbered before the first is written
        session = object_session(target)
        assert session is not None  # noqa: S101
        given = session.info.setdefault("ids", {})
        target.id = given[name] = max(found, given.get(name, 0) + 1)
