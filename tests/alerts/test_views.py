"""Pages of alerts: telling the head, deciding, carrying out; who sees what."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.alerts import actions
from portal.alerts.models import Alert
from portal.audit import FamilyLook
from portal.contacts.models import Contact
from portal.db import db, technical
from portal.deputies import actions as deputies
from tests.client import Client
from tests.counting import counted
from tests.factories import make_assignment, make_family, make_patronage, make_user


@pytest.fixture
def lead(app):
    return make_user("specialist", last_name="Зимина")


@pytest.fixture
def head(app):
    return make_user("head", last_name="Лебедева")


@pytest.fixture
def patronage(lead):
    return make_patronage(make_family("Лесникова"), lead=lead)


def told(patronage, lead, kind="refusal", text="Не открыли дверь", **fields) -> int:
    return actions.tell_head(patronage.id, lead.id, kind=kind, text=text, **fields)


def alerts() -> list[Alert]:
    db.session.rollback()
    return list(db.session.scalars(select(Alert).order_by(Alert.id)))


def day(offset=0):
    return (clock.today() + timedelta(offset)).isoformat()


def test_from_the_card_to_the_outcome(app, lead, head, patronage):
    worker, chief = Client(app, lead), Client(app, head)
    card = f"/families/{patronage.family_id}"
    worker.get(card)
    assert not worker.page.xpath("//section[@id='alerts']")
    worker.get(worker.page.xpath("//a[contains(@href, '/alerts/new')]/@href")[0])
    worker.post(f"{card}/alerts/new", 422, kind="danger", text=" ", colleague_id="0")
    worker.post(f"{card}/alerts/new", 422, text="Ребёнок один дома", colleague_id="0")
    assert "Ребёнок один дома" in worker.page.xpath("//textarea[@name='text']")[0].text_content()
    worker.post(f"{card}/alerts/new", kind="refusal", text="Не открыли, молчат", colleague_id="0")
    (alert,) = alerts()
    page = f"/alerts/{alert.id}"
    worker.get(card)
    assert worker.page.xpath(f"//section[@id='alerts']//a[@href='{page}']")
    worker.get(page)
    assert "Не открыли, молчат" in worker.text and not worker.page.xpath(
        "//form[contains(@action, 'decide')]"
    )
    worker.post(f"{page}/decide", 403, decision="no_visit", answer="сам")
    chief.get("/")
    assert chief.page.xpath(f"//section[@id='alerts']//a[@href='{page}']")
    chief.get("/alerts/")
    chief.get(page)
    wrong = {"decision": "visit", "answer": "Пойдите вдвоём", "assignee_id": str(lead.id), "due_on": day(-1)}
    chief.post(f"{page}/decide", 422, **wrong, colleague_id="0")
    assert "Пойдите вдвоём" in chief.page.xpath("//textarea[@name='answer']")[0].text_content()
    chief.post(f"{page}/decide", **(wrong | {"due_on": day(2)}), colleague_id="0")
    worker.get("/")
    assert worker.page.xpath(f"//section[@id='tasks']//a[@href='{page}']")
    worker.get(page)
    link = worker.page.xpath("//a[contains(@href, '/contacts/new')]/@href")[0]
    worker.get(link)
    assert worker.page.xpath(f"//input[@name='day' and @value='{day(2)}']")
    worker.post(f"{page}/close", 422, outcome=" ")
    worker.post(f"{page}/close", outcome="Открыли, дети здоровы")
    worker.get(page)
    assert "Открыли, дети здоровы" in worker.text and alerts()[0].state == "done"
    worker.get("/")
    assert not worker.page.xpath("//section[@id='tasks']")


def test_two_heads_at_once_and_the_second_keeps_the_words(app, lead, head, patronage):
    alert_id = told(patronage, lead)
    second = Client(app, make_user("head"))
    second.get(f"/alerts/{alert_id}")
    actions.decide(alert_id, head.id, decision="no_visit", answer="Я звонила им сама")
    typed = {"decision": "visit", "answer": "Идите сегодня", "assignee_id": str(lead.id), "due_on": day()}
    second.post(f"/alerts/{alert_id}/decide", 422, **typed, colleague_id="0")
    for words in ("Решение уже принято", "Я звонила им сама", "Идите сегодня", "Лебедева"):
        assert words in second.text, words
    second.post(f"/alerts/{alert_id}/close", 422, outcome="Уже были")
    assert "Уже были" in second.text
    assert alerts()[0].decision == "no_visit"


def test_danger_is_loud_for_the_head_and_for_who_carries_it_out(app, lead, head, patronage):
    calm, danger = told(patronage, lead), told(patronage, lead, "danger", "Ребёнок один")
    chief = Client(app, head)
    chief.get("/")
    first = chief.page.xpath("//main//div[@role='alert' and contains(@class, 'note')]//a/@href")
    assert first == [f"/alerts/{danger}"]
    chief.get("/alerts/")
    assert [int(one.rpartition("/")[2]) for one in chief.page.xpath("//tbody//th/a/@href")] == [danger, calm]
    chief.get("/alerts/?state=danger", htmx=True)
    assert chief.page.xpath("//tbody//th/a/@href") == [f"/alerts/{danger}"]
    chief.get(f"/alerts/{danger}")
    notice = {"decision": "notice", "answer": "Сегодня", "assignee_id": str(lead.id), "colleague_id": "0"}
    chief.post(f"/alerts/{danger}/decide", 422, **notice, due_on=day(1))
    chief.post(f"/alerts/{danger}/decide", **notice, due_on=day())
    worker = Client(app, lead)
    worker.get("/")
    assert worker.page.xpath(f"//main//div[@role='alert']//a[@href='/alerts/{danger}']")


def test_what_was_decided_is_told_to_who_raised_it(app, lead, head, patronage):
    involved = make_user("specialist")
    make_assignment(patronage, involved, "involved")
    alert_id = told(patronage, lead)
    actions.decide(alert_id, head.id, decision="no_visit", answer="Позвоните через неделю")
    client = Client(app, lead)
    client.get("/")
    assert client.page.xpath(f"//section[@id='answers']//a[@href='/alerts/{alert_id}']")
    client.login(involved).get("/")
    assert not client.page.xpath("//section[@id='answers']")


def test_who_sees_what(app, lead, head, patronage):
    author, stranger = make_user("specialist"), make_user("specialist")
    alert_id = told(patronage, lead, "ignored", colleague_id=author.id)
    page = f"/alerts/{alert_id}"
    Client(app, stranger).get(page, 404)
    asked = Client(app, author)
    asked.get(page, 404)  # nobody has asked the author yet
    actions.decide(
        alert_id, head.id, decision="review", answer="Разберём", assignee_id=lead.id,
        due_on=clock.today(), colleague_id=author.id,
    )  # fmt: skip
    asked.get(page)
    assert not asked.page.xpath(f"//a[@href='/families/{patronage.family_id}']")
    asked.get("/")
    assert asked.page.xpath(f"//section[@id='tasks']//a[@href='{page}']")
    asked.post(f"{page}/close", 404, outcome="мимо")
    Client(app, stranger).get(f"/families/{patronage.family_id}/alerts/new", 404)
    other = make_user("pedagogue", position="социальный педагог")
    deputies.name_deputy(
        lead.id, other.id, head.id, starts_on=clock.today(), ends_on=clock.today(), reason="leave"
    )
    instead = Client(app, other)
    instead.get("/")
    assert (
        instead.page.xpath(f"//section[@id='tasks']//a[@href='{page}']")
        and "замещение: Зимина" in instead.text
    )
    instead.get(page)
    assert "Вы замещаете: Зимина" in instead.text
    instead.post(f"{page}/close", outcome="Разобрали")
    assert alerts()[0].done_by_id == other.id


def test_a_contact_that_was_refused_says_so(app, lead, head, patronage):
    client = Client(app, lead)
    url = f"/families/{patronage.family_id}/contacts/new"
    client.post(url, kind="visit", user_id=lead.id, day=day(), starts_at="06:30", minutes="60")
    contact_id = db.session.execute(db.text("SELECT max(id) FROM contacts")).scalar()
    client.get(f"/contacts/{contact_id}")
    link = client.page.xpath("//a[contains(@href, 'alerts/new')]/@href")[0]
    assert link.endswith(f"contact={contact_id}")
    client.post(f"/contacts/{contact_id}/fail", outcome="refused", why="Бросили трубку")
    client.get(f"/contacts/{contact_id}")
    assert "заведующему сообщено" in client.text
    client.post(link, 422, kind="refusal", text="Ещё раз", colleague_id="0")
    assert "уже сообщили" in client.text and "Ещё раз" in client.page.xpath("//textarea")[0].text_content()
    client.get(f"/families/{patronage.family_id}/alerts/new?contact=999999")
    client.get(f"/families/{patronage.family_id}/alerts/new?contact=nonsense")


def test_a_contact_beyond_the_ten_thousandth_stays_with_its_alert(app, lead, patronage):
    with technical() as s:
        s.add(
            Contact(
                id=20_001, patronage_id=patronage.id, user_id=lead.id, kind="visit", state="planned",
                day=clock.today(), starts_at=time(12), minutes=60, reason="", created_by_id=lead.id,
                created_at=clock.now(),
            )
        )  # fmt: skip
    url = f"/families/{patronage.family_id}/alerts/new?contact=20001"
    Client(app, lead).post(url, kind="danger", text="Дети одни", colleague_id="0")
    assert [one.contact_id for one in alerts()] == [20_001]


def test_filters_and_pages(app, lead, head, patronage):
    client = Client(app, head)
    client.get("/alerts/")
    assert client.page.xpath("//*[contains(@class, 'empty')]")
    with technical() as s:
        for number in range(60):
            moment = clock.now() - timedelta(hours=number)
            s.add(Alert(patronage_id=patronage.id, kind="refusal", raised_by_id=lead.id, raised_at=moment))
    for state, count in (("open", 25), ("danger", 0), ("decided", 0), ("all", 25), ("nonsense", 25)):
        client.get(f"/alerts/?state={state}")
        assert len(client.page.xpath("//tbody/tr")) == count
    client.get("/alerts/?page=3&state=open")
    assert len(client.page.xpath("//tbody/tr")) == 10
    client.get("/alerts/?family=99999999999999&page=-4")
    assert not client.page.xpath("//tbody/tr")
    client.get(f"/alerts/?family={patronage.family_id}&page=x")
    assert len(client.page.xpath("//tbody/tr")) == 25
    client.login(lead).get("/alerts/")
    assert len(client.page.xpath("//tbody/tr")) == 25
    client.login(make_user("specialist")).get("/alerts/?state=all")
    assert not client.page.xpath("//tbody/tr")


def test_the_list_is_a_look_at_the_families_of_which_it_tells(app, lead, patronage):
    told(patronage, lead)
    Client(app, lead).get("/alerts/")
    Client(app, make_user("specialist")).get("/alerts/")
    looks = [(one.family_id, one.user_id, one.page) for one in db.session.scalars(select(FamilyLook))]
    assert looks == [(patronage.family_id, lead.id, "alert")]


def test_queries_do_not_grow_with_the_rows(app, lead, head, patronage):
    counts = []
    for _ in range(3):
        told(patronage, lead, "danger")
        other = make_patronage(make_family("Другая"), lead=make_user("specialist"))
        made = told(other, lead)
        actions.decide(
            made, head.id, decision="other", answer="да", assignee_id=head.id, due_on=clock.today()
        )
        sizes = []
        for user, page in (
            (head, "/alerts/?state=all"),
            (lead, "/alerts/"),
            (head, "/"),
            (lead, f"/families/{patronage.family_id}"),
        ):
            client = Client(app, user)
            client.get(page)
            with counted() as sent:
                client.get(page)
            sizes.append(len(sent))
        counts.append(sizes)
    assert counts[0] == counts[-1]
