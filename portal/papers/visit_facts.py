"""What the sheet of a visit or call says: agreed, held or in vain, and written up (VISIT 6, 7; CALL 7)."""

from typing import Any

from sqlalchemy import select

from portal.contacts import labels
from portal.contacts import queries as contacts
from portal.contacts.models import Contact
from portal.db import db
from portal.families.models import FamilyMember
from portal.journal.labels import SIGNATURES
from portal.journal.models import JournalEntry
from portal.papers.agenda_words import of_country
from portal.papers.facts import clock_time, day, day_words
from portal.papers.kind import Facts
from portal.papers.people import colleague, family_facts, head_short
from portal.papers.russian import joined, minutes, sentence
from portal.procedures import queries as procedures
from portal.procedures.labels import STAGES
from portal.procedures.queries import Sheet
from portal.programs import queries as programs
from portal.rules.contacts import AHEAD, BY_TELEPHONE, State

MARKS = {"open": "", "done": "выполнено", "skipped": "пропущено"}
TOLD = {  # R12: what the head was told for
    "ignored": "Доложено заведующему отделением; открыт разбор с автором задания",
    "refusal": "Доложено заведующему отделением для решения о визите в семью",
    "danger": "Доложено заведующему отделением для уведомления комиссии по делам несовершеннолетних",
}
TITLES = {
    "visit": "патронажного визита",
    "call": "патронажного звонка",
    "video": "патронажного видеозвонка",
    "center": "встречи в центре",
}


def visit_sheet(contact_id: int) -> Facts:
    """The sheet of a contact: to be taken along while it is ahead, and what came of it afterwards."""
    contact = db.session.get_one(Contact, contact_id)
    found = contacts.facts(contact)
    sheet = procedures.sheet(contact)
    entry = _entry(contact_id)
    following = _next(contact)
    return {
        "family": family_facts(found.family),
        "specialist": colleague(found.worker),
        "contact": _contact(contact) | {"left_open": sheet.run.why.strip() if sheet.run else ""},
        "members": [
            {"who": joined((one.full_name, one.relation or ("ребёнок" if one.kind == "minor" else "")))}
            for one in found.members
        ],
        "stages": _stages(sheet) if sheet.run or contact.state in AHEAD else [],
        "steps": _steps(sheet),
        "branches": [
            {
                "name": str(STAGES[one.branch]),
                "note": one.note.strip(),
                "what": joined((TOLD[one.branch], one.colleague), ": "),
                "at": day(one.at),
            }
            for one in sheet.raised.values()
        ],
        "tasks": [
            {"minor": one.minor, "text": one.text, "author": one.author}
            for one in programs.home_tasks_of(found.family.id, contact.day)
        ],
        "next": {
            "day": day(following.day) if following else "",
            "words": joined((day_words(following.day), clock_time(following.starts_at)), ", ")
            if following
            else "",
        },
        "journal": entry,
        "head": {"short": head_short()},
    }


def _contact(contact: Contact) -> Facts:
    over = contact.state not in AHEAD
    return {
        "of_kind": of_country(TITLES[contact.kind]),
        "kind": str(labels.KINDS[contact.kind]),
        "day": day(contact.day),
        "words": day_words(contact.day),
        "time": clock_time(contact.starts_at),
        "planned": "" if over else minutes(contact.minutes),
        "minutes": minutes(contact.minutes) if contact.state == State.DONE else "",
        "is_call": "да" if contact.kind in BY_TELEPHONE else "",
        "channel": str(labels.CHANNELS.get(contact.channel, contact.channel)),
        "reason": contact.reason.strip(),
        "state": sentence(labels.STATES[contact.state][1]),
        "why": str(labels.why(contact.why)).strip(),
        "notes": contact.notes.strip(),
        "recommendations": contact.recommendations.strip(),
    }


def _stages(sheet: Sheet) -> list[Facts]:
    """The steps of the procedure with their marks; those of a branch only when it was raised."""
    lines = [one for one in sheet.lines if one.branch is None or one.branch in sheet.raised]
    return [
        {
            "no": str(no),
            "stage": str(STAGES[one.stage]),
            "text": one.text,
            "mark": MARKS[one.state],
            "note": one.note.strip(),
        }
        for no, one in enumerate(lines, 1)
    ]


def _steps(sheet: Sheet) -> list[Facts]:
    """The steps to be gone through by hand."""
    lines = [one for one in sheet.lines if one.branch is None]
    return [
        {"no": str(no), "stage": str(STAGES[one.stage]), "text": one.text} for no, one in enumerate(lines, 1)
    ]


def _entry(contact_id: int) -> Facts:
    """The last entry of the journal on the contact, with how the recipient signed (R13)."""
    query = select(JournalEntry, FamilyMember).outerjoin(
        FamilyMember, FamilyMember.id == JournalEntry.signer_id
    )
    query = query.where(JournalEntry.contact_id == contact_id).order_by(JournalEntry.id.desc())
    row = db.session.execute(query.limit(1)).first()
    if row is None:
        return {"number": "", "signed": "", "signer": "", "refusal": "", "checked": ""}
    entry, signer = row
    return {
        "number": f"{entry.number}/{entry.year}",
        "signed": str(SIGNATURES[entry.recipient][1]) if entry.recipient else "",
        "signer": signer.name.short if signer else "",
        "refusal": entry.refusal.strip(),
        "checked": day(entry.checked_at),
    }


def _next(contact: Contact) -> Any:
    """The next contact that is planned behind this one."""
    query = select(Contact.day, Contact.starts_at).where(Contact.patronage_id == contact.patronage_id)
    query = query.where(Contact.state.in_(AHEAD), Contact.id != contact.id, Contact.day >= contact.day)
    return db.session.execute(query.order_by(Contact.day, Contact.starts_at).limit(1)).first()
