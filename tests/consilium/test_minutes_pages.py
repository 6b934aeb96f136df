"""Pages of the minutes: who sees and does what, refusals in words, My work, drafts."""

import io
import json
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts.models import LoginAttempt
from portal.audit import AuditEntry, FamilyLook
from portal.consilium import actions, decisions
from portal.consilium import minutes_actions as minutes
from portal.consilium.minutes_models import Minutes, MinutesSignature
from portal.consilium.models import Item, Meeting
from portal.db import db, technical
from tests.client import Client
from tests.consilium.rows import (
    make_meeting,
    make_people,
    make_submitted,
    make_vote,
    open_with,
    propose,
    vote_all,
)
from tests.consilium.test_minutes import dissent, held, offered, picture, row_of, signers
from tests.consilium.test_proof import disarm
from tests.counting import counted
from tests.factories import PASSWORD, make_user

SAID = "Ведущая доложила о занятиях семьи."


def here(meeting_id: int, end: str = "") -> str:
    return f"/consilium/meetings/{meeting_id}/minutes{end}"


def test_from_the_notes_to_the_last_signature(app: Flask) -> None:
    """The secretary writes while the meeting runs, offers after it; all sign with their passwords."""
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    secretary = Client(app, people.secretary)
    secretary.get(f"/consilium/meetings/{meeting_id}")
    assert "Записать обсуждение" in secretary.text
    secretary.get(here(meeting_id, "/edit"))
    text = {f"discussion_{item_id}": SAID}
    secretary.post(here(meeting_id, "/edit"), version="0", heard="Разное: нет", **text)
    vote_all(people, item_id, "for", "for", "against", "abstain")
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    secretary.get(here(meeting_id))
    for words in (
        SAID,
        "Разное: нет",
        "черновик",
        "осталось 5 рабочих дней",
        "Решение № 1/",
        "Воздержались: 1",
    ):
        assert words in secretary.text
    secretary.post(here(meeting_id, "/offer"))
    head = Client(app, people.head)
    head.get("/")
    assert "ждёт подписей остальных" in head.text, "the head answers for the deadline"
    for user in signers(people):
        client = Client(app, user)
        client.get("/")
        assert "ждёт вашей подписи" in client.text
        client.get(here(meeting_id))
        seen = client.page.xpath("//input[@name='seen']/@value")[0]
        client.post(here(meeting_id, "/sign"), seen=seen, password=PASSWORD)
        client.get(here(meeting_id))
        assert "Вы подписали протокол." in client.text and "подписано в портале паролем" in client.text
        assert not client.page.xpath("//input[@name='password']")
    client.get("/")
    assert "Протоколы на подпись" not in client.text
    client.get(here(meeting_id))
    assert "подписан всеми" in client.text
    secretary.get(f"/consilium/meetings/{meeting_id}")
    assert "протокол подписан" in secretary.text.lower()


