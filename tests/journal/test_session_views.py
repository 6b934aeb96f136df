"""Pages of the journal with sessions: lists, an entry, the queue by session, print; the state system."""

from datetime import timedelta

import pytest

from portal import clock
from portal.accounts.models import User
from portal.clubs.models import Club
from portal.db import db, technical
from portal.exchange.workbook import read_workbook
from portal.families.models import FamilyMember
from portal.journal import actions, sessions, state_actions, state_queries
from portal.journal.models import StateSystemMark
from portal.journal.state_queries import Asked
from tests.client import Client
from tests.counting import counted
from tests.factories import make_club, make_recipient, make_session, make_user
from tests.journal.rows import entered_session, found, voided
from tests.refusals import refuses
from tests.test_check import write


@pytest.fixture
def leader(app):
    return make_user("pedagogue", last_name="Зимина")


@pytest.fixture
def head(app):
    return make_user("head")


@pytest.fixture
def boss(app, head):
    return Client(app, head)


@pytest.fixture
def client(app, leader):
    return Client(app, leader)


@pytest.fixture
def session(leader):
    return make_session(make_club(leader), clock.today())


def given(session, leader, *members: FamilyMember) -> list[int]:
    """Entries of these recipients, signed on the sheet and submitted."""
    ids = entered_session(session, *members)
    sessions.sign_sheet(session.id, leader.id)
    sessions.submit_session(session.id, leader.id)
    return ids


def test_the_leader_sees_and_signs_the_services_of_a_session(client, session, leader):
    child = make_recipient(surname="Лесникова")
    (entry_id,) = entered_session(session, child)
    client.get("/journal/")
    assert "Лесникова В." in client.text and "Мастерская" in client.text
    client.get(f"/journal/{entry_id}")
    assert "Дружба" in client.text and client.page.xpath(f"//a[@href='/clubs/sessions/{session.id}']")
    client.get(f"/journal/{entry_id}/sign")
    assert client.page.xpath("//select[@name='signer_id']/option[@selected]/@value") == [str(child.id)]
    client.post(f"/journal/{entry_id}/sign", how="refused", refusal="убежал", revision="1", then="submit")
    assert found(entry_id).state == "submitted"
    client.get(f"/families/{child.family_id}", 404)  # who leads a club is not let into the family by it


def test_the_head_checks_a_session_at_once_or_one_by_one(boss, session, leader):
    children = [make_recipient(surname=name) for name in ("Белова", "Орлова", "Титова")]
    ids = given(session, leader, *children)
    boss.get("/journal/queue")
    assert boss.text.count("Знакомство") == 1  # what they share is said once
    seen = boss.page.xpath("//input[@name='seen']/@value")
    assert seen == [f"{one}-3" for one in ids]
    boss.post(f"/journal/{ids[0]}/return", remark="Что делали?", revision="3")
    boss.post("/journal/check", 303, seen=[*seen, "x", "9" * 30 + "-1", "5-"])
    assert [found(one).state for one in ids] == ["returned", "checked", "checked"]
    boss.get("/journal/queue")
    assert "ушла дальше" in boss.text or "проверен" in boss.text
    actions.change_entry(ids[0], leader.id, 4, minutes=50, summary="Лепили", recommendations="")
    actions.submit_entry(ids[0], leader.id)
    boss.post("/journal/check", 200, htmx=True, seen=f"{ids[0]}-{found(ids[0]).revision}")
    assert "Всё проверено" in boss.text and found(ids[0]).state == "checked"


def test_nobody_checks_the_session_they_led(app, head):
    own = make_session(make_club(head), clock.today())
    (entry_id, _other) = given(own, head, make_recipient(), make_recipient())
    client = Client(app, head)
    client.get("/journal/queue")
    assert not client.page.xpath("//form[contains(@action, '/check')]")
    client.post("/journal/check", seen=f"{entry_id}-3")
    assert found(entry_id).state == "submitted"


