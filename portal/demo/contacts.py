"""The demo's visits and calls, their journal, the head's checks, what is planned next."""

from datetime import date, time, timedelta
from functools import partial

from sqlalchemy import select

from portal import clock
from portal.contacts import actions as contacts
from portal.contacts.models import Contact
from portal.db import db
from portal.demo import steps, texts
from portal.demo.days import Case, Days, moment, working
from portal.journal import actions as journal
from portal.journal import checking
from portal.journal.models import JournalEntry
from portal.norms import actions as norms
from portal.procedures import runs
from portal.rules import RuleBroken
from portal.rules.norms import DAY, Unit, period_of

HOURS = (9, 10, 11, 13, 14, 15)
KEPT = {"emergency": 0.92, "planned": 0.9, "control": 0.95}  # how often a contact takes place
GAPS = {"emergency": (2, 4), "planned": (24, 30), "control": (60, 85)}  # days between contacts
CALL, REFUSAL, BOTH = 0.2, 0.06, 0.7


def plan_year(days: Days) -> None:
    """The months of the journal, what is left of it today, and what is ahead."""
    month = period_of(Unit.MONTH, days.first)[1] + DAY
    while month <= days.today:
        days.on(month, partial(_submit, month - DAY))
        if month + 3 * DAY <= days.today:
            days.on(month + 3 * DAY, partial(_close, days, month - DAY))
        month = period_of(Unit.MONTH, month)[1] + DAY
    days.on(days.today - 3 * DAY, partial(_submit, days.today - 4 * DAY))
    days.on(days.today - DAY, lambda day: _check(days.today - 9 * DAY, days.head))
    days.on(days.today, partial(_today, days))


def follow(days: Days, case: Case, since: date) -> None:
    """Meet the family from the day on, more or less as its norm asks."""
    low, high = GAPS[case.regime]
    day = since + timedelta(days.random.randint(1, high))
    while day < days.today:
        if days.random.random() < KEPT[case.regime] and working(day) < days.today:
            days.on(working(day), partial(_meet, days, case))
        day = working(day) + timedelta(days.random.randint(low, high))


def _meet(days: Days, case: Case, day: date) -> None:
    random = days.random
    kind = random.choice(("call", "video")) if random.random() < CALL else "visit"
    visit, hour = kind == "visit", random.choice(HOURS)
    for start in (time(hour), time(hour, 30), time(hour + 1), time(hour + 1, 30)):
        try:
            contact_id = contacts.record_contact(
                case.patronage_id,
                case.lead_id,
                case.lead_id,
                kind=kind,
                day=day,
                starts_at=start,
                minutes=random.choice((30, 45, 60, 60, 75)) if visit else 30,
                reason="" if visit else random.choice(texts.REASONS),
                members=case.members[:2] if random.random() < BOTH else case.members[:1],
                notes=random.choice(texts.VISITS if visit else texts.CALLS),
                recommendations=random.choice(texts.RECOMMENDATIONS),
            )
        except RuleBroken:  # the hour is taken
            continue
        if day >= days.today - steps.SINCE:
            steps.go_through(contact_id, case.lead_id)
        if visit and day < days.today - 2 * DAY:
            _sign(random.random() < REFUSAL, contact_id, case)
        return


def _sign(refuses: bool, contact_id: int, case: Case) -> None:
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.contact_id == contact_id)).one()
    if refuses:
        journal.sign_entry(
            entry.id, case.lead_id, entry.revision, how="refused", refusal=texts.REFUSED_TO_SIGN
        )
    else:
        journal.sign_entry(entry.id, case.lead_id, entry.revision, how="paper", signer_id=case.representative)


def _entries(state: str, until: date) -> list[tuple[int, int, int]]:
    """(id, revision, worker) of the entries in the state that can go on, of days up to the one given."""
    query = select(JournalEntry.id, JournalEntry.revision, JournalEntry.worker_id)
    query = query.where(JournalEntry.state == state, JournalEntry.day <= until, JournalEntry.recipient != "")
    return [(row[0], row[1], row[2]) for row in db.session.execute(query.order_by(JournalEntry.id))]


def _submit(until: date, _day: date) -> None:
    for entry_id, _revision, worker_id in _entries("draft", until):
        journal.submit_entry(entry_id, worker_id)


def _check(until: date, head_id: int) -> None:
    for entry_id, revision, worker_id in _entries("submitted", until):
        if worker_id != head_id:
            checking.check_entry(entry_id, head_id, revision)


def _close(days: Days, last: date, _day: date) -> None:
    _submit(last, _day)
    _check(last, days.head)
    checking.close_period(last.year, last.month, days.head)


def _today(days: Days, today: date) -> None:
    """Two entries came back, visits are planned and agreed, one family is at a sanatorium."""
    for entry_id, revision, _worker in _entries("submitted", today)[:2]:
        checking.return_entry(entry_id, days.head, revision, texts.REMARK)
    for case in days.cases:
        if case.regime != "control" and days.random.random() > 0.45:
            _plan(days, case, working(today + timedelta(days.random.randint(0, 12))))
    begun = select(Contact).where(Contact.state == "confirmed").order_by(Contact.day, Contact.id).limit(3)
    for contact in list(db.session.scalars(begun)):
        for code in ("agree_call", "study_state") if contact.day <= today else ("agree_call",):
            _mark(contact.id, code, contact.user_id)
    _exempt(days)


def _plan(days: Days, case: Case, day: date) -> None:
    hour, minute = days.random.choice(HOURS), days.random.choice((0, 30))
    try:
        contact_id = contacts.plan_contact(
            case.patronage_id,
            case.lead_id,
            case.lead_id,
            kind="visit",
            day=day,
            starts_at=time(hour, minute),
            minutes=60,
            members=case.members[:2],
        )
    except RuleBroken:  # the hour is taken
        return
    if (day - days.today).days < 3:
        contacts.confirm_contact(contact_id, case.lead_id)


def _mark(contact_id: int, code: str, user_id: int) -> None:
    try:
        runs.mark_step(contact_id, code, user_id, "done", "")
    except RuleBroken:  # the procedure has no such step
        return


def _exempt(days: Days) -> None:
    ahead = select(Contact.patronage_id).where(Contact.state.in_(("planned", "confirmed")))
    planned = set(db.session.scalars(ahead))
    case = next(one for one in days.cases if one.regime == "planned" and one.patronage_id not in planned)
    with clock.pretend(moment(days.today - DAY)):
        first, last = days.today - 4 * DAY, days.today + 16 * DAY
        norms.exempt(case.patronage_id, days.head, first, last, texts.EXEMPTION)
