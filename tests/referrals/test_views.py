"""Pages of referrals and links: a family's, the list, one and what becomes of it; who may what."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.db import db, technical
from portal.patronage.models import Patronage
from portal.referrals import actions
from portal.referrals.models import Referral, SupportLink
from tests.client import Client
from tests.counting import counted
from tests.factories import make_family, make_patronage, make_user


@pytest.fixture
def lead(app):
    return make_user("specialist", last_name="Зимина")


@pytest.fixture
def patronage(lead):
    return make_patronage(make_family("Лесникова"), lead=lead)


@pytest.fixture
def client(app, lead):
    return Client(app, lead)


def day(offset=0):
    return (clock.today() + timedelta(offset)).isoformat()


def send(patronage, lead, **fields):
    values = {
        "body": "school", "addressee": "Школа № 1", "request": "Характеристика", "personal_data": True,
        "ground": "consent", "due_on": clock.today() + timedelta(14),
    }  # fmt: skip
    return actions.send_referral(patronage.family_id, lead.id, **(values | fields))


def overdue(referral_id, days=3):
    past = clock.today() - timedelta(days)
    with technical() as s:
        dates = {"sent_on": past - timedelta(7), "due_on": past, "remind_on": past}
        s.execute(update(Referral).where(Referral.id == referral_id).values(dates))


def test_a_referral_from_the_family_to_its_answer(client, patronage):
    place = f"/families/{patronage.family_id}/referrals"
    client.get(place)
    assert "Запросов ещё нет" in client.text
    client.get(f"{place}/new")
    typed = {
        "body": "clinic",
        "addressee": "Поликлиника № 2",
        "request": "Осмотр",
        "sent_on": day(),
        "due_on": day(7),
    }
    client.post(f"{place}/new", 422, **typed)
    assert "без основания персональные данные не передают" in client.text
    assert client.page.xpath("//input[@name='addressee']/@value") == ["Поликлиника № 2"]
    client.post(f"{place}/new", 422, **(typed | {"body": ""}), passes="none")
    client.post(f"{place}/new", 422, **(typed | {"body": "made up"}), passes="none")
    client.post(f"{place}/new", 422, **typed, passes="law")
    assert "норму закона" in client.text
    client.post(f"{place}/new", **typed, passes="consent")
    client.get(place)
    assert "Поликлиника № 2" in client.text and "ждёт ответа" in client.text
    number = db.session.scalar(select(Referral.id))
    page = f"/referrals/{number}"
    client.get(page)
    assert "Осмотр" in client.text
    client.get(f"{page}/dates")
    client.post(f"{page}/dates", due_on=day(20), remind_on=day(10))
    client.post(f"{page}/dates", 422, due_on=day(-20))
    client.get(f"{page}/answer")
    version = client.page.xpath("//input[@name='version']/@value")[0]
    client.post(f"{page}/answer", answered_on=day(), answer="Осмотрен", version=version)
    client.get(page)
    assert "Осмотрен" in client.text and not client.page.xpath(f"//a[@href='{page}/close']")
    client.post(f"{page}/answer", 422, answered_on=day(), answer="Мой текст", version=version)
    assert "Осмотрен" in client.text
    assert client.page.xpath("//textarea[@name='answer']")[0].text_content().strip() == "Мой текст"
    client.post(f"{page}/answer", 422, answered_on=day(), answer="Мой текст", version="9" * 5000)
    again = client.page.xpath("//input[@name='version']/@value")[0]
    client.post(f"{page}/answer", answered_on=day(), answer="Мой текст", version=again)
    client.get(f"/families/{patronage.family_id}")
    assert "ответ на запрос" in client.text.casefold()  # the history


def test_an_urgent_notice_is_prefilled_and_needs_no_consent(client, patronage):
    with technical() as s:
        s.execute(update(Patronage).where(Patronage.id == patronage.id).values(status="suspended"))
    place = f"/families/{patronage.family_id}/referrals"
    client.get(place)
    assert "Согласие отозвано" in client.text
    client.get(f"{place}/new?kind=urgent")
    assert client.page.xpath("//option[@selected]/@value") == ["juvenile_commission"]
    assert "120-ФЗ" in client.page.xpath("//input[@name='law']/@value")[0]
    assert client.page.xpath("//input[@name='due_on']/@value") == [day()]
    client.post(
        f"{place}/new?kind=urgent",
        body="juvenile_commission", addressee="КДНиЗП", request="Ребёнок один", law="120-ФЗ, ст. 9",
        sent_on=day(), due_on=day(),
    )  # fmt: skip
    client.get("/referrals/?show=urgent")
    assert "КДНиЗП" in client.text
    client.post(
        f"{place}/new",
        422,
        body="school",
        addressee="Школа",
        request="?",
        passes="none",
        sent_on=day(),
        due_on=day(1),
    )
    assert "по закону" in client.text


def test_a_referral_is_taken_back_with_its_reason(client, patronage, lead):
    page = f"/referrals/{send(patronage, lead)}"
    client.get(f"{page}/close")
    client.post(f"{page}/close", 422, to="withdrawn", why=" ")
    client.post(f"{page}/close", 422, why="не нужно")
    client.post(f"{page}/close", 422, to="answered", why="не нужно")
    client.post(f"{page}/close", to="withdrawn", why="не нужно")
    client.get(page)
    assert "отозван" in client.text and "не нужно" in client.text
    client.post(f"{page}/close", 422, to="closed", why="ещё раз")
    assert client.page.xpath("//input[@name='why']/@value") == ["ещё раз"]
    for form in ("answer", "dates", "close"):  # a form that nobody could send is not shown any more
        client.get(f"{page}/{form}", 303)
        client.get(page)
        assert "уже закрыт" in client.text


def test_the_list_by_what_presses(client, patronage, lead):
    client.get("/referrals/")
    assert "Ни один запрос не ждёт ответа" in client.text
    late = send(patronage, lead, addressee="Опоздавшая школа")
    overdue(late)
    send(patronage, lead, addressee="Сегодня в школу", due_on=clock.today())
    send(patronage, lead, addressee="Потом в школу", due_on=clock.today() + timedelta(30))
    done = send(patronage, lead, addressee="Готовая школа")
    actions.answer_referral(done, lead.id, clock.today(), "", 1)
    seen = {}
    for shown in ("", "overdue", "week", "urgent", "done", "nonsense"):
        client.get(f"/referrals/?show={shown}")
        seen[shown] = [
            word for word in ("Опоздавшая", "Сегодня в", "Потом", "Готовая") if word in client.text
        ]
    assert seen == {
        "": ["Опоздавшая", "Сегодня в", "Потом"],
        "overdue": ["Опоздавшая"],
        "week": ["Сегодня в"],
        "urgent": [],
        "done": ["Готовая"],
        "nonsense": ["Опоздавшая", "Сегодня в", "Потом"],
    }
    client.get("/")
    assert "Запросы без ответа в срок" in client.text and "Опоздавшая школа" in client.text


def test_the_head_sees_all_and_another_specialist_none(app, patronage, lead):
    referral_id = send(patronage, lead)
    head, stranger = Client(app, make_user("head")), Client(app, make_user("specialist"))
    head.get("/referrals/")
    assert "Школа № 1" in head.text
    stranger.get("/referrals/")
    assert "Школа № 1" not in stranger.text
    for path in ("", "/answer", "/dates", "/close"):
        stranger.get(f"/referrals/{referral_id}{path}", 404)
    stranger.get(f"/families/{patronage.family_id}/referrals", 404)
    stranger.get(f"/families/{patronage.family_id}/referrals/new", 404)
    Client(app, make_user("staff")).get("/referrals/", 403)


def test_links_on_the_page_of_the_family(app, client, patronage):
    place = f"/families/{patronage.family_id}/referrals"
    client.get(f"/families/{patronage.family_id}/links/new")
    client.post(
        f"/families/{patronage.family_id}/links/new",
        kind="relative", who="бабушка", name="Нина Петровна", phone="8 912 345-67-89", helps_with="После школы",
    )  # fmt: skip
    client.post(f"/families/{patronage.family_id}/links/new", 422, kind="relative", who=" ", name="Без роли")
    assert client.page.xpath("//input[@name='name']/@value") == ["Без роли"]
    client.post(f"/families/{patronage.family_id}/links/new", 422, kind="relative", who="дядя", phone="12")
    client.get(place)
    assert client.page.xpath("//a[@href='tel:+79123456789']")
    link = db.session.scalars(select(SupportLink)).one()
    client.get(f"/links/{link.id}/edit")
    version = client.page.xpath("//input[@name='version']/@value")[0]
    typed = {"kind": "relative", "who": "бабушка", "version": version}
    client.post(f"/links/{link.id}/edit", **typed, helps_with="Каникулы")
    client.post(f"/links/{link.id}/edit", 422, **typed, helps_with="Выходные")
    assert "Каникулы" in client.text
    assert client.page.xpath("//textarea")[0].text_content().strip() == "Выходные"
    again = client.page.xpath("//input[@name='version']/@value")[0]
    client.post(f"/links/{link.id}/edit", **(typed | {"version": again}), helps_with="Выходные")
    client.post(f"/links/{link.id}/end")
    client.get(place)
    assert "Прежние: 1" in client.text
    client.post(f"/links/{link.id}/resume")
    client.get(place)
    assert "Прежние" not in client.text and "Выходные" in client.text
    Client(app, make_user("specialist")).post(f"/links/{link.id}/end", 404)


def test_a_patronage_that_is_over_is_read(client, patronage, lead):
    referral_id = send(patronage, lead)
    with technical() as s:
        values = {"status": "removed", "removed_on": clock.today()}
        s.execute(update(Patronage).where(Patronage.id == patronage.id).values(values))
    place = f"/families/{patronage.family_id}/referrals"
    client.get(place)
    assert "Патронаж завершён" in client.text
    assert not client.page.xpath(f"//a[starts-with(@href, '{place}/new')]")
    typed = {"body": "school", "addressee": "Школа", "request": "Что?", "sent_on": day(), "due_on": day(7)}
    client.post(f"{place}/new", 422, **typed, passes="none")
    assert client.page.xpath("//textarea[@name='request']")[0].text_content().strip() == "Что?"
    client.post(f"/referrals/{referral_id}/answer", answered_on=day(), answer="", version="1")


def test_queries_do_not_grow_with_the_rows(client, patronage, lead):
    counts = []
    for _round in range(3):
        for number in range(4):
            overdue(send(patronage, lead), number + 1)
            client.post(f"/families/{patronage.family_id}/links/new", kind="other", who=f"друг {number}")
        sizes = []
        for path in ("/referrals/", f"/families/{patronage.family_id}/referrals", "/"):
            client.get(path)
            with counted() as sent:
                client.get(path)
            sizes.append(len(sent))
        counts.append(sizes)
    assert counts[0] == counts[-1]