def test_who_leads_the_club_now_signs_for_a_leader_who_left(app, session, leader):
    (entry_id,) = entered_session(session, make_recipient())
    heir = make_user("pedagogue")
    colleague = Client(app, heir)
    with technical() as s:
        s.get_one(Club, session.club_id).leader_id = heir.id
    colleague.get(f"/journal/{entry_id}/sign", 404)  # the leader of that day is still here
    with technical() as s:
        s.get_one(User, leader.id).dismissed_on = clock.today()
    colleague.get(f"/journal/{entry_id}/sign")
    sessions.sign_sheet(session.id, heir.id)
    colleague.get(f"/journal/{entry_id}/edit")
    assert "Тема и цель" in colleague.text
    colleague.post(f"/journal/{entry_id}/submit", revision="2")
    assert found(entry_id).signed_by_id == heir.id
    colleague.get("/journal/state-system")
    assert colleague.page.xpath("//input[@name='entries']/@value") == [str(entry_id)]


def test_a_void_service_says_why_and_is_offered_nothing(client, boss, session, leader):
    child = make_recipient()
    (entry_id,) = entered_session(session, child)
    voided(session, child, "Отмечен по ошибке")
    client.get(f"/journal/{entry_id}")
    assert "Отмечен по ошибке" in client.text
    assert not client.page.xpath(f"//a[contains(@href, '/journal/{entry_id}/')]")
    client.get("/journal/?state=")
    assert "Отмечен по ошибке" in client.text
    boss.get("/journal/month")
    assert "Отмечен по ошибке" in boss.text
    boss.get("/journal/periods")
    assert boss.page.xpath("//tbody/tr/td[2]/text()") == ["0"]


def test_the_timeline_of_a_family_tells_of_the_service(app, session, leader, boss):
    child = make_recipient()
    given(session, leader, child)
    boss.get(f"/families/{child.family_id}/timeline?group=journal")
    assert "Запись журнала отправлена" in boss.text or "отправлена на проверку" in boss.text


def test_services_are_marked_as_entered_into_the_state_system(client, session, leader):
    children = [make_recipient(surname=name) for name in ("Белова", "Орлова", "Титова")]
    draft = entered_session(make_session(make_club(leader), clock.today(), slot=2), children[0])[0]
    ids = given(session, leader, *children)
    client.get("/")
    assert client.page.xpath("//a[@href='/journal/state-system']/b/text()") == ["3"]
    write("UPDATE club_sessions SET status = 'held' WHERE id = :id", id=session.id)
    client.get(f"/clubs/sessions/{session.id}")
    (link,) = client.page.xpath("//section[@id='next']//a[contains(@href, 'state-system')]/@href")
    client.get(link)
    assert len(client.page.xpath("//input[@name='entries']")) == 3
    client.get("/journal/state-system")
    assert client.page.xpath("//input[@name='entries']/@value") == [str(one) for one in ids]
    assert set(client.page.xpath("//tbody//td[1]//a/@href")) == {link}, "each line leads to its session alone"
    day = clock.today().isoformat()
    client.post("/journal/state-system", entered_on=day)
    client.get("/journal/state-system")
    assert "Отметьте хотя бы одну услугу" in client.text
    client.post("/journal/state-system", 422, entered_on="вчера", entries=str(ids[1]))
    assert client.page.xpath("//input[@name='entries' and @checked]/@value") == [str(ids[1])]
    for wrong in (-1, 1):
        other = (clock.today() + timedelta(wrong)).isoformat()
        client.post("/journal/state-system", 422, entered_on=other, entries=str(ids[1]))
    client.post("/journal/state-system", 422, entered_on=day, entries=[str(ids[1]), str(draft)])
    assert state_queries.marked_of([session.id]) == {session.id: 0}  # the draft is refused, and all with it
    client.post("/journal/state-system", entered_on=day, entries=[str(ids[1]), "x", "9" * 30])
    client.get("/journal/state-system")
    assert client.page.xpath("//input[@name='entries']/@value") == [str(ids[0]), str(ids[2])]
    with refuses("in_state_system"):
        voided(session, children[1])
    client.get(f"/journal/{ids[1]}")
    assert "внесено" in client.text
    shown = [str(ids[0]), str(ids[2])]
    client.post("/journal/state-system", entered_on=day, shown=shown, all="1")
    client.get("/journal/state-system")
    assert "Всё внесено" in client.text
    client.get("/journal/state-system?entered=1")
    (first, *_more) = client.page.xpath("//form[contains(@action, '/unmark')]/@action")
    client.post(first, list="1")
    assert state_queries.marked_of([session.id]) == {session.id: 2}
    client.post(first)
    client.get("/journal/state-system")
    assert client.page.xpath("//input[@name='entries']/@value") == [str(ids[0])]
    assert db.session.query(StateSystemMark).count() == 2


