"""Which rows of the portal are a family's: one line for every table there is, so that none is forgotten.

A test compares this list with the models: whoever adds a table says here whose its rows are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Column, Table

from portal.db import Base

ROOT = "families"


@dataclass(frozen=True)
class Of:
    """Rows that are the family's: those whose `column` names a row of `table`, which is the family's itself.

    Without a table, that of the column's foreign key. `left_out`: what the receiving portal makes anew.
    """

    column: str
    table: str = ""
    left_out: frozenset[str] = frozenset()
    refers: Mapping[str, str] = field(
        default_factory=dict
    )  # columns that name a row without a key of their own


@dataclass(frozen=True)
class Around:
    """Rows of the center that the family's rows name: only these columns of theirs are told."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Apart:
    """Rows that are no family's, and why."""

    why: str


CENTER = Apart("the center's own: nothing of a family")
PEOPLE = Apart("of a colleague: the file names colleagues by name and position")
VOTING = Apart("who sat and voted how is the consilium's; the item says what was decided")
LOG = Apart("the log of this portal, sealed with its key: it is read here, and proves nothing elsewhere")
FORMER = Apart("what another center has handed over: it goes on with the family's own rows")
BELONGING: dict[str, Of | Around | Apart] = {
    "families": Of("id", left_out=frozenset({"search", "sort_name", "imported_key"})),
    "family_members": Of("family_id"),
    "family_categories": Of("family_id"),
    "name_cases": Of("member_id"),
    "consents": Of("family_id"),
    "consent_signatures": Of("consent_id"),
    "photo_consents": Of("member_id"),
    "support_links": Of("family_id"),
    "patronages": Of("family_id"),
    "suspensions": Of("patronage_id"),
    "emergencies": Of("patronage_id"),
    "regime_changes": Of("patronage_id"),
    "exemptions": Of("patronage_id"),
    "assignments": Of("patronage_id"),
    "closing_analyses": Of("patronage_id"),
    "intakes": Of("patronage_id"),
    "surveys": Of("patronage_id"),
    "agreements": Of("patronage_id"),
    "diagnoses": Of("patronage_id"),
    "diagnosis_scores": Of("diagnosis_id"),
    "plans": Of("patronage_id"),
    "plan_goals": Of("plan_id"),
    "plan_measures": Of("plan_id", "plans", refers={"plan_id": "plans"}),
    "programs": Of("member_id"),
    "program_results": Of("program_id"),
    "home_tasks": Of("program_id"),
    "referrals": Of("patronage_id"),
    "contacts": Of("patronage_id"),
    "contact_members": Of("contact_id"),
    "runs": Of("contact_id"),
    "run_steps": Of("run_id"),
    "run_branches": Of("run_id"),
    "journal_entries": Of("family_id"),
    "journal_remarks": Of("entry_id"),
    "state_system_marks": Of("entry_id"),
    "alerts": Of("patronage_id"),
    "items": Of("patronage_id"),
    "item_papers": Of("item_id", left_out=frozenset({"file_type", "sha256"})),
    "item_specialists": Of("item_id"),
    "dissents": Of("item_id"),
    "decisions": Of("patronage_id"),
    "follow_ups": Of("decision_id"),
    "club_participants": Of("member_id"),
    "club_waiting": Of("member_id"),
    "bookings": Of("member_id"),
    "inpatient_stays": Of("member_id"),
    "interest_surveys": Of("member_id"),
    "interest_answers": Of("survey_id"),
    "skill_assessments": Of("member_id"),
    "skill_scores": Of("assessment_id"),
    "photo_people": Of("member_id"),
    "session_change_members": Of("member_id"),
    "papers": Of("family_id", left_out=frozenset({"object_id", "facts", "sha256"})),
    # of the center, named by the family's rows
    "clubs": Around(("name",)),
    "club_sessions": Around(("club_id", "day", "starts_at", "minutes", "topic", "goal", "status")),
    "session_changes": Around(("session_id", "kind", "old_day", "old_starts_at", "at")),
    "session_photos": Around(("session_id", "file_id", "caption", "added_at")),
    "procedures": Around(("code", "version")),
    "meetings": Around(("number", "year", "kind", "held_on")),
    "stored_files": Around(("media_type", "uploaded_at")),
    # of nobody's family
    "audit_entries": LOG,
    "audit_head": LOG,
    "family_looks": LOG,
    "calendar_days": CENTER,
    "settings": CENTER,
    "words": CENTER,
    "norm_versions": CENTER,
    "paper_templates": CENTER,
    "procedure_steps": Apart("the text of a procedure; a run has its own copy"),
    "journal_periods": Apart("a closed month of the whole journal"),
    "club_interests": CENTER,
    "club_programs": CENTER,
    "club_times": CENTER,
    "club_topics": CENTER,
    "session_feedback": Apart("said without a name: nobody may learn whose it is"),
    "users": PEOPLE,
    "role_grants": PEOPLE,
    "roll_seats": PEOPLE,
    "deputies": PEOPLE,
    "login_attempts": PEOPLE,
    "login_sessions": PEOPLE,
    "password_links": PEOPLE,
    "calendar_feeds": PEOPLE,
    "mails": Apart("a letter to a colleague"),
    "drafts": Apart("what a colleague has typed and not saved yet"),
    "invitations": CENTER,
    "jobs": Apart("what a colleague has asked to be made: the result is dropped after some days"),
    "imports": CENTER,
    "import_rows": Apart("by which import a row came"),
    "import_headings": CENTER,
    "used_ids": CENTER,
    "meeting_seats": VOTING,
    "presence_marks": VOTING,
    "item_reads": VOTING,
    "item_voters": VOTING,
    "recusals": VOTING,
    "votes": VOTING,
    "minutes": Apart("minutes tell of several families; the family's items and decisions are told"),
    "minutes_signatures": Apart("of the minutes of a whole meeting"),
    "former_files": FORMER,
    "former_rows": FORMER,
    "former_papers": FORMER,
}
# What another center goes on with. The rest is the former center's work: it is read, and counts in no report.
LIVE = (
    *(ROOT, "family_members", "name_cases", "family_categories"),
    *("support_links", "programs", "program_results"),
)
FILES = {("item_papers", "file"), ("papers", "file")}  # columns that hold the name of a sealed file


