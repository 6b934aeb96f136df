"""The journal on real databases: signing, submitting, checking, returning, correcting; what the database refuses."""

import io
from datetime import time, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock, files, scans
from portal.audit import AuditEntry
from portal.contacts import actions as contacts
from portal.contacts.models import Contact
from portal.db import db, technical
from portal.families.models import StoredFile
from portal.journal import actions, checking
from portal.journal.models import JournalEntry, JournalRemark
from tests.factories import make_family, make_patronage, make_user
from tests.journal.rows import drawing, entered, entry_of, found, record, signer_of, submitted
from tests.refusals import refuses


@pytest.fixture
def lead(app):
    return make_user("specialist")


@pytest.fixture
def head(app):
    return make_user("head")


@pytest.fixture
def patronage(lead):
    return make_patronage(lead=lead, regime="emergency")


def raw(statement):
    db.session.rollback()
    with technical() as s:
        s.execute(statement)


def database_refuses(statement):
    with pytest.raises(IntegrityError):
        raw(statement)


def test_what_took_place_stands_in_the_journal(patronage, lead):
    first = entry_of(record(patronage, lead, starts_at=time(9), notes="Были дома", recommendations="Читать"))
    planned = contacts.plan_contact(
        patronage.id, lead.id, lead.id, kind="call", reason="отъезд", day=first.day,
        starts_at=time(13), minutes=30,
    )  # fmt: skip
    with pytest.raises(Exception, match="No row was found"):
        entry_of(planned)
    contacts.finish_contact(planned, lead.id, day=first.day, starts_at=time(13), minutes=45)
    second = entry_of(planned)
    first = found(first.id)
    assert (first.state, first.recipient, first.summary, first.recommendations) == (
        "draft", "", "Были дома", "Читать",
    )  # fmt: skip
    assert (second.recipient, second.minutes, second.worker_id) == ("remote", 45, lead.id)
    assert (second.year, second.month) == (second.day.year, second.day.month)
    assert [first.number, second.number] == [1, 2]


def test_a_failed_attempt_is_no_service(patronage, lead):
    planned = contacts.plan_contact(
        patronage.id, lead.id, lead.id, kind="visit", day=clock.today(), starts_at=time(13), minutes=30
    )
    contacts.fail_contact(planned, lead.id, "not_at_home", "")
    db.session.rollback()
    assert db.session.scalars(select(JournalEntry.id)).all() == []


def test_signed_submitted_checked(patronage, lead, head):
    entry_id = entered(patronage, lead)
    with refuses("unsigned"):
        actions.submit_entry(entry_id, lead.id)
    picture = scans.clean_drawing(io.BytesIO(drawing()))
    actions.sign_entry(entry_id, lead.id, 1, how="drawn", signer_id=signer_of(patronage), picture=picture)
    entry = found(entry_id)
    stored = db.session.get_one(StoredFile, entry.file_id)
    assert files.read(stored.name) == picture[0] and stored.media_type == "image/png"
    actions.submit_entry(entry_id, lead.id, 2)
    checking.check_entry(entry_id, head.id, 3)
    entry = found(entry_id)
    assert (entry.state, entry.signed_by_id, entry.checked_by_id) == ("checked", lead.id, head.id)
    events = db.session.scalars(
        select(AuditEntry.event).where(AuditEntry.kind == "journal_entries").order_by(AuditEntry.id)
    )
    assert list(events) == ["journal.signed", "journal.submitted", "journal.checked"]


def test_a_refusal_to_sign_is_noted_and_blocks_nothing(patronage, lead):
    entry_id = entered(patronage, lead)
    with refuses("no_refusal"):
        actions.sign_entry(entry_id, lead.id, 1, how="refused")
    actions.sign_entry(entry_id, lead.id, 1, how="refused", refusal="не хотят подписывать")
    actions.submit_entry(entry_id, lead.id)
    assert found(entry_id).refusal == "не хотят подписывать"


