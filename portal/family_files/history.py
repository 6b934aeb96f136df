"""A family's file in words: what former centers did, as a page; and the readable leaf of an archive."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy import Boolean, Date, Time, select

from portal.db import Base, Moment, db
from portal.families.models import StoredFile
from portal.family_files import belonging, numbering
from portal.family_files.belonging import BELONGING, FILES, LIVE, Of
from portal.family_files.collecting import collect
from portal.family_files.column_words import label_of
from portal.family_files.former import add_former, files_of
from portal.family_files.models import FormerFile, FormerPaper
from portal.family_files.words import CODES, LISTS, SILENT, TABLES
from portal.papers.catalog import KINDS
from portal.rules.names import FullName
from portal.settings import queries as settings
from portal.web import show_date, show_moment, show_time

ON_TOP = frozenset(
    {"families", "patronages", "family_members"}
)  # whose own rows stand in sections of their own
Values = Mapping[str, Any]


@dataclass
class Entry:
    """A row in words, and what belongs to it; `files` are its scans, by their path in the file."""

    lines: list[tuple[Any, str]] = field(default_factory=list)
    files: list[tuple[Any, str]] = field(default_factory=list)
    parts: list["Section"] = field(default_factory=list)


@dataclass
class Section:
    """Rows of one table, each in words."""

    title: Any
    entries: list[Entry]


@dataclass(frozen=True)
class Past:
    """What former centers sent: who they are, what they did, and the ids of the scans by path."""

    formers: list[FormerFile]
    sections: list[Section]
    scans: dict[str, int]
    others: list[tuple[int, str]]  # papers that no row names: id, and title where it is known


def counts(rows: Mapping[str, Sequence[Values]]) -> list[tuple[Any, int]]:
    """How much of what a file holds, for people: of what stands for itself."""
    return [(title, len(rows[name])) for name, title in TABLES.items() if rows.get(name) and _stands(name)]


def _stands(name: str) -> bool:
    """Whether rows of the table are shown for themselves, not under another row."""
    return name != belonging.ROOT and belonging.parent(name) in ON_TOP


def past_of(family_id: int) -> Past | None:
    """What former centers sent with the family; None when it has always been here."""
    formers = files_of(family_id)
    if not formers:
        return None
    told = collect(family_id)
    add_former(told, family_id)
    content, kept = numbering.document(told)
    ids = _ids_of_scans(formers)
    named = {path: ids[one.name] for path, one in kept.items() if one.name in ids}
    sections = Reader(content).sections(former_only=True)
    used = {path for path, _entry in _scans(sections)}
    others = _told_apart([(scan, _title(path)) for path, scan in named.items() if path not in used])
    return Past(formers, sections, named, others)


def _told_apart(papers: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Papers of one title get a number each: two links that read alike would be one to a reader."""
    titles = [title for _scan, title in papers]
    seen: Counter[str] = Counter()
    for place, (scan, title) in enumerate(papers):
        seen[title] += 1
        if title and titles.count(title) > 1:
            papers[place] = (scan, f"{title}, {seen[title]}")
    return papers


def _title(path: str) -> str:
    """What a paper is, by its name in the archive."""
    found = (kind.title for code, kind in KINDS.items() if f"{code}-" in path)
    title = next(found, "")
    return _(title) if title else ""


def _ids_of_scans(formers: list[FormerFile]) -> dict[str, int]:
    """The ids of the papers that came, by the name under which they are sealed."""
    query = select(StoredFile.name, FormerPaper.id).join(FormerPaper, FormerPaper.stored_id == StoredFile.id)
    rows = db.session.execute(query.where(FormerPaper.file_id.in_([one.id for one in formers])))
    return {one.name: one.id for one in rows}


def _scans(sections: list[Section]) -> Iterator[tuple[str, Entry]]:
    for section in sections:
        for entry in section.entries:
            yield from ((path, entry) for _label, path in entry.files)
            yield from _scans(entry.parts)