def tables() -> list[str]:
    """The family's tables, each behind those it refers to."""
    return [table.name for table in Base.metadata.sorted_tables if isinstance(BELONGING[table.name], Of)]


def around() -> list[str]:
    """The center's tables of which something is told."""
    return [table.name for table in Base.metadata.sorted_tables if isinstance(BELONGING[table.name], Around)]


def columns(name: str) -> list[Column[object]]:
    """What is told of the rows of a table, in the order of the model; never the keys of the center's own rows."""
    table, rule = Base.metadata.tables[name], BELONGING[name]
    if isinstance(rule, Of):
        return [one for one in table.columns if one.name not in rule.left_out]
    assert isinstance(rule, Around)  # noqa: S101
    return [one for one in table.columns if one.name in rule.columns or one.name == "id"]


def parent(name: str) -> str:
    """Of which table the rows are through which those of this one are the family's."""
    rule = BELONGING[name]
    assert isinstance(rule, Of)  # noqa: S101
    return rule.table or target(name, Base.metadata.tables[name], rule.column)


def target(name: str, table: Table, column: str) -> str:
    """The table that a column names a row of; empty for a plain value."""
    rule = BELONGING[name]
    if isinstance(rule, Of) and column in rule.refers:
        return rule.refers[column]
    key = next(iter(sorted(table.columns[column].foreign_keys, key=lambda one: one.target_fullname)), None)
    return key.column.table.name if key is not None else ""


def has_id(name: str) -> bool:
    """Whether the rows have a number of their own, by which others name them."""
    return "id" in Base.metadata.tables[name].columns
