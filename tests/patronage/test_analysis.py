"""The closing analysis: who writes it, until when, and how long it may be."""

import json

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.audit import AuditEntry, FamilyLook
from portal.consilium.models import Item, Meeting
from portal.db import db, technical
from portal.patronage import actions, queries
from portal.rules import RuleBroken
from tests.client import Client
from tests.factories import make_analysis, make_assignment, make_family, make_patronage, make_user

BODY = "Цели плана достигнуты: ребёнок посещает школу.\n\nСемья справляется сама."


@pytest.fixture
def cast(app):
    """The lead of a family, and its patronage."""
    lead = make_user("specialist")
    return lead, make_patronage(make_family("Соколова"), lead=lead)


def url(patronage):
    return f"/families/{patronage.family_id}/analysis"


def test_the_lead_writes_and_rewrites(client, cast):
    lead, patronage = cast
    client.login(lead)
    client.get(url(patronage))
    client.post(url(patronage), body=BODY)
    client.post(url(patronage), body=BODY + " Дополнено.")
    kept, author = queries.analysis(patronage.id)
    assert kept.body == BODY + " Дополнено." and author.id == lead.id
    wrote = "patronage.analysis_written"
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == wrote).order_by(AuditEntry.id)
    ).all()
    first, second = (json.loads(entry.data) for entry in entries)
    assert first["new"]["body"] == second["old"]["body"] == BODY
    assert "Дополнено" in client.get(url(patronage)).text
    looks = db.session.scalars(select(FamilyLook).where(FamilyLook.family_id == patronage.family_id)).all()
    assert looks and {look.page for look in looks} == {"analysis"}


@pytest.mark.parametrize("body", ["", "коротко", " " * 50, "я" * 100_000])
def test_a_text_too_short_or_too_long_is_kept_and_explained(client, cast, body):
    lead, patronage = cast
    client.login(lead).post(url(patronage), 422, body=body)
    assert client.page.xpath("//*[@class='errors']//a[@href='#body']")
    assert client.page.xpath("//textarea[@id='body']")[0].text_content().strip() == body.strip()
    assert queries.analysis(patronage.id) is None


def test_lines_stay_and_marks_of_direction_go(client, cast):
    lead, patronage = cast
    client.login(lead).post(url(patronage), body="Первая строка отчёта\r\n\u202eВторая 🙂\x00 строка")
    assert queries.analysis(patronage.id)[0].body == "Первая строка отчёта\nВторая 🙂 строка"


def test_after_the_decision_it_is_only_read(client, cast):
    lead, patronage = cast
    make_analysis(patronage, lead, BODY)
    with technical() as session:
        session.execute(text("UPDATE patronages SET status = 'removed', removed_on = enrolled_on"))
    client.login(make_user("head"))
    client.get(url(patronage))
    assert not client.page.xpath("//textarea") and "ребёнок посещает школу" in client.text
    client.post(url(patronage), 409, body=BODY + " Поправка.")
    assert queries.analysis(patronage.id)[0].body == BODY
    assert "Поправка" in client.text


def test_while_the_consilium_votes_it_stays(client, cast):
    lead, patronage = cast
    make_analysis(patronage, lead, BODY)
    with technical() as session:
        meeting = Meeting(
            number=1,
            year=2026,
            held_on=clock.today(),
            starts_at=clock.now().time(),
            status="open",
            created_by_id=lead.id,
        )
        session.add(meeting)
        session.flush()
        session.add(
            Item(meeting_id=meeting.id, position=1, kind="remove", patronage_id=patronage.id, status="voting")
        )
    client.login(lead).post(url(patronage), 409, body=BODY + " Поправка.")
    assert queries.analysis(patronage.id)[0].body == BODY


def test_others_do_not_reach_it(app, cast):
    _lead, patronage = cast
    for role, status in [
        ("specialist", 404),
        ("pedagogue", 404),
        ("staff", 403),
        ("admin", 403),
        ("auditor", 403),
    ]:
        Client(app, make_user(role)).get(url(patronage), status)
    involved = make_user("specialist", position="педагог-психолог")
    make_assignment(patronage, involved, "involved")
    Client(app, involved).post(url(patronage), body=BODY)
    assert queries.analysis(patronage.id)[1].id == involved.id


