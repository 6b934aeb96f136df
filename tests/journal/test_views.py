"""Pages of the journal: signing, lists, the queue, months, print; who may what; what was typed is kept."""

import base64
import io
from datetime import time, timedelta

import pytest

from portal import clock
from portal.accounts.models import User
from portal.audit import FamilyLook
from portal.db import db, technical
from portal.journal import actions, checking
from tests.client import Client
from tests.counting import counted
from tests.factories import make_assignment, make_family, make_patronage, make_user
from tests.journal.rows import drawing, entered, found, record, signer_of, submitted


@pytest.fixture
def lead(app):
    return make_user("specialist", last_name="Зимина")


@pytest.fixture
def head(app):
    return make_user("head")


@pytest.fixture
def patronage(lead):
    return make_patronage(make_family("Лесникова"), lead=lead, regime="emergency")


@pytest.fixture
def client(app, lead):
    return Client(app, lead)


def png(data: bytes, name: str = "signature.png"):
    return (io.BytesIO(data), name)


def test_from_the_contact_to_the_check(app, client, patronage, lead, head):
    contact_id = record(patronage, lead, notes="Дети дома, уроки сделаны", minutes=100)
    client.get(f"/contacts/{contact_id}")
    (sign,) = client.page.xpath("//section[@id='journal']//a[contains(@href, '/sign')]/@href")
    client.get(sign)
    assert client.page.xpath("//select[@name='signer_id']/option[@selected]/@value") == [
        str(signer_of(patronage))
    ]
    entry_id = int(sign.split("/")[2])
    client.post(
        sign,
        how="drawn",
        signer_id=str(signer_of(patronage)),
        revision="1",
        drawn=png(drawing()),
        then="submit",
    )
    client.get(f"/journal/{entry_id}")
    assert "подписано на экране" in client.text and "ждёт проверки" in client.text
    picture = client.get(client.page.xpath("//img[@class='ink']/@src")[0])
    assert picture.mimetype == "image/png" and "attachment" not in picture.headers["Content-Disposition"]
    boss = Client(app, head)
    boss.get("/journal/queue")
    assert "Дети дома, уроки сделаны" in boss.text and "дольше 90 минут" in boss.text
    boss.post(f"/journal/{entry_id}/check", 200, htmx=True, revision="3")
    assert "Запись № 1 проверена" in boss.text and "Всё проверено" in boss.text
    client.get(f"/families/{patronage.family_id}/contacts")
    assert "журнал: проверена" in client.text
    client.get(f"/families/{patronage.family_id}")
    assert "Запись журнала проверена" in client.text  # the history


def test_returned_mended_submitted_again(app, client, patronage, lead, head):
    entry_id, boss = submitted(patronage, lead, notes="Кратко"), Client(app, head)
    boss.get(f"/journal/{entry_id}/return")
    boss.post(f"/journal/{entry_id}/return", 422, remark="", revision="3")
    boss.post(f"/journal/{entry_id}/return", remark="Опишите, что сделано", revision="3")
    client.get("/")
    assert client.page.xpath("//a[@href='/journal/?state=returned']")
    client.get("/journal/")
    assert "Опишите, что сделано" in client.text
    client.get(f"/journal/{entry_id}/edit")
    assert "Опишите, что сделано" in client.text
    client.post(
        f"/journal/{entry_id}/edit", minutes="70", summary="Подробно", recommendations="", revision="4"
    )
    client.post(f"/journal/{entry_id}/submit", revision="5")
    boss.get("/journal/queue")
    assert "Подробно" in boss.text and "Возвращалась с замечанием" in boss.text


def test_two_mend_one_entry_and_the_second_sees_the_difference(client, patronage, lead):
    entry_id = entered(patronage, lead)
    first = {"minutes": "70", "summary": "Первый", "recommendations": ""}
    client.post(f"/journal/{entry_id}/edit", **first, revision="1")
    second = first | {"summary": "Второй"}
    client.post(f"/journal/{entry_id}/edit", 422, **second, revision="1")
    assert "Первый" in client.text
    assert client.page.xpath("//textarea[@name='summary']")[0].text_content().strip() == "Второй"
    (revision,) = client.page.xpath("//input[@name='revision']/@value")
    client.post(f"/journal/{entry_id}/edit", **second, revision=revision)
    assert found(entry_id).summary == "Второй"


