"""What the audit chain says of the rows of meetings, gathered in one walk, on the disk rather than in the memory."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from portal.consilium import unsealed
from portal.seals import mac

BATCH = 1000
SCHEMA = (
    "CREATE TABLE told (name TEXT, key TEXT, seal TEXT, names TEXT, seen INT, PRIMARY KEY (name, key)) WITHOUT ROWID",
    "CREATE TABLE facts (name TEXT, key TEXT, fact TEXT, value TEXT, PRIMARY KEY (name, key, fact)) WITHOUT ROWID",
)
TELL = (
    "INSERT INTO told VALUES (?, ?, ?, ?, 0) ON CONFLICT DO UPDATE"
    " SET seal = excluded.seal, names = CASE excluded.names WHEN '[]' THEN names ELSE excluded.names END"
)
LEARN = (  # a row that is sealed is known by its seal alone
    "INSERT INTO facts SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM told WHERE name = ?1 AND key = ?2)"
    " ON CONFLICT DO UPDATE SET value = excluded.value"
)
IDENTITY = ("user_id", "kind", "status")  # a fact that says the row itself is there


class Told(NamedTuple):
    """The last that the chain says of a row: its seal, "" when it was taken away; the numbers that name it."""

    key: str
    seal: str
    names: list[Any]


class Ledger:
    """The last word of the chain on each row. Holds seals alone: whoever finds the file learns nothing from it."""

    def __init__(self, store: sqlite3.Connection) -> None:
        self.store = store
        for statement in SCHEMA:
            store.execute(statement)
        self._told: list[tuple[str, str, str, str]] = []
        self._facts: list[tuple[str, str, str, str]] = []

    def read(self, entry: Mapping[str, Any]) -> None:
        """Take in an entry of the chain."""
        if '"rows": {' in entry["data"]:
            rows = json.loads(entry["data"]).get("rows", {})
            if self._facts:
                self._write()
            self._told += (
                (name, key, note[0], json.dumps(note[1:]))
                for name, notes in rows.items()
                for key, note in notes.items()
            )
        elif entry["event"] in unsealed.EVENTS:
            if self._told:
                self._write()
            for name, key, facts in unsealed.told(entry):
                self._facts += (
                    (name, key, fact, _mark(name, key, fact, value)) for fact, value in facts.items()
                )
        if len(self._told) + len(self._facts) >= BATCH:
            self._write()

    def _write(self) -> None:
        self.store.executemany(TELL, self._told)
        self.store.executemany(LEARN, self._facts)
        self._told.clear()
        self._facts.clear()

    def look(self, name: str, keys: Sequence[str]) -> dict[str, Told]:
        """What is told of these rows of the table; they count as seen."""
        self._write()
        here = f"name = ? AND key IN ({', '.join('?' * len(keys))})"
        found = self.store.execute(f"SELECT key, seal, names FROM told WHERE {here}", (name, *keys))
        told = {key: Told(key, seal, json.loads(names)) for key, seal, names in found}
        self.store.execute(f"UPDATE told SET seen = 1 WHERE {here}", (name, *keys))
        return told

    def unseen(self, name: str) -> Iterator[Told]:
        """The rows that should be there and have not been looked for."""
        self._write()
        query = "SELECT key, seal, names FROM told WHERE name = ? AND NOT seen AND seal <> '' ORDER BY key"
        for key, seal, names in self.store.execute(query, (name,)):
            yield Told(key, seal, json.loads(names))

    def knows(self, name: str, key: object) -> bool:
        """Whether an entry from before the seals tells of the row."""
        query = "SELECT 1 FROM facts WHERE name = ? AND key = ? LIMIT 1"
        return self.store.execute(query, (name, str(key))).fetchone() is not None

    def agrees(self, name: str, key: str, values: Mapping[str, Any]) -> bool:
        """Whether a row from before the seals is as the entries of then say; of what they do not say, nothing."""
        found = self.store.execute("SELECT fact, value FROM facts WHERE name = ? AND key = ?", (name, key))
        return all(_mark(name, key, fact, values.get(fact)) == value for fact, value in found)

    def unsealed(self, name: str) -> Iterator[str]:
        """The rows that only entries from before the seals tell of."""
        sealed = "SELECT 1 FROM told WHERE told.name = facts.name AND told.key = facts.key"
        there = f"fact IN ({', '.join('?' * len(IDENTITY))}) AND NOT EXISTS ({sealed})"
        query = f"SELECT DISTINCT key FROM facts WHERE name = ? AND {there} ORDER BY key"
        for (key,) in self.store.execute(query, (name, *IDENTITY)):
            yield key


def _mark(name: str, key: str, fact: str, value: Any) -> str:
    return mac("fact", name, key, fact, value)[:16]


@contextmanager
def ledger() -> Iterator[Ledger]:
    """An empty ledger in a file of its own that goes with it."""
    with closing(sqlite3.connect("", isolation_level=None)) as store:
        store.execute("PRAGMA journal_mode = OFF")
        yield Ledger(store)


def batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """The rows, some hundreds at a time."""
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH // 2:
            yield batch
            batch = []
    if batch:
        yield batch