def test_a_signature_is_taken_anew_and_kept_when_nothing_new_is_drawn(patronage, lead):
    entry_id, signer = entered(patronage, lead), signer_of(patronage)
    picture = scans.clean_drawing(io.BytesIO(drawing()))
    actions.sign_entry(entry_id, lead.id, 1, how="drawn", signer_id=signer, picture=picture)
    first = found(entry_id).file_id
    actions.sign_entry(entry_id, lead.id, 2, how="drawn", signer_id=signer)
    assert found(entry_id).file_id == first
    actions.sign_entry(entry_id, lead.id, 3, how="paper", signer_id=signer)
    assert found(entry_id).file_id is None
    with refuses("no_drawing"):
        actions.sign_entry(entry_id, lead.id, 4, how="drawn", signer_id=signer)


def test_a_stranger_does_not_sign(patronage, lead, tmp_path):
    entry_id, stranger = entered(patronage, lead), make_family("Чужая")
    picture = scans.clean_drawing(io.BytesIO(drawing()))
    with refuses("other_family"):
        actions.sign_entry(
            entry_id, lead.id, 1, how="drawn", signer_id=stranger.members[0].id, picture=picture
        )
    assert db.session.scalars(select(StoredFile.id)).all() == []


def test_the_scan_of_the_paper_may_come_later(patronage, lead, head):
    entry_id = submitted(patronage, lead)
    picture = scans.clean(io.BytesIO(drawing()))
    actions.add_scan(entry_id, lead.id, picture)
    with refuses("scan_there"):
        actions.add_scan(entry_id, lead.id, picture)
    drawn = entered(patronage, lead, starts_at=time(9))
    with refuses("not_paper"):
        actions.add_scan(drawn, lead.id, picture)


def test_returned_mended_and_submitted_again(patronage, lead, head):
    entry_id = submitted(patronage, lead, notes="Кратко")
    with refuses("wrong_state"):
        actions.change_entry(entry_id, lead.id, 3, minutes=70, summary="x", recommendations="")
    checking.return_entry(entry_id, head.id, 3, "Опишите подробнее")
    actions.change_entry(entry_id, lead.id, 4, minutes=70, summary="Подробно", recommendations="Читать")
    contact = db.session.get_one(Contact, found(entry_id).contact_id)
    assert (contact.minutes, contact.notes, contact.recommendations) == (70, "Подробно", "Читать")
    actions.submit_entry(entry_id, lead.id)
    checking.return_entry(entry_id, head.id, found(entry_id).revision, "Ещё раз")
    remarks = db.session.scalars(select(JournalRemark.remark).order_by(JournalRemark.id)).all()
    assert remarks == ["Опишите подробнее", "Ещё раз"]
    log = db.session.scalars(select(AuditEntry.data).where(AuditEntry.kind == "journal_entries")).all()
    assert not any("Подробно" in data or "Опишите" in data for data in log)  # no content in the audit log


def test_nobody_checks_their_own_not_even_past_the_rule(patronage, head):
    own = make_patronage(make_family("Своя"), lead=head)
    entry_id = submitted(own, head)
    for step in (checking.check_entry, lambda *a: checking.return_entry(*a, "замечание")):
        with refuses("own_entry"):
            step(entry_id, head.id, 3)
    entry = found(entry_id)
    values = {"state": "checked", "checked_by_id": head.id, "checked_at": entry.submitted_at}
    one = update(JournalEntry).where(JournalEntry.id == entry_id)
    database_refuses(one.values(values))
    checking.check_entry(entry_id, make_user("head").id, 3)


def test_who_signed_for_a_worker_who_left_does_not_check(patronage, lead, head):
    entry_id = entered(patronage, lead)
    actions.sign_entry(entry_id, head.id, 1, how="paper", signer_id=signer_of(patronage))
    actions.submit_entry(entry_id, head.id)
    with refuses("own_entry"):
        checking.check_entry(entry_id, head.id, 3)


def test_only_what_the_head_has_seen_is_checked(patronage, lead, head):
    entry_id = submitted(patronage, lead)
    checking.return_entry(entry_id, head.id, 3, "замечание")
    actions.submit_entry(entry_id, lead.id)
    with refuses("changed"):
        checking.check_entry(entry_id, head.id, 3)


def test_several_at_once_each_for_itself(patronage, lead):
    ready, bare = entered(patronage, lead, starts_at=time(9)), entered(patronage, lead, starts_at=time(11))
    call = entered(patronage, lead, starts_at=time(13), kind="call", reason="отъезд")
    actions.sign_entry(ready, lead.id, 1, how="paper", signer_id=signer_of(patronage))
    done, refused = actions.submit_entries([ready, bare, call], lead.id)
    assert (done, [one.code for one in refused]) == (2, ["unsigned"])