def test_a_large_or_strange_picture_is_refused_and_what_was_typed_is_kept(client, patronage, lead):
    entry_id, signer = entered(patronage, lead), str(signer_of(patronage))
    values = {"how": "drawn", "signer_id": signer, "revision": "1", "refusal": "черновик отказа"}
    for data, said in (
        (b"\x89PNG" + b"0" * 5_000_000, "больше 200 КБ"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 90, "только картинка PNG"),
        (drawing(empty=True), "Поле подписи пустое"),
    ):
        client.post(f"/journal/{entry_id}/sign", 422, **values, drawn=png(data))
        assert said in client.text
        assert client.page.xpath("//input[@name='refusal']/@value") == ["черновик отказа"]
        assert client.page.xpath("//input[@name='how' and @checked]/@value") == ["drawn"]
    client.post(f"/journal/{entry_id}/sign", 422, **values)
    assert found(entry_id).recipient == ""


def test_a_good_drawing_survives_an_error_of_another_field(client, patronage, lead):
    entry_id, stranger = entered(patronage, lead), make_family("Чужая")
    values = {"how": "drawn", "signer_id": str(stranger.members[0].id), "revision": "1"}
    client.post(f"/journal/{entry_id}/sign", 422, **values, drawn=png(drawing()))
    assert "не из этой семьи" in client.text
    (kept,) = client.page.xpath("//input[@name='kept']/@value")
    assert base64.b64decode(kept.partition(",")[2]).startswith(b"\x89PNG")
    client.post(f"/journal/{entry_id}/sign", **values | {"signer_id": str(signer_of(patronage))}, kept=kept)
    assert found(entry_id).recipient == "drawn"
    client.post(
        f"/journal/{entry_id}/sign", 422, **values | {"revision": "2"}, kept="data:image/png;base64,%%%"
    )
    for nonsense in ("", "x", "99999999999999"):
        client.post(f"/journal/{entry_id}/sign", 422, how="drawn", signer_id=nonsense, revision=nonsense)


def test_without_scripts_the_paper_or_a_refusal_do(client, patronage, lead):
    entry_id = entered(patronage, lead)
    client.post(f"/journal/{entry_id}/sign", 422, how="refused", revision="1", signer_id="", refusal="")
    client.post(f"/journal/{entry_id}/sign", how="refused", revision="1", signer_id="", refusal="спешили")
    client.get(f"/journal/{entry_id}")
    assert "спешили" in client.text
    signer = str(signer_of(patronage))
    client.post(f"/journal/{entry_id}/sign", how="paper", revision="2", signer_id=signer)
    client.get(f"/journal/{entry_id}/scan")
    client.post(f"/journal/{entry_id}/scan", 422)
    client.post(f"/journal/{entry_id}/scan", scan=png(drawing(mode="RGB"), "scan.png"))
    answer = client.get(f"/journal/{entry_id}/signature")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_call_asks_for_no_signature(client, patronage, lead):
    entry_id = entered(patronage, lead, kind="call", reason="отъезд")
    client.get(f"/journal/{entry_id}")
    assert "по телефону — подпись не берётся" in client.text
    client.get(f"/journal/{entry_id}/sign")
    assert client.page.xpath("//input[@name='how']/@value") == ["remote", "paper", "refused"]
    client.post(f"/journal/{entry_id}/submit", revision="1")
    assert found(entry_id).state == "submitted"


def test_several_are_submitted_at_once(client, patronage, lead):
    calls = [entered(patronage, lead, kind="call", reason="отъезд", starts_at=time(hour)) for hour in (9, 11)]
    bare = entered(patronage, lead, starts_at=time(14))
    client.get("/journal/")
    assert client.page.xpath("//input[@name='entries']/@value") == [str(one) for one in reversed(calls)]
    stranger = make_user("specialist")
    foreign = entered(
        make_patronage(make_family("Чужая"), lead=stranger), stranger, kind="call", reason="отъезд"
    )
    client.post("/journal/submit", entries=[*map(str, calls), str(foreign), "nonsense", "9" * 30])
    client.get("/journal/")
    assert "Отправлены на проверку 2 записи" in client.text
    assert [found(one).state for one in (*calls, bare, foreign)] == ["submitted"] * 2 + ["draft"] * 2
    client.post("/journal/submit")
    client.get("/journal/?state=submitted")
    assert len(client.page.xpath("//tbody/tr")) == 2