def test_a_wrong_password_signs_nothing_and_is_throttled(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    chair = Client(app, people.chair)
    chair.post(here(meeting_id, "/sign"), 422, seen=seen, password="")
    assert "Введите свой пароль." in chair.text
    for _n in range(5):
        chair.post(here(meeting_id, "/sign"), 422, seen=seen, password="wrong-password")
        assert "Пароль неверен. Ничего не подписано." in chair.text
        assert "wrong-password" not in chair.last.text  # type: ignore[union-attr]
    chair.post(here(meeting_id, "/sign"), 422, seen=seen, password=PASSWORD)
    assert "Слишком много попыток" in chair.text
    assert db.session.scalars(select(MinutesSignature)).all() == []
    assert "wrong-password" not in "".join(db.session.scalars(select(AuditEntry.data)))
    with technical() as s:
        s.query(LoginAttempt).delete()
    chair.post(here(meeting_id, "/sign"), seen=seen, password=PASSWORD)
    chair.post(here(meeting_id, "/sign"), 422, seen=seen, password=PASSWORD)
    assert "Эта подпись уже стоит." in chair.text


def test_nobody_signs_for_another_nor_what_they_have_not_seen(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    stranger = Client(app, make_user("member"))
    stranger.get(here(meeting_id))
    assert not stranger.page.xpath("//input[@name='password']")
    stranger.post(here(meeting_id, "/sign"), 422, seen=seen, password=PASSWORD)
    assert "подписывают председатель, секретарь и присутствовавшие" in stranger.text
    member = Client(app, people.members[0])
    member.post(here(meeting_id, "/sign"), 422, seen=seen, user_id=str(people.chair.id), password="x" * 12)
    minutes.take_back(meeting_id, people.secretary.id)
    minutes.write(meeting_id, people.secretary.id, row_of(meeting_id).version, "Добавлено позже", {})
    minutes.offer(meeting_id, people.secretary.id)
    member.post(here(meeting_id, "/sign"), 422, seen=seen, password=PASSWORD)
    assert "Прочитайте его ещё раз и подпишите." in member.text and "Добавлено позже" in member.text
    now = member.page.xpath("//input[@name='seen']/@value")[0]
    assert now == row_of(meeting_id).digest != seen
    member.post(here(meeting_id, "/sign"), seen=now, password=PASSWORD)
    assert [row.user_id for row in db.session.scalars(select(MinutesSignature))] == [people.members[0].id]


def test_the_text_is_refused_in_words_after_the_first_signature(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    secretary = Client(app, people.secretary)
    secretary.get(here(meeting_id, "/edit"), 303)
    secretary.get(here(meeting_id))
    assert "Сначала отзовите его" in secretary.text and "Отозвать и исправить" in secretary.text
    minutes.sign(meeting_id, people.chair.id, seen)
    version = str(row_of(meeting_id).version)
    secretary.post(here(meeting_id, "/edit"), 422, version=version, heard="Задним числом")
    assert "Под протоколом уже есть подписи" in secretary.text and "Задним числом" in secretary.text
    for end in ("/take-back", "/offer"):
        secretary.post(here(meeting_id, end))
        secretary.get(here(meeting_id))
        assert "Под протоколом уже есть подписи" in secretary.text
    assert "Отозвать и исправить" not in secretary.text


def test_the_second_editor_keeps_what_they_typed(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id = held(people)
    field = f"discussion_{item_id}"
    first, second = Client(app, people.secretary), Client(app, people.secretary)
    for client in (first, second):
        client.get(here(meeting_id, "/edit"))
    first.post(here(meeting_id, "/edit"), version="0", heard="", **{field: "Записано первым"})
    second.post(here(meeting_id, "/edit"), 422, version="0", heard="", **{field: "Набрано вторым"})
    assert "Записано первым" in second.text
    assert second.page.xpath(f"//textarea[@name='{field}']")[0].text.strip() == "Набрано вторым"
    version = second.page.xpath("//input[@name='version']/@value")[0]
    second.post(here(meeting_id, "/edit"), version=version, heard="", **{field: "Сведено вместе"})
    assert db.session.get_one(Item, item_id).discussion == "Сведено вместе"


def test_what_is_typed_is_kept_as_a_draft(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id = held(people)
    secretary = Client(app, people.secretary)
    fields = json.dumps([["version", "0"], [f"discussion_{item_id}", "Недописано"]])
    secretary.post("/drafts/", 200, place=here(meeting_id, "/edit"), fields=fields)
    secretary.get(here(meeting_id, "/edit"))
    assert "Есть черновик" in secretary.text
    secretary.get(here(meeting_id, "/edit?draft=1"))
    assert "Недописано" in secretary.text


def test_what_was_said_of_a_family_is_for_those_who_were_there_or_reach_it(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id = held(people)
    minutes.write(meeting_id, people.secretary.id, 0, "Общее", {item_id: SAID})
    dissent(item_id, people.members[1])
    stranger = make_user("member")
    for user in (people.chair, people.secretary, people.members[0], people.head, make_user("secretary")):
        client = Client(app, user)
        client.get(here(meeting_id))
        assert SAID in client.text and "Рано." in client.text and "Общее" in client.text
    client = Client(app, stranger)
    client.get(here(meeting_id))
    assert SAID not in client.text and "Рано." not in client.text and "скрыто" in client.text
    assert "Соколова" in client.text and "Общее" in client.text
    looks = db.session.scalars(select(FamilyLook.user_id).where(FamilyLook.page == "minutes")).all()
    assert stranger.id not in looks and people.members[0].id in looks


def test_signed_on_paper_with_the_scan(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    secretary = Client(app, people.secretary)
    secretary.get(here(meeting_id, "/paper"))
    wrong = (io.BytesIO(b"MZ this is no scan"), "scan.pdf")
    signer = str(people.members[0].id)
    secretary.post(here(meeting_id, "/paper"), 422, seen=seen, signers=signer, scan=wrong)
    assert "Это не скан" in secretary.text
    good = (io.BytesIO(picture()[0]), "scan.jpg")
    secretary.post(here(meeting_id, "/paper"), 422, seen=seen, scan=good)
    assert "Отметьте, чьи подписи" in secretary.text
    good = (io.BytesIO(picture()[0]), "scan.jpg")
    secretary.post(here(meeting_id, "/paper"), 422, seen=seen, signers=str(people.head.id), scan=good)
    good = (io.BytesIO(picture()[0]), "scan.jpg")
    secretary.post(here(meeting_id, "/paper"), seen=seen, signers=signer, scan=good)
    secretary.get(here(meeting_id))
    assert "подписано на бумаге, скан приложен" in secretary.text
    address = secretary.page.xpath("//a[contains(@href, 'minutes-signatures')]/@href")[0]
    assert secretary.get(address).mimetype == "image/jpeg"
    Client(app, make_user("member")).get(address, 404)
    secretary.get(here(meeting_id, "/paper"))
    assert not secretary.page.xpath(f"//input[@name='signers' and @value='{signer}']")


def test_a_dissent_after_the_offer_is_said_and_offered_again(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id = held(people)
    minutes.offer(meeting_id, people.secretary.id)
    seen = row_of(meeting_id).digest
    dissent(item_id, people.members[1])
    chair, secretary = Client(app, people.chair), Client(app, people.secretary)
    chair.get(here(meeting_id))
    assert "В таком виде подписать нельзя" in chair.text and not chair.page.xpath("//input[@name='password']")
    chair.post(here(meeting_id, "/sign"), 422, seen=seen, password=PASSWORD)
    assert "Секретарь должен передать его заново" in chair.text
    secretary.get("/")
    assert "поступило особое мнение: передайте на подпись заново" in secretary.text
    secretary.get(here(meeting_id))
    assert "Передать заново" in secretary.text and "скан" not in secretary.text


def test_my_work_counts_the_working_days(app: Flask) -> None:
    people = make_people()
    offered(people)
    for user in (people.secretary, people.chair, people.members[1]):
        client = Client(app, user)
        client.get("/")
        assert "Протокол № 1 от" in client.text and "осталось 5 рабочих дней" in client.text


def test_my_work_says_what_is_late_to_those_it_waits_for(app: Flask) -> None:
    people = make_people()
    meeting_id, _item = held(people)
    disarm()
    with technical() as s:
        s.get_one(Meeting, meeting_id).closed_at = clock.now() - timedelta(20)
    minutes.offer(meeting_id, people.secretary.id)
    signed, waited_for = people.members[:2]
    minutes.sign(meeting_id, signed.id, row_of(meeting_id).digest)
    for user, late in {people.secretary: True, people.chair: True, waited_for: True, signed: False}.items():
        client = Client(app, user)
        client.get("/")
        assert ("просрочен на" in client.text) is late


def test_short_minutes_of_a_meeting_without_quorum(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    with technical() as s:
        meeting, item = s.get_one(Meeting, meeting_id), s.get_one(Item, item_id)
        meeting.status, item.status = "no_quorum", "deferred"
    client = Client(app, people.secretary)
    client.get(f"/consilium/meetings/{meeting_id}")
    client.get(here(meeting_id))
    assert "Заседание не состоялось" in client.text and "Голосовали" not in client.text


def test_the_page_reads_as_much_for_one_item_as_for_many(app: Flask) -> None:
    people = make_people()
    asked = []
    for count in (1, 4):
        meeting_id = make_meeting(people)
        items = [propose(people, meeting_id, make_submitted(f"Семья{count}{n}")) for n in range(count)]
        open_with(people, meeting_id)
        for item_id in items:
            decisions.open_voting(item_id, people.chair.id)
            vote_all(people, item_id, "for", "for", "for", "for")
            decisions.close_item(item_id, people.chair.id)
        actions.close_meeting(meeting_id, people.chair.id)
        minutes.write(meeting_id, people.secretary.id, 0, "", dict.fromkeys(items, SAID))
        minutes.offer(meeting_id, people.secretary.id)
        client = Client(app, people.members[0])
        with counted() as statements:
            client.get(here(meeting_id))
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_a_meeting_that_runs_has_no_minutes_yet(app: Flask) -> None:
    people = make_people()
    meeting_id, _item, _patronage = make_vote(people)
    for user in (people.secretary, people.members[0]):
        client = Client(app, user)
        client.get(here(meeting_id), 303)
        client.get(f"/consilium/meetings/{meeting_id}")
        assert "Протокол составляется, когда заседание закрыто" in client.text
    secretary = Client(app, people.secretary)
    secretary.post(here(meeting_id, "/offer"))
    assert db.session.scalars(select(Minutes)).all() == []