def test_a_checked_entry_is_corrected_by_a_new_one(patronage, lead, head):
    entry_id = submitted(patronage, lead, notes="Как было")
    with refuses("wrong_state"):
        actions.correct_entry(entry_id, lead.id, why="ошибка", minutes=30, summary="", recommendations="")
    checking.check_entry(entry_id, head.id, 3)
    new = actions.correct_entry(
        entry_id, lead.id, why="Длительность", minutes=30, summary="Как надо", recommendations=""
    )
    old, entry = found(entry_id), found(new)
    assert (old.minutes, old.summary, old.state) == (60, "Как было", "checked")
    assert (entry.corrects_id, entry.minutes, entry.state, entry.number) == (old.id, 30, "draft", 2)
    with refuses("corrected"):
        actions.correct_entry(entry_id, lead.id, why="ещё", minutes=30, summary="", recommendations="")
    actions.sign_entry(new, lead.id, 1, how="refused", refusal="семья в отъезде")
    actions.submit_entry(new, lead.id)
    checking.check_entry(new, head.id, 3)


def test_the_database_knows_it_too(patronage, lead, head):
    entry_id = submitted(patronage, lead)
    entry = found(entry_id)
    one = update(JournalEntry).where(JournalEntry.id == entry_id)
    for values in (
        {"recipient": ""},
        {"recipient": "drawn"},
        {"recipient": "remote"},
        {"recipient": "refused"},
        {"refusal": "нет"},
        {"signer_id": None},
        {"signed_by_id": None},
        {"state": "checked"},
        {"checked_by_id": head.id},
        {"month": 13},
        {"minutes": 0},
        {"correction": "просто так"},
        {"state": "burnt"},
    ):
        database_refuses(one.values(values))
    database_refuses(delete(JournalEntry))
    row = {
        "year": entry.year, "month": entry.month, "contact_id": entry.contact_id, "day": entry.day,
        "family_id": entry.family_id, "patronage_id": entry.patronage_id, "worker_id": lead.id,
        "kind": "visit", "minutes": 5, "created_at": entry.created_at, "state": "draft", "revision": 1, "summary": "",
        "recommendations": "", "recipient": "", "refusal": "", "correction": "",
    }  # fmt: skip
    database_refuses(JournalEntry.__table__.insert().values(row | {"number": 2}))  # a second of the contact
    other = row | {"contact_id": None}
    database_refuses(JournalEntry.__table__.insert().values(other | {"number": 1}))
    raw(JournalEntry.__table__.insert().values(other | {"number": 2}))
    checking.check_entry(entry_id, head.id, 3)
    database_refuses(one.values(state="submitted", checked_at=None, checked_by_id=None))
    checking_remark = JournalRemark(entry_id=entry_id, author_id=head.id, at=entry.created_at, remark="x")
    with technical() as s:
        s.add(checking_remark)
    database_refuses(update(JournalRemark).values(remark="y"))
    database_refuses(delete(JournalRemark))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x89PNG" + b"0" * 5_000_000, "drawing_too_large"),
        (b"GIF89a" + b"0" * 100, "file_gif"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 100, "drawing_kind"),
        (b"", "file_empty"),
    ],
)
def test_pictures_that_are_no_signatures(app, data, code):
    with refuses(code):
        scans.clean_drawing(io.BytesIO(data))


def test_large_and_empty_drawings(app):
    with refuses("drawing_too_wide"):
        scans.clean_drawing(io.BytesIO(drawing(2001, 100)))
    with refuses("drawing_too_wide"):
        scans.clean_drawing(io.BytesIO(drawing(100, 1001)))
    for mode in ("RGB", "RGBA"):
        with refuses("no_drawing"):
            scans.clean_drawing(io.BytesIO(drawing(mode=mode, empty=True)))
    jpeg = scans.clean(io.BytesIO(drawing(mode="RGB")))[0]
    with refuses("drawing_kind"):
        scans.clean_drawing(io.BytesIO(jpeg))


def test_a_day_long_past_keeps_its_own_month(patronage, lead):
    day = patronage.enrolled_on + timedelta(1)
    entry = found(entered(patronage, lead, day))
    assert (entry.year, entry.month, entry.day) == (day.year, day.month, day)
