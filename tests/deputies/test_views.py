"""Pages of deputies, and what a deputy's pages show; the visitor is read in one statement."""

from datetime import time, timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.contacts import actions as contacts
from portal.contacts.models import Contact
from portal.db import db
from portal.deputies import actions
from portal.deputies.models import Deputy
from tests.client import Client
from tests.counting import counted
from tests.factories import make_family, make_patronage, make_user


@pytest.fixture
def head(app):
    return make_user("head", last_name="Лебедева")


@pytest.fixture
def away(app):
    return make_user("specialist", last_name="Сидорова")


@pytest.fixture
def deputy(app):
    return make_user("specialist", last_name="Громова", username="gromova")


@pytest.fixture
def patronage(away):
    return make_patronage(make_family("Лесникова"), lead=away)


def day(offset=0):
    return clock.today() + timedelta(offset)


def fields(away, deputy, first=0, last=5, **more):
    values = {"user_id": away.id, "deputy_id": deputy.id, "reason": "leave"}
    return values | {"starts_on": day(first).isoformat(), "ends_on": day(last).isoformat()} | more


def named(away, deputy, maker, first=0, last=5, reason="leave"):
    actions.name_deputy(away.id, deputy.id, maker.id, starts_on=day(first), ends_on=day(last), reason=reason)
    db.session.rollback()
    return db.session.scalars(select(Deputy.id).order_by(Deputy.id.desc())).first()


def rows():
    db.session.rollback()
    return list(db.session.scalars(select(Deputy)))


def test_a_deputy_is_named_with_the_contacts_of_these_days(app, head, away, deputy, patronage):
    for hour, person in ((9, away), (11, away)):
        contacts.plan_contact(
            patronage.id, person.id, person.id, kind="visit", day=day(2), starts_at=time(hour), minutes=60
        )
    make_patronage(lead=deputy)
    client = Client(app, head)
    client.get("/deputies/")
    assert client.page.xpath("//a[@href='/deputies/new']")
    client.get(f"/deputies/new?user={away.id}")
    assert client.page.xpath(f"//select[@name='user_id']/option[@selected and @value='{away.id}']")
    client.post("/deputies/new", 200, **fields(away, deputy))
    assert rows() == [] and "Лесникова" in client.text
    ticked = client.page.xpath("//input[@name='contacts' and @checked]/@value")
    shown = client.page.xpath("//input[@name='shown']/@value")[0]
    assert len(ticked) == 2
    client.post("/deputies/new", 200, **fields(away, deputy, last=6, shown=shown, contacts=ticked[0]))
    assert rows() == []  # other days: what is planned for them is shown first
    client.post("/deputies/new", **fields(away, deputy, shown=shown, contacts=ticked[0]))
    assert [(one.user_id, one.deputy_id) for one in rows()] == [(away.id, deputy.id)]
    users = {(one.id, one.user_id) for one in db.session.scalars(select(Contact))}
    assert users == {(int(ticked[0]), deputy.id), (int(ticked[1]), away.id)}
    client.get("/deputies/")
    assert "Передан 1 контакт" in client.text and "отпуск" in client.text


def test_what_was_typed_survives_a_refusal(app, head, away, deputy, patronage):
    client = Client(app, head)
    client.post("/deputies/new", 422, **fields(away, deputy, first=-1, last=3))
    assert client.page.xpath(f"//input[@name='ends_on' and @value='{day(3)}']")
    assert client.page.xpath(f"//select[@name='deputy_id']/option[@selected and @value='{deputy.id}']")
    client.post("/deputies/new", 422, **fields(away, deputy) | {"starts_on": "x", "user_id": "999999"})
    client.post("/deputies/new", 422, **fields(away, deputy) | {"user_id": "0"})
    assert rows() == []


