"""The kinds of workbooks that can be brought in: one table. Who may, which columns, what a row becomes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.access import Permission, may
from portal.exchange import attendance, contacts, families, sayings, sessions, staff, tables
from portal.exchange import questions as asking
from portal.exchange.grid_rows import COLUMNS
from portal.exchange.questions import Question
from portal.exchange.register_cells import cell_text
from portal.exchange.register_columns import NOTHING, find_columns, meaning
from portal.exchange.register_types import Remark
from portal.exchange.rows import Field, Preview, Row, batches
from portal.exchange.sessions import Clubs
from portal.exchange.shapes import Answers, Shapes, shapes_of, unfold
from portal.exchange.tracks import Made
from portal.exchange.workbook import Sheet
from portal.exchange.workbook_guard import too_wide
from portal.rules import N_

BATCH = 250
MOST_HEADINGS = 300  # each is asked about on one page


class Judging(Protocol):
    """Judges rows, some at a time, in their order."""

    def judge(self, rows: Sequence[Row]) -> None:
        """Say of each what becomes of it."""


@dataclass(frozen=True)
class Kind:
    """A kind of workbook. `shown`: the headings of the preview; `labels`: words of codes that stand in it."""

    code: str
    title: str
    about: str
    icon: str
    permission: Permission
    fields: tuple[Field, ...]
    shown: tuple[str, ...]
    judge: Callable[[Any], Judging]
    write: Callable[[Session, Sequence[Row], Any], list[Made]]
    labels: Mapping[str, str] = field(default_factory=dict)
    batch: int = BATCH  # rows of one transaction
    wide: bool = False  # whether it comes as tables with the days across, too

    @property
    def required(self) -> tuple[str, ...]:
        """The codes of the columns that there must be."""
        return tuple(one.code for one in self.fields if one.required)

    @property
    def asked(self) -> tuple[Field, ...]:
        """The columns as users read them: what is needed first. `fields` stand as headings are recognized."""
        return tuple(sorted(self.fields, key=lambda one: not one.required))


KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            "families",
            N_("Register of families"),
            N_("Families with their children, consent, enrollment and lead specialist."),
            "users",
            Permission.FAMILY_IMPORT,
            families.FIELDS,
            (
                N_("Family"),
                N_("Children"),
                N_("Consent"),
                N_("Enrolled"),
                N_("Removed"),
                N_("Lead specialist"),
            ),
            families.Judge,
            families.write,
            batch=50,
        ),
        Kind(
            "staff",
            N_("Staff"),
            N_("Accounts of colleagues with positions and roles; each signs in by a one-time link."),
            "user-cog",
            Permission.ACCOUNT_MANAGE,
            staff.FIELDS,
            (N_("Name"), N_("Position"), N_("Department"), N_("Roles"), N_("User name")),
            staff.Judge,
            staff.write,
            batch=50,
        ),
        Kind(
            "contacts",
            N_("Visits and calls of the past"),
            N_("What an earlier journal has kept: date, family, specialist, kind, result, duration."),
            "phone",
            Permission.FAMILY_IMPORT,
            contacts.FIELDS,
            (N_("Date"), N_("Family"), N_("Specialist"), N_("Visit or call"), N_("Result")),
            contacts.Judge,
            contacts.write,
        ),
        Kind(
            "sessions",
            N_("Sessions of clubs"),
            N_("Those that were held, and a plan of those to come: club, date, time, topic."),
            "calendar-week",
            Permission.SESSION_PLAN,
            sessions.FIELDS,
            (N_("Date"), N_("Club"), N_("Time"), N_("Topic"), N_("State")),
            sessions.Judge,
            sessions.write,
            {"planned": N_("is planned"), "summed_up": N_("was held")},
        ),
        Kind(
            "attendance",
            N_("Attendance of clubs"),
            N_("Who came to which session, was excused, was absent."),
            "clipboard-check",
            Permission.ATTENDANCE_MARK,
            attendance.FIELDS,
            (N_("Date"), N_("Club"), N_("Recipient"), N_("Mark")),
            attendance.Judge,
            attendance.write,
            attendance.LABELS,
            wide=True,
        ),
    )
}


def get_kind(user: Any, code: str) -> Kind | None:
    """The kind, if the user may bring it in."""
    kind = KINDS.get(code)
    return kind if kind and may(user, kind.permission) else None


def kinds_for(user: Any) -> list[Kind]:
    """What the user may bring in."""
    return [kind for kind in KINDS.values() if may(user, kind.permission)]


def preview(
    kind: Kind, sheets: Sequence[Sheet], said: Mapping[str, str], user: Any, answers: Answers = NOTHING
) -> Preview:
    """Every row of the workbook, judged; `answers` are those to what was asked. Raises no_headings."""
    if kind.code == "families":
        return families.read(sheets, said)
    shapes = shapes_of(sheets, kind.fields, said, kind.wide)
    rows = [row for one in shapes.lists for row in tables.rows_of(one)]
    notes: list[Remark] = []
    missing = tables.missing(shapes.lists, kind.fields)
    if kind.wide:
        marks = sayings.said(sayings.MARKS)
        rows = [row for row in rows if attendance.says_something(row, marks)]
        more, notes, lacking = unfold(shapes, Clubs(user), answers, marks)
        rows, missing = rows + more, missing + lacking
    if not missing:
        judge = kind.judge(user)
        for some in batches(rows, BATCH):
            judge.judge(some)
    return Preview(rows, _headings_of(kind, shapes), missing, notes)


def _headings_of(kind: Kind, shapes: Shapes) -> dict[str, Sequence[str]]:
    """The headings of each sheet as its rows have them; what is unfolded has those of a list."""
    titles = {one.code: one.title for one in kind.fields}
    listed = tuple(str(_(titles[code])) for code in COLUMNS) if shapes.grids else ()
    found: dict[str, Sequence[str]] = {one.sheet.name: one.headings for one in shapes.lists}
    return found | {one.sheet.name: listed for one in shapes.grids}


def questions(
    kind: Kind, sheets: Sequence[Sheet], said: Mapping[str, str], user: Any, answers: Answers
) -> list[Question]:
    """What is asked of the workbook beside its headings. Raises no_headings, too_many_cells."""
    if not kind.wide:
        return []
    shapes, clubs = shapes_of(sheets, kind.fields, said, True), Clubs(user)
    marks = sayings.said(sayings.MARKS)
    rows = asking.rows_for_marks(shapes, clubs, answers)
    if not tables.missing(shapes.lists, kind.fields):
        rows += [row for one in shapes.lists for row in tables.rows_of(one)]
    return [*asking.of_tables(shapes, clubs, answers), *asking.of_marks(rows, marks)]


def required(kind: Kind, sheets: Sequence[Sheet], said: Mapping[str, str]) -> tuple[str, ...]:
    """The fields that the headings must name: of wide tables none, their shape names them."""
    if kind.wide and not shapes_of(sheets, kind.fields, said, True).lists:
        return ()
    return kind.required


@dataclass(frozen=True)
class Heading:
    """A heading as the file spells it, what it means, and what stands below it."""

    key: str
    text: str
    field: str
    sample: str


def headings(kind: Kind, sheets: Sequence[Sheet], said: Mapping[str, str]) -> list[Heading]:
    """The headings of the workbook, each once. Raises no_headings, too_many_cells."""
    found: dict[str, Heading] = {}
    shapes = None if kind.code == "families" else shapes_of(sheets, kind.fields, said, kind.wide)
    names = {tables.key_of(one.heads[n]) for one in (shapes.grids if shapes else ()) for n in one.names}
    for sheet, texts, first_row in _heads(kind, sheets, said, shapes):
        for place, text in enumerate(texts):
            key = tables.key_of(text)
            if key and key not in found and not _counts_rows(kind, text):
                meant = "recipient" if key in names else _meant(kind, text, said)
                found[key] = Heading(key, " ".join(text.split()), meant, _sample(sheet, first_row, place))
                if len(found) > MOST_HEADINGS:
                    raise too_wide()
    return list(found.values())


def unread(kind: Kind, read: Preview, said: Mapping[str, str]) -> list[str]:
    """The headings, as the file spells them, that mean nothing: what stands below them is not taken."""
    texts = (" ".join(text.split()) for heads in read.headings.values() for text in heads)
    words = dict.fromkeys(text for text in texts if any(map(str.isalpha, text)))
    return [one for one in words if not _counts_rows(kind, one) and not _meant(kind, one, said)]


def _counts_rows(kind: Kind, text: str) -> bool:
    """Whether it is the «No.» of a row: known by itself, and nothing else can be said of it."""
    return (kind.code == "families" or kind.wide) and meaning(text, {}) == "number"


def _heads(
    kind: Kind, sheets: Sequence[Sheet], said: Mapping[str, str], shapes: Shapes | None
) -> list[tuple[Sheet, Sequence[str], int]]:
    if shapes is None:
        known = [(sheet, one) for sheet in sheets if (one := find_columns(sheet, said))]
        if known:
            return [(sheet, one.headings, one.first_row) for sheet, one in known]
        shapes = shapes_of(sheets, (), said, False)
    return [
        *((one.sheet, one.headings, one.first_row) for one in shapes.lists),
        *((one.sheet, one.heads, one.first_row) for one in shapes.grids),
    ]


def _meant(kind: Kind, text: str, said: Mapping[str, str]) -> str:
    if kind.code != "families":
        return tables.field_of(text, kind.fields, said)
    code = meaning(text, said) or ""
    code = "representatives" if code == "anyone" else code
    return code if code in {one.code for one in kind.fields} else ""


def _sample(sheet: Sheet, first_row: int, place: int) -> str:
    texts = (cell_text(cells[place]) for _, cells in sheet.rows[first_row:] if place < len(cells))
    return " ".join(next((text for text in texts if text and not text.isdigit()), "").split())[:80]
