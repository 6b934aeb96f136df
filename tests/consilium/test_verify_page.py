"""The page behind the QR of the minutes: whether paper and database agree, and what was changed where they do not."""

import pytest
import segno
from flask import Flask
from sqlalchemy import select, text, update

from portal import audit
from portal.audit import AuditEntry
from portal.consilium.digest import digest, text_of
from portal.consilium.minutes_models import Minutes
from portal.consilium.models import Item, MeetingSeat
from portal.db import db, technical
from portal.i18n import speaking
from portal.papers import making
from portal.papers.catalog import KINDS
from tests.client import Client
from tests.consilium.held import Held, hold, offer_minutes
from tests.consilium.rows import make_meeting, make_people, make_vote, vote_all
from tests.consilium.test_proof import disarm
from tests.factories import make_user
from tests.papers.reading import of_docx, of_pdf, squeezed

PAPER = KINDS["minutes"]
AGREE, DIFFER = "Бумага и база данных совпадают", "Бумага и база данных расходятся"


def _open(app: Flask, held: Held, code: str = "") -> Client:
    client = Client(app, held.people.members[0])
    code = code or db.session.get_one(Minutes, held.meeting_id).digest
    client.get(f"/consilium/meetings/{held.meeting_id}/verify/{code}")
    return client


def _write(statement: object) -> None:
    with technical() as s:
        s.execute(statement)  # type: ignore[call-overload]
    db.session.remove()


def test_paper_and_database_agree(app: Flask) -> None:
    held = hold()
    page = _open(app, held)
    assert AGREE in page.text
    assert len(page.page.xpath("//li[@class='t-ok']")) == 3
    code = db.session.get_one(Minutes, held.meeting_id).digest
    assert AGREE in _open(app, held, code[:16].upper()).text


def test_a_wrong_code_is_another_paper(app: Flask) -> None:
    held = hold()
    code = db.session.get_one(Minutes, held.meeting_id).digest
    for wrong in ("0" * 64, code[:15], code + "0"):
        page = _open(app, held, wrong)
        assert DIFFER in page.text
        assert len(page.page.xpath("//li[@class='t-bad']")) == 1


def test_what_was_changed_is_said_by_table(app: Flask) -> None:
    held = hold()
    disarm()
    _write(
        update(MeetingSeat).where(MeetingSeat.user_id == held.people.members[1].id).values(presence="absent")
    )
    _write(update(Item).where(Item.id == held.carried).values(votes_for=4))
    page = _open(app, held)
    assert DIFFER in page.text
    said = [" ".join(one.text_content().split()) for one in page.page.xpath("//h3/following-sibling::ul/li")]
    assert said == ["Вопросы повестки: изменено записей: 1", "Состав и явка: изменено записей: 1"]


def test_a_change_in_another_meeting_is_not_of_this_paper(app: Flask) -> None:
    held = hold()
    disarm()
    _write(update(Item).where(Item.id == held.voting).values(note="иначе"))
    assert AGREE in _open(app, held).text


def test_a_log_changed_before_the_minutes_is_found(app: Flask) -> None:
    held = hold()
    disarm()
    _write(update(AuditEntry).where(AuditEntry.id == 3).values(object_id=99))
    page = _open(app, held)
    assert DIFFER in page.text
    assert "Журнал действий до записи" in page.text


def test_a_log_that_ends_otherwise_is_found(app: Flask) -> None:
    """The whole chain made anew with the key would still not end as the paper says."""
    held = hold()
    disarm()
    _write(update(Minutes).values(chain="0" * 64))
    assert DIFFER in _open(app, held).text


def test_before_the_minutes_are_offered_nothing_is_compared(app: Flask) -> None:
    """Else whoever tries codes would learn how hidden votes stand."""
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for")
    client = Client(app, people.members[0])
    client.get(f"/consilium/meetings/{meeting_id}/verify/{digest(meeting_id)}")
    assert "Сверять не с чем" in client.text
    with app.test_request_context():
        assert f"/papers/minutes/{meeting_id}" in making.paper_address(PAPER, meeting_id)


def test_the_record_keeps_votes_that_were_never_counted_to_itself(app: Flask) -> None:
    """Of an item put off the votes stay hidden: the digest is not made from them."""
    held = hold()
    said = text_of(held.meeting_id)
    assert f'"item_id":{held.carried}' in said
    votes = [line for line in said.splitlines() if line.startswith('["votes"')]
    assert len(votes) == 4 + 4 + 5
    assert not [line for line in votes if f'"item_id":{held.deferred},' in line]