def test_the_pages_of_the_deputy_before_during_and_after(app, head, away, deputy, patronage):
    contact_id = contacts.plan_contact(
        patronage.id, away.id, away.id, kind="visit", day=day(1), starts_at=time(12), minutes=60
    )
    named(away, deputy, head, 1, 2)
    client, start = Client(app, deputy), clock.now().timestamp()
    pages = (
        f"/families/{patronage.family_id}",
        f"/contacts/{contact_id}",
        f"/families/{patronage.family_id}/edit",
    )
    for offset, status in ((0, 404), (1, 200), (2, 200), (3, 404)):
        with time_machine.travel(start + offset * 86400):
            client.login(deputy)
            for page in pages:
                client.get(page, status)
            client.get("/families/")
            assert ("Лесникова" in client.text) is (status == 200)
    with time_machine.travel(start + 86400):
        client.login(deputy)
        client.get("/")
        assert "замещение: Сидорова" in client.text
        client.get("/contacts/")
        assert client.page.xpath(f"//a[@href='/contacts/{contact_id}']") and "Сидорова" in client.text
        client.get(f"/families/{patronage.family_id}/contacts/new")
        assert "(замещение: Сидорова" in client.text


def test_the_deputy_of_a_head_is_a_head_for_these_days(app, head, deputy, patronage):
    admin = Client(app, make_user("admin"))
    admin.post("/deputies/new", **fields(head, deputy, 1, 1))
    client, start = Client(app, deputy), clock.now().timestamp()
    for offset, status in ((0, 404), (1, 200), (2, 404)):
        with time_machine.travel(start + offset * 86400):
            client.login(deputy)
            client.get(f"/families/{patronage.family_id}", status)
            client.get("/deputies/new", 200 if status == 200 else 403)
            client.get("/imports/", 200 if status == 200 else 403)
            client.get("/")


def test_a_head_who_left_passes_nothing_on(app, head, deputy, patronage):
    named(head, deputy, head)
    client = Client(app, deputy)
    client.get(f"/families/{patronage.family_id}")
    from portal.accounts.actions import dismiss

    dismiss(head.id, make_user("admin").id)
    client.get(f"/families/{patronage.family_id}", 404)


def test_all_staff_read_who_stands_in_but_not_why_somebody_is_ill(app, head, away, deputy, patronage):
    row_id = named(away, deputy, head, reason="illness")
    staff = Client(app, make_user("staff"))
    for page in ("/deputies/", "/assignments/", "/assignments/?by=specialist", f"/assignments/{away.id}"):
        staff.get(page)
        assert "Громова" in staff.text and "болезнь" not in staff.text, page
        if page != "/deputies/":
            assert f"на время отсутствия до {day(5):%d.%m.%Y}" in staff.text
    assert not staff.page.xpath("//a[@href='/deputies/new']")
    staff.post(f"/deputies/{row_id}/end", 403)
    client = Client(app, head)
    client.get("/deputies/")
    assert "болезнь" in client.text
    client.post(f"/deputies/{row_id}/end")
    client.post(f"/deputies/{row_id}/end")
    client.get("/deputies/")
    assert "уже завершено" in client.text
    named(away, deputy, head)
    staff.get("/assignments/")
    assert "на период отпуска" in staff.text


def test_heads_end_no_deputy_of_another_head(app, head, deputy):
    row_id = named(head, deputy, head)
    Client(app, make_user("head")).post(f"/deputies/{row_id}/end", 404)
    Client(app, make_user("admin")).post(f"/deputies/{row_id}/end")


def test_the_visitor_is_read_in_one_statement_and_lists_ask_no_more(app, head, away, deputy, patronage):
    client = Client(app, deputy)

    def statements(page: str) -> int:
        client.get(page)
        client.get(page)
        with counted() as sent:
            client.get(page)
        return len([one for one in sent if "family_looks" not in one])

    pages = ("/families/", "/contacts/", "/", "/profile")
    before = [statements(page) for page in pages]
    named(away, deputy, head)
    for _ in range(3):
        other = make_user("specialist")
        make_patronage(lead=other)
        named(other, deputy, head)
    after = [statements(page) for page in pages]
    assert before[0] == after[0] and before[2:] == after[2:]
    with counted() as sent:
        client.get("/menu")
    assert len(sent) == 1 and "login_sessions" in sent[0] and "deputies" in sent[0]


def test_the_list_of_deputies_asks_the_same_for_many(app, head):
    client, counts = Client(app, head), []
    for _ in range(4):
        away = make_user("specialist")
        make_patronage(lead=away)
        named(away, make_user("specialist"), head)
        client.get("/deputies/")
        with counted() as sent:
            client.get("/deputies/")
        counts.append(len(sent))
    assert counts[0] == counts[-1]