def test_the_list_is_narrowed_and_taken_away_as_a_file(app, client, boss, session, leader):
    formula = make_recipient(surname="=ЛИНК")
    mine = given(session, leader, formula, make_recipient(surname="Орлова"))
    other, before = make_user("pedagogue"), clock.today().replace(day=1) - timedelta(1)
    theirs = given(make_session(make_club(other, "Шахматы"), before), other, make_recipient())
    for query, ids in (
        ("", theirs + mine),
        (f"?month={before:%Y-%m}", theirs),
        (f"?club={session.club_id}", mine),
        (f"?session={session.id}", mine),
        ("?club=99999&month=x&session=y", []),
    ):
        boss.get(f"/journal/state-system{query}")
        assert sorted(map(int, boss.page.xpath("//input[@name='entries']/@value"))) == sorted(ids), query
    client.get("/journal/state-system")  # of one's own only
    assert len(client.page.xpath("//input[@name='entries']")) == 2
    assert client.page.xpath("//textarea/text()")[0].splitlines()[1].startswith("'=ЛИНК Вера0	")
    for kind in ("csv", "xlsx"):
        url = f"/journal/state-system?month={clock.today():%Y-%m}"
        answer = client.http.post(url, data={"as_file": kind, "csrf_token": client.token()})
        assert (
            f"services-{clock.today():%Y-%m}-{clock.today()}.{kind}" in answer.headers["Content-Disposition"]
        )
        (sheet,) = read_workbook(answer.data)
        rows = [cells for _number, cells in sheet.rows]
        assert len(rows) == 3 and str(rows[1][0]).lstrip("'") == "=ЛИНК Вера0"
    staff = Client(app, make_user("specialist"))
    staff.get("/journal/state-system", 403)


def test_the_list_says_that_its_file_holds_what_it_does_not_show(boss, session, leader, monkeypatch):
    given(session, leader, make_recipient(), make_recipient())
    monkeypatch.setattr(state_queries, "SHOWN", 1)
    boss.get("/journal/state-system")
    assert "Показаны первые 1 из 2" in boss.text and "В файле — все" in boss.text
    answer = boss.http.post("/journal/state-system", data={"as_file": "csv", "csrf_token": boss.token()})
    assert len(answer.text.splitlines()) == 3


def test_a_mark_is_set_once_and_taken_away_once(session, leader):
    (entry_id,) = given(session, leader, make_recipient())
    assert state_actions.mark([entry_id], clock.today(), leader.id) == 1
    with refuses("marked_already"):
        state_actions.mark([entry_id], clock.today(), leader.id)
    state_actions.unmark(entry_id, leader.id)
    with refuses("not_marked"):
        state_actions.unmark(entry_id, leader.id)
    assert state_queries.counted(leader, Asked()) == 1


def test_queries_do_not_grow_with_services(boss, client, session, leader):
    sizes = []
    for children in (2, 6):
        given(session, leader, *(make_recipient() for _ in range(children)))
        found_here = []
        for who, path in ((boss, "/journal/queue"), (client, "/journal/state-system"), (client, "/journal/")):
            who.get(path)
            with counted() as sent:
                who.get(path)
            found_here.append(len(sent))
        sizes.append(found_here)
    assert sizes[0] == sizes[1]