def test_the_head_does_not_check_their_own(app, head):
    own, boss = make_patronage(make_family("Своя"), lead=head), Client(app, head)
    entry_id = submitted(own, head)
    boss.get("/journal/queue")
    assert not boss.page.xpath(f"//form[@action='/journal/{entry_id}/check']")
    boss.post(f"/journal/{entry_id}/check", revision="3")
    boss.get("/journal/queue")
    assert "Свою запись никто не проверяет" in boss.text
    boss.post(f"/journal/{entry_id}/return", 422, revision="3", remark="сам себе")
    assert "сам себе" in boss.page.xpath("//textarea")[0].text_content()
    boss.get("/")
    assert not boss.page.xpath("//a[@href='/journal/queue']")
    other = Client(app, make_user("head"))
    other.get("/")
    assert other.page.xpath("//a[@href='/journal/queue']/b/text()") == ["1"]


def test_others_see_nothing_of_it(app, client, patronage, lead):
    entry_id, stranger = submitted(patronage, lead), Client(app, make_user("specialist"))
    for path in ("", "/sign", "/edit", "/correct", "/signature", "/scan"):
        stranger.get(f"/journal/{entry_id}{path}", 404)
    stranger.post(f"/journal/{entry_id}/submit", 404)
    client.post(f"/journal/{entry_id}/check", 403)
    client.get("/journal/queue", 403)
    involved = make_user("specialist")
    make_assignment(patronage, involved, "involved")
    colleague = Client(app, involved)
    colleague.get(f"/journal/{entry_id}")
    colleague.get(f"/journal/{entry_id}/sign", 404)
    assert not colleague.page.xpath(f"//a[@href='/journal/{entry_id}/sign']")


def test_what_is_no_number_is_nothing(client, patronage, lead):
    entry_id = entered(patronage, lead)
    client.post("/journal/submit", entries="9" * 5000)
    client.post("/journal/submit", entries="²")
    assert found(entry_id).state == "draft"


def test_entries_of_a_worker_who_left_go_to_those_who_work_with_the_family(app, patronage, lead):
    entry_id, heir = entered(patronage, lead), make_user("specialist")
    make_assignment(patronage, heir, "involved")
    colleague = Client(app, heir)
    colleague.get(f"/journal/{entry_id}/sign", 404)
    with technical() as s:
        s.get_one(User, lead.id).dismissed_on = clock.today()
    colleague.get("/journal/")
    assert colleague.page.xpath(f"//a[@href='/journal/{entry_id}/sign']")
    colleague.get(f"/journal/{entry_id}/sign")