def test_a_head_approves_what_they_have_read(app, cast):
    lead, patronage = cast
    make_analysis(patronage, lead, BODY)
    head = Client(app, make_user("head"))
    head.get("/")
    assert head.page.xpath(f"//section[@id='approvals']//a[@href='{url(patronage)}']")
    head.get(url(patronage))
    assert "на утверждении" in head.text
    seen = head.page.xpath("//input[@name='seen']/@value")[0]
    Client(app, lead).post(url(patronage), body=BODY + " Дополнено.")
    head.post(f"{url(patronage)}/approve", seen=seen)
    assert queries.analysis(patronage.id)[0].approved_at is None
    head.get(url(patronage))
    assert "Прочитайте его ещё раз" in head.text
    head.post(f"{url(patronage)}/approve", seen=head.page.xpath("//input[@name='seen']/@value")[0])
    kept = queries.analysis(patronage.id)[0]
    assert kept.approved_by_id is not None and kept.author_id == lead.id
    head.get(url(patronage))
    assert not head.page.xpath("//input[@name='seen']") and "утверждён" in head.text


def test_another_text_takes_the_approval_away_and_the_same_does_not(app, cast):
    lead, patronage = cast
    kept = make_analysis(patronage, lead, BODY)
    actions.approve_analysis(patronage.id, kept.written_at, make_user("head").id)
    client = Client(app, lead)
    client.post(url(patronage), body=BODY)
    assert queries.analysis(patronage.id)[0].approved_at is not None
    client.post(url(patronage), body=BODY + " Иначе.")
    assert queries.analysis(patronage.id)[0].approved_at is None


def test_nobody_approves_their_own_analysis(app, cast):
    _lead, patronage = cast
    head = make_user("head")
    kept = make_analysis(patronage, head, BODY)
    client = Client(app, head)
    client.get(url(patronage))
    assert "Это написали вы сами" in client.text and not client.page.xpath("//input[@name='seen']")
    with pytest.raises(RuleBroken, match="own_work"):
        actions.approve_analysis(patronage.id, kept.written_at, head.id)
    with pytest.raises(IntegrityError), technical() as session:
        session.execute(
            text("UPDATE closing_analyses SET approved_by_id = author_id, approved_at = written_at")
        )
    with pytest.raises(IntegrityError), technical() as session:
        session.execute(text("UPDATE closing_analyses SET approved_at = written_at"))


def test_nobody_approves_what_they_wrote_before_somebody_else_saved_it(app, cast):
    lead, patronage = cast
    head = make_user("head")
    actions.write_analysis(patronage.id, BODY, head.id)
    actions.write_analysis(patronage.id, BODY + ".", lead.id)
    client = Client(app, head)
    client.get("/")
    assert not client.page.xpath("//section[@id='approvals']")
    client.get(url(patronage))
    assert "Это написали вы сами" in client.text and not client.page.xpath("//input[@name='seen']")
    seen = queries.analysis(patronage.id)[0].written_at
    with pytest.raises(RuleBroken, match="own_work"):
        actions.approve_analysis(patronage.id, seen, head.id)
    actions.approve_analysis(patronage.id, seen, make_user("head").id)


def test_an_analysis_that_nobody_wrote_is_not_approved(cast):
    _lead, patronage = cast
    with pytest.raises(RuleBroken, match="no_analysis"):
        actions.approve_analysis(patronage.id, None, make_user("head").id)


def test_the_agenda_says_whether_it_is_approved(app, cast):
    lead, patronage = cast
    chair = make_user("chair")
    kept = make_analysis(patronage, lead, BODY)
    with technical() as session:
        meeting = Meeting(
            number=1,
            year=2026,
            held_on=clock.today(),
            starts_at=clock.now().time(),
            status="convened",
            created_by_id=chair.id,
        )
        session.add(meeting)
        session.flush()
        item = Item(
            meeting_id=meeting.id,
            position=1,
            kind="remove",
            patronage_id=patronage.id,
            reason="aims_reached",
        )
        session.add(item)
        session.flush()
        pages = f"/consilium/meetings/{meeting.id}", f"/consilium/items/{item.id}"
    client = Client(app, chair)
    for page, words in zip(pages, ("итоговый анализ не утверждён", "не утверждён заведующим"), strict=True):
        client.get(page)
        assert words in client.text
    actions.approve_analysis(patronage.id, kept.written_at, make_user("head").id)
    for page in pages:
        client.get(page)
        assert "не утверждён" not in client.text
    assert "утверждён" in client.text