def test_a_dissent_after_the_offer_is_beside_the_minutes(app: Flask) -> None:
    held = hold()
    before = digest(held.meeting_id)
    from portal.consilium import dissents

    dissents.state_dissent(held.rejected, held.people.members[1].id, "Против отказа")
    db.session.remove()
    assert digest(held.meeting_id) == before
    assert AGREE in _open(app, held).text


def test_the_minutes_carry_digest_and_end_of_the_chain(app: Flask) -> None:
    """And lead to this very page, not to another."""
    held = hold()
    row = db.session.get_one(Minutes, held.meeting_id)
    entry = db.session.get_one(AuditEntry, row.chain_id)
    assert entry.hash == row.chain, "the end of the chain is an entry of it"
    here, code, chain, chain_id = (
        f"/consilium/meetings/{held.meeting_id}",
        row.digest,
        row.chain,
        row.chain_id,
    )
    page = Client(app, held.people.members[0])
    page.get(f"{here}/minutes")
    (proof,) = page.page.xpath("//footer[@class='proof']")
    said = " ".join(proof.text_content().split())
    assert code in said and chain in said and f"запись № {chain_id}," in said
    assert page.page.xpath(f"//section[@id='minutes-state']//a[@href='{here}/verify/{code}']")
    assert not page.page.xpath("//*[@data-print]"), "they are printed as a paper"
    with speaking("ru"):
        for file_format, read in (("pdf", of_pdf), ("docx", of_docx)):
            paper = squeezed(read(making.make(PAPER, held.meeting_id, file_format)))
            assert all(squeezed(one) in paper for one in (code, chain, f"№ {chain_id}", "сверяет протокол"))


def test_the_qr_of_the_paper_leads_to_the_portal_and_not_to_whatever_name_it_was_asked_by(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, drawn = hold(), []
    make = segno.make
    monkeypatch.setattr(segno, "make", lambda text, **how: drawn.append(text) or make(text, **how))
    browser, url = Client(app, held.people.secretary), f"/consilium/meetings/{held.meeting_id}"
    code = db.session.get_one(Minutes, held.meeting_id).digest
    for portal in ("", "https://portal.center.example"):
        app.config["PORTAL_URL"] = portal
        for file_format in ("pdf", "docx"):
            browser.get(f"/papers/minutes/{held.meeting_id}/{file_format}")
            assert drawn.pop() == f"{portal or 'http://localhost'}{url}/verify/{code}"
    assert not drawn


def test_the_digest_is_the_same_on_both_databases(app: Flask) -> None:
    """Moments, days, yes and no are written alike: a line of each kind, by eye."""
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    lines = text_of(meeting_id).splitlines()
    assert lines[0] == f'["record",{{"meeting":{meeting_id},"version":1}}]'
    meeting = next(one for one in lines if one.startswith('["meetings"'))
    assert '"reasons":0' in meeting and '"starts_at":"10:00:00"' in meeting and '+00:00"' in meeting
    assert f'["item_specialists",{{"item_id":{item_id},"user_id":{people.psychologist.id}}}]' in lines


def test_the_digest_says_what_the_page_says(app: Flask) -> None:
    """Whoever may not see the meeting sees no check of it; a signed-out one goes to the login."""
    held = hold()
    url = f"/consilium/meetings/{held.meeting_id}/verify/{'0' * 64}"
    Client(app, held.people.lead).get(url, status=403)
    assert Client(app).http.get(url).status_code in (302, 303)
    assert audit.verify()[1] is None
    assert db.session.scalar(select(Minutes.meeting_id)) == held.meeting_id
    db.session.execute(text("SELECT 1"))


def test_the_auditor_compares_and_goes_no_further(app: Flask) -> None:
    """Whoever watches over the log may check the paper; of the meeting nothing but its number is told."""
    held = hold()
    code = db.session.get_one(Minutes, held.meeting_id).digest
    auditor = Client(app, make_user("auditor"))
    auditor.get(f"/consilium/meetings/{held.meeting_id}/verify/{code}")
    assert AGREE in auditor.text
    assert not auditor.page.xpath("//a[starts-with(@href, '/consilium')]"), "no way to what is not theirs"
    for name in ("Первая", "Вторая", held.people.chair.last_name):
        assert name not in auditor.text
    auditor.get(f"/consilium/meetings/{held.meeting_id}/minutes", status=403)
    draft = make_meeting(held.people)
    auditor.get(f"/consilium/meetings/{draft}/verify/{code}", status=404)


def test_minutes_offered_anew_leave_the_earlier_print_behind(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "for")
    from portal.consilium import actions, decisions

    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    code = offer_minutes(people, meeting_id)
    client = Client(app, people.chair)
    client.get(f"/consilium/meetings/{meeting_id}/verify/{code}")
    assert AGREE in client.text