class Reader:
    """Puts the content of a family.json into words of the reader's language."""

    def __init__(self, content: Values) -> None:
        self.rows: dict[str, list[Values]] = {**content["tables"], **content["around"]}
        self.people = {one["id"]: one["name"] for one in content["people"]}
        self.by_id = {name: {row.get("id"): row for row in rows} for name, rows in self.rows.items()}
        self.of: dict[tuple[str, int], list[Values]] = {}
        for name, rows in self.rows.items():
            if isinstance(rule := BELONGING[name], Of) and name != belonging.ROOT:
                for row in rows:
                    self.of.setdefault((name, row[rule.column]), []).append(row)

    def sections(self, former_only: bool = False) -> list[Section]:
        """The tables that stand for themselves, in their order; or only what former centers did."""
        found = []
        for name in TABLES:
            if name != belonging.ROOT and not _stands(name):
                continue
            rows = [row for row in self.rows.get(name, ()) if not former_only or row.get("from")]
            if former_only and name in LIVE:
                rows = []
            if rows:
                found.append(Section(TABLES[name], [self._entry(name, row) for row in rows]))
        return found + (self._tasks() if former_only else [])

    def _tasks(self) -> list[Section]:
        """Home tasks of former centers: the program that they belong to goes on here."""
        rows = [row for row in self.rows.get("home_tasks", ()) if row.get("from")]
        return (
            [Section(TABLES["home_tasks"], [self._entry("home_tasks", row) for row in rows])] if rows else []
        )

    def _entry(self, name: str, row: Values) -> Entry:
        entry, table = Entry(), Base.metadata.tables[name]
        for column, value in row.items():
            if column in ("id", "from") or column in SILENT or value is None or value == "":
                continue
            goal = belonging.target(name, table, column)
            if goal == "stored_files" or (name, column) in FILES:
                entry.files.append((label_of(name, column), value))
            elif goal not in ("families", "patronages") and not self._is_parent(name, column):
                if text := self._said(goal, value) if goal else self._value(name, column, value):
                    entry.lines.append((label_of(name, column), text))
                entry.files += self._photo(goal, value)
        for child in TABLES:
            rows = self._of(child, name, row)
            if rows:
                entry.parts.append(Section(TABLES[child], [self._entry(child, one) for one in rows]))
        return entry

    def _of(self, child: str, name: str, row: Values) -> list[Values]:
        """The rows of the child table that belong to this row and are shown with it."""
        if child == belonging.ROOT or name in ON_TOP or belonging.parent(child) != name:
            return []
        return self.of.get((child, row.get("id", 0)), [])

    def _photo(self, goal: str, value: int) -> list[tuple[Any, str]]:
        path = self.by_id["session_photos"][value]["file_id"] if goal == "session_photos" else None
        return [(label_of("session_photos", "file_id"), path)] if path else []

    @staticmethod
    def _is_parent(name: str, column: str) -> bool:
        """Whether the column names the row under which this one is shown."""
        rule = BELONGING[name]
        return isinstance(rule, Of) and column == rule.column and belonging.parent(name) not in ON_TOP

    def _value(self, name: str, column: str, value: Any) -> str:
        code = f"{name}.{column}"
        if code in LISTS:
            return settings.word(LISTS[code], value)
        if code in CODES:
            return _word(CODES[code].get(value, value))
        kind = Base.metadata.tables[name].columns[column].type
        if isinstance(kind, Boolean):
            return str(_("yes") if value else _("no"))
        if isinstance(kind, Date):
            return show_date(date.fromisoformat(value))
        if isinstance(kind, Time):
            return show_time(time.fromisoformat(value))
        return show_moment(datetime.fromisoformat(value)) if isinstance(kind, Moment) else str(value)

    def _said(self, goal: str, value: int) -> str:
        """A row that another one names, in a few words."""
        if goal == "users":
            return str(self.people[value])
        row = self.by_id.get(goal, {}).get(value)
        if row is None:
            return ""
        if goal == "family_members":
            return FullName(row["last_name"], row["first_name"], row["middle_name"]).full
        if goal == "club_sessions":
            return f"{self._value(goal, 'day', row['day'])}, {self._said('clubs', row['club_id'])}: {row['topic']}"
        return ", ".join(
            self._value(goal, one, row[one]) for one in SAID.get(goal, ()) if row[one] not in (None, "")
        )


SAID = {  # by which of its columns a row is named
    "clubs": ("name",),
    "procedures": ("code",),
    "meetings": ("number", "held_on"),
    "contacts": ("kind", "day"),
    "decisions": ("number", "decided_on"),
    "items": ("question",),
    "session_changes": ("kind", "old_day"),
    "session_photos": ("caption",),
    "plan_goals": ("text",),
    "programs": ("kind", "number"),
    "journal_entries": ("number", "day"),
}


def _word(value: Any) -> str:
    """A label; of a label with its color, the label."""
    if isinstance(value, tuple):
        return str(next(one for one in value if isinstance(one, LazyString)))
    return str(value)
