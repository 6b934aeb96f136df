"""Whether the rows of meetings are what the audit chain says: whatever was changed, added or removed is named."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from portal import audit
from portal.consilium.ledger import Ledger, Told, batches, ledger
from portal.db import db, one_moment
from portal.seals import SEALED, key_of, plain, reading, seal_of, table_of

WORDS = {  # rows are named by their numbers alone
    "meetings": "meeting {id}",
    "meeting_seats": "presence of member {user_id} in meeting {meeting_id}",
    "presence_marks": "mark {id} of the presence of member {user_id} in meeting {meeting_id}",
    "items": "item {id}",
    "item_specialists": "item {item_id}: the proposed specialist {user_id}",
    "item_papers": "item {item_id}: the paper {id}",
    "recusals": "item {item_id}: the recusal {id} of member {user_id}",
    "votes": "vote {id} of member {user_id} on item {item_id}",
    "item_voters": "item {item_id}: the counted vote of member {user_id}",
    "decisions": "item {item_id}: the decision",
    "dissents": "item {item_id}: the dissent {id} of member {user_id}",
    "minutes": "minutes of meeting {meeting_id}",
    "minutes_signatures": "minutes of meeting {meeting_id}: the signature {id} of member {user_id}",
}
DONE = {"changed": "was changed", "added": "was added", "missing": "is missing"}


class Fault(NamedTuple):
    """A row that is not what the chain says. `how`: changed, added, missing; `ids`: the numbers that name it."""

    table: str
    how: str
    ids: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{WORDS[self.table].format(**self.ids)} {DONE[self.how]}"


class Walk(NamedTuple):
    """What a walk of the whole chain has found: up to where it is whole, what is wrong with it behind that, and the
    rows that are not what it says. Of a broken chain none: what it says of the rows is worth nothing."""

    link: audit.Link
    broken: str | None
    faults: tuple[Fault, ...]


def walk(seen: Callable[[Mapping[str, Any]], None] | None = None) -> Walk:
    """Walk the chain, then compare the rows with it, all as of one moment; `seen` is called with each entry."""
    with one_moment(), ledger() as book:

        def read(entry: Mapping[str, Any]) -> None:
            book.read(entry)
            if seen:
                seen(entry)

        link, broken = audit.walk(seen=read)
        broken = broken or audit.end_fault(link)
        return Walk(link, broken, () if broken else tuple(compare(book)))


def verify() -> tuple[int, list[str]]:
    """The same: how many entries are whole, and all faults in words."""
    link, broken, faults = walk()
    return link.id, [broken] if broken else [str(one) for one in faults]


def compare(book: Ledger) -> Iterator[Fault]:
    """The rows that are not what the ledger says."""
    for name in SEALED:
        yield from _compare(name, book)


def _compare(name: str, book: Ledger) -> Iterator[Fault]:
    rows = db.session.execute(reading(table_of(name)).execution_options(yield_per=1000)).mappings()
    for batch in batches(dict(row) for row in rows):
        told = book.look(name, [key_of(name, row) for row in batch])
        for row in batch:
            if how := _judge(name, row, told.get(key_of(name, row)), book):
                yield Fault(name, how, _ids(name, told.get(key_of(name, row)) or _as_told(name, row)))
    for one in book.unseen(name):
        yield Fault(name, "missing", _ids(name, one))
    yield from _missing_of_old(name, book)


def _judge(name: str, row: Mapping[str, Any], told: Told | None, book: Ledger) -> str:
    if told is not None:
        if not told.seal:
            return "added"
        return "" if told.seal == seal_of(name, row) else "changed"
    key = key_of(name, row)
    if book.knows(name, key):
        return "" if book.agrees(name, key, plain(table_of(name), row)) else "changed"
    return "" if _from_before(name, row, book) else "added"


def _from_before(name: str, row: Mapping[str, Any], book: Ledger) -> bool:
    """Whether the row is one that was written without a word before rows were sealed."""
    if name in ("meeting_seats", "items"):
        undecided = name == "meeting_seats" or row["status"] in ("waiting", "withdrawn")
        return undecided and book.knows("meetings", row["meeting_id"])
    return name == "item_specialists" and book.knows("items", row["item_id"])


def _missing_of_old(name: str, book: Ledger) -> Iterator[Fault]:
    """Rows that only entries from before the seals tell of, and that are gone."""
    for keys in batches(book.unsealed(name)):
        there = _there(name, keys)
        for key in keys:
            if key not in there:
                yield Fault(name, "missing", _ids(name, Told(key, "", [])))


def _there(name: str, keys: list[str]) -> set[str]:
    table, columns = table_of(name), SEALED[name].key
    first = table.columns[columns[0]]
    wanted = {int(key.split(".")[0]) for key in keys}
    rows = db.session.execute(reading(table, columns).where(first.in_(wanted))).mappings()
    return {key_of(name, dict(row)) for row in rows}


def _as_told(name: str, row: Mapping[str, Any]) -> Told:
    return Told(key_of(name, row), "", [row[one] for one in SEALED[name].names])


def _ids(name: str, told: Told) -> dict[str, Any]:
    sealed = SEALED[name]
    ids: dict[str, Any] = dict(zip(sealed.key, map(int, told.key.split(".")), strict=True))
    names = told.names or ["?"] * len(sealed.names)
    return ids | dict(zip(sealed.names, names, strict=True))
