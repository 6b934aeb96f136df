"""The file's own numbers: rows, people and files are counted from 1, so that nothing of a portal's keys goes out.

The same data give the same numbers in every portal: that is how an export after an import is the same as before.
"""

import json
from pathlib import PurePosixPath
from typing import Any

from portal.family_files import belonging
from portal.family_files.told import Former, Kept, Key, Person, Ref, Row, Told

FORMAT = 1
SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class Numbers:
    """The numbers of one file; `paths` gives the sealed file that lies under each path."""

    def __init__(self, told: Told) -> None:
        self.rows = {
            table: {row.key: number for number, row in enumerate(sorted(rows, key=_key), 1)}
            for table, rows in told.rows.items()
            if belonging.has_id(table)
        }
        people = {one for rows in told.rows.values() for row in rows for one in row.values.values()
                  if isinstance(one, Person)}  # fmt: skip
        self.people = {one: number for number, one in enumerate(sorted(people), 1)}
        self.paths: dict[str, Kept] = {}
        self._path_of: dict[str, str] = {}

    def value(self, value: Any) -> Any:
        """A value as it stands in the file."""
        if isinstance(value, Ref):
            return self.rows.get(value.table, {}).get(value.key)
        if isinstance(value, Person):
            return self.people[value]
        return self.path(value) if isinstance(value, Kept) else value

    def path(self, kept: Kept) -> str:
        """Where in the archive a file lies."""
        if kept.name not in self._path_of:
            suffix = SUFFIXES.get(kept.media_type, "bin")
            path = f"files/{len(self.paths) + 1:04}.{suffix}"
            self._path_of[kept.name], self.paths[path] = path, kept
        return self._path_of[kept.name]


def _key(row: Row) -> Key:
    return row.key


def document(told: Told) -> tuple[dict[str, Any], dict[str, Kept]]:
    """The content of family.json, and the sealed files that it names by their paths."""
    numbers = Numbers(told)
    order = belonging.tables(), belonging.around()
    tables, around = (
        {name: _rows(name, told.rows[name], numbers) for name in names if told.rows.get(name)}
        for names in order
    )
    papers = {_of_former(path): kept for path, kept in sorted(told.papers.items())}
    content = {
        "format": FORMAT,
        "people": [
            {"id": number, "name": one.name, "position": one.position}
            for one, number in numbers.people.items()
        ],
        "former": [_former(number, one) for number, one in enumerate(told.formers, 1)],
        "tables": tables,
        "around": around,
        "files": [
            {"path": path, "media_type": one.media_type, "uploaded_at": one.uploaded_at}
            for path, one in numbers.paths.items()
        ],
        "papers": [
            {"path": path, "media_type": one.media_type, "uploaded_at": one.uploaded_at}
            for path, one in papers.items()
        ],
    }
    return content, numbers.paths | papers


def _of_former(path: str) -> str:
    return str(PurePosixPath("papers") / "former" / path.replace("/", "-"))


def _former(number: int, one: Former) -> dict[str, Any]:
    return {"id": number, **one._asdict(), "handed_on": one.handed_on.isoformat()}


def _rows(name: str, rows: list[Row], numbers: Numbers) -> list[dict[str, Any]]:
    found = []
    for row in sorted(rows, key=_key):
        values = {column: numbers.value(value) for column, value in row.values.items()}
        if belonging.has_id(name):
            values = {"id": numbers.rows[name][row.key], **values}
        if row.former:
            values["from"] = row.former
        found.append(values)
    return found if belonging.has_id(name) else sorted(found, key=_in_order)


def _in_order(values: dict[str, Any]) -> str:
    """Rows without a number stand by their values, alike in every portal; 10 behind 9."""
    told = {name: f"{one:010}" if type(one) is int else one for name, one in values.items() if name != "from"}
    return json.dumps(told, ensure_ascii=False, sort_keys=True)