def test_a_month_is_closed_and_an_entry_corrected(app, client, lead, head):
    before = clock.today().replace(day=1) - timedelta(1)
    patronage, boss = make_patronage(lead=lead, enrolled_on=before - timedelta(60)), Client(app, head)
    entry_id, key = submitted(patronage, lead, before), f"{before:%Y-%m}"
    boss.post("/journal/periods/close", month=key)
    boss.get(f"/journal/periods?month={key}")
    assert "не проверены" in boss.text or "Не проверено записей" in boss.text
    assert boss.page.xpath(f"//section[@id='unchecked']//a[@href='/journal/{entry_id}']")
    checking.check_entry(entry_id, head.id, 3)
    boss.post("/journal/periods/close", month=key)
    boss.get("/journal/periods?month=nonsense")
    assert "Месяц закрыт: 1 запись" in boss.text
    for month in ("", "2026-13", f"{clock.today():%Y-%m}"):
        boss.post("/journal/periods/close", month=month)
    client.get(f"/journal/{entry_id}")
    assert "месяц закрыт" in client.text
    client.get(f"/journal/{entry_id}/correct")
    client.post(f"/journal/{entry_id}/correct", 422, why="", minutes="30", summary="Как надо")
    assert client.page.xpath("//textarea[@name='summary']")[0].text_content().strip() == "Как надо"
    client.post(f"/journal/{entry_id}/correct", why="Ошибка в длительности", minutes="30", summary="Как надо")
    client.get(f"/journal/{entry_id}")
    assert "исправлена другой записью" in client.text
    assert not client.page.xpath(f"//a[@href='/journal/{entry_id}/correct']")
    client.post(f"/journal/{entry_id}/correct", 422, why="Ещё", minutes="30", summary="Как надо")
    for query in (f"?month={key}", f"?month={key}&worker={lead.id}", "?month=x&worker=99999999999"):
        boss.get(f"/journal/month{query}")
    boss.get(f"/journal/month?month={key}&department=отделение")
    assert "исправлена записью № " in boss.text
    client.get(f"/journal/month?month={key}&worker={head.id}")  # a worker reads their own
    assert len(client.page.xpath("//tbody/tr")) == 1


def test_the_pages_go_on_where_they_ended(app, client, patronage, lead, head):
    ids = [
        entered(
            patronage, lead, clock.today() - timedelta(n), kind="call", reason="отъезд", starts_at=time(hour)
        )
        for n in range(5)
        for hour in range(7, 13)
    ]
    seen: list[str] = []
    url = "/journal/?state=draft"
    while url:
        client.get(url)
        seen += client.page.xpath("//input[@name='entries']/@value")
        url = next(iter(client.page.xpath("//a[@rel='next']/@href")), "")
    assert sorted(map(int, seen)) == ids
    actions.submit_entries(ids, lead.id)
    boss, told, url = Client(app, head), [], "/journal/queue"
    while url:
        boss.get(url)
        told += boss.page.xpath("//ol[contains(@class, 'checks')]/li/@id")
        url = next(iter(boss.page.xpath("//a[@rel='next']/@href")), "")
    assert told == [f"entry-{one}" for one in ids]
    boss.get("/journal/queue?after=99999999999999")
    boss.get("/journal/queue?after=x")
    boss.post(f"/journal/{ids[25]}/check?after={ids[24]}", 200, htmx=True, revision="2")
    assert len(boss.page.xpath("//li[starts-with(@id, 'entry-')]")) == 4


def test_each_look_is_recorded(app, patronage, lead, head):
    submitted(patronage, lead)
    Client(app, head).get("/journal/queue")
    db.session.rollback()
    looks = (
        db.session.query(FamilyLook.page, FamilyLook.family_id).filter(FamilyLook.user_id == head.id).all()
    )
    assert [tuple(one) for one in looks] == [("journal.queue", patronage.family_id)]


def test_queries_do_not_grow_with_the_rows(app, client, lead, head):
    boss, counts = Client(app, head), []
    for _round in range(2):
        for n in range(1 if not counts else 4):
            family = make_patronage(make_family(), lead=lead)
            submitted(family, lead, starts_at=time(7 + 2 * n + len(counts)))
        sizes = []
        for who, path in ((client, "/journal/?state="), (boss, "/journal/queue"), (boss, "/journal/month"),
                          (boss, "/journal/periods")):  # fmt: skip
            who.get(path)
            with counted() as sent:
                who.get(path)
            sizes.append(len(sent))
        counts.append(sizes)
    assert counts[0] == counts[1]


def test_a_form_that_nobody_could_send_is_not_opened(app, client, patronage, lead, head):
    entry_id = submitted(patronage, lead)
    for user, form in ((lead, "sign"), (lead, "edit"), (lead, "correct")):
        Client(app, user).get(f"/journal/{entry_id}/{form}", 303)
    checking.check_entry(entry_id, head.id, found(entry_id).revision)
    of_head = Client(app, head)
    of_head.get(f"/journal/{entry_id}/return", 303)
    of_head.get(f"/journal/{entry_id}")
    assert "уже" in of_head.text
    client.get(f"/journal/{entry_id}/correct")
