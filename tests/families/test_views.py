"""Pages of families: who gets in, what is kept when something is wrong, scans, the number of queries."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock, memory
from portal.audit import FamilyLook
from portal.clubs.actions import join_club, leave_club
from portal.db import db, technical
from portal.families import actions, consents
from portal.families.models import Consent, Family, FamilyMember, StoredFile
from portal.patronage.actions import hand_over
from portal.patronage.models import Assignment, Patronage
from portal.settings.actions import change_settings
from tests.client import Client
from tests.consilium.rows import make_meeting, make_people, propose_removal
from tests.counting import counted
from tests.factories import make_club, make_consent, make_family, make_patronage, make_user
from tests.families.people import family_values, minor, representative, typed
from tests.intake.papers import sign
from tests.test_files import pdf, picture

CARD_PAGES = ("", "/edit", "/consents/new", "/decline")
NO_FAMILIES = ("admin", "staff", "auditor")
WORKERS = ("head", "specialist", "pedagogue")


@pytest.fixture
def worker(app: Flask) -> Client:
    """A specialist's browser."""
    user = make_user("specialist")
    client = Client(app, user)
    client.user_id = user.id
    return client


def families() -> int:
    return db.session.scalar(select(func.count()).select_from(Family)) or 0


def status_of(family_id: int) -> str:
    db.session.rollback()
    query = select(Patronage.status).where(Patronage.family_id == family_id, Patronage.latest)
    return db.session.scalars(query).one()


def own_family(worker: Client, *members) -> int:
    return actions.create_family(family_values(*members, phone="+79123456789"), worker.user_id)


def with_consent(worker: Client) -> tuple[int, int]:
    family_id = own_family(worker)
    mother = db.session.get_one(Family, family_id).members[0].id
    day = clock.today() - timedelta(10)
    return family_id, consents.record_consent(family_id, worker.user_id, mother, day)


# who gets in


@pytest.mark.parametrize("role", NO_FAMILIES)
def test_roles_without_families_get_403(app: Flask, role):
    client, family_id = Client(app, make_user(role)), make_patronage().family_id
    for url in ("/families/", "/families/new", *(f"/families/{family_id}{page}" for page in CARD_PAGES)):
        client.get(url, 403)


@pytest.mark.parametrize("role", ["specialist", "pedagogue"])
def test_others_families_are_not_there(app: Flask, role):
    patronage = make_patronage(lead=make_user("specialist"))
    consent = db.session.scalars(select(Consent)).one()
    client = Client(app, make_user(role))
    base = f"/families/{patronage.family_id}"
    for page in (*CARD_PAGES, f"/consents/{consent.id}/scan", f"/consents/{consent.id}/withdraw"):
        client.get(base + page, 404)
    for page in ("/submit", "/episodes", "/decline", "/edit", f"/consents/{consent.id}/withdraw"):
        client.post(base + page, 404)
    client.get("/families/")
    assert "Соколова" not in client.text
    client.get(f"/families/?q=соколова&specialist={patronage.id}")
    assert "Соколова Мария" not in client.text


@pytest.mark.parametrize("role", ["chair", "secretary"])
def test_the_consilium_reads_and_changes_nothing(app: Flask, role):
    family_id = make_patronage(status="submitted").family_id
    client = Client(app, make_user(role))
    client.get(f"/families/{family_id}")
    assert not client.page.xpath("//main//form[@method='post']")
    links = client.page.xpath("//main//a/@href")
    assert not [one for one in links if one.endswith(("/edit", "/new", "/decline", "/withdraw"))]
    client.get(f"/families/{family_id}/edit", 403)
    client.post(f"/families/{family_id}/submit", 403)
    client.get("/families/new", 403)


def test_a_consent_under_another_family_is_not_there(worker):
    family_id, consent_id = with_consent(worker)
    other = own_family(worker)
    worker.get(f"/families/{other}/consents/{consent_id}/withdraw", 404)
    worker.get(f"/families/{other}/consents/{consent_id}/scan/new", 404)
    worker.get(f"/families/{family_id}/consents/{consent_id}/withdraw")


def test_every_look_is_recorded(worker):
    family_id = own_family(worker)
    worker.get(f"/families/{family_id}")
    worker.get(f"/families/{family_id}/edit")
    worker.get(f"/families/{family_id}/consents/new")
    looks = db.session.execute(select(FamilyLook.user_id, FamilyLook.page).order_by(FamilyLook.id)).all()
    assert looks == [(worker.user_id, page) for page in ("card", "edit", "consent")]


# the list


def test_the_list_filters_sorts_and_pages(app: Flask):
    for place in range(30):
        make_patronage(make_family(f"Белова{place:02}"), status="enrolled" if place % 2 else "consented")
    client = Client(app, make_user("head"))
    client.get("/families/")
    assert "1–25 из 30" in client.text
    following = client.page.xpath("//a[@rel='next']/@href")[0]
    client.get(following)
    assert "26–30 из 30" in client.text
    client.get(client.page.xpath("//a[@rel='prev']/@href")[0])
    assert "1–25 из 30" in client.text
    client.get("/families/?status=consented&sort=-number")
    assert "1–15 из 15" in client.text
    assert client.page.xpath("//a[@class='chip'][@aria-current]")[0].text_content() == "Согласие получено"
    names = client.page.xpath("//tbody//th/a")
    assert names[0].text_content() == "Белова28 Мария Ивановна"
    client.get("/families/?q=%D0%B1%D0%B5%D0%BB%D0%BE%D0%B2%D0%B007")
    assert "1–1 из 1" in client.text
    client.get("/families/?q=zzz")
    assert "Ничего не найдено" in client.text


@pytest.mark.parametrize(
    "query",
    [
        "sort=password", "status=xx", "regime=1", "after=abc", "after=-1", "before=999999999999", "at=0&after=7",
        "specialist=1e9", "category=%00", "q=%00%ff", "specialist=²", "status=a&status=b", "q=" + "я" * 3000,
    ],
)  # fmt: skip
def test_odd_addresses_of_the_list_are_no_errors(app: Flask, query):
    make_patronage()
    Client(app, make_user("head")).get(f"/families/?{query}")


def test_htmx_gets_the_list_alone(app: Flask):
    make_patronage()
    client = Client(app, make_user("head"))
    answer = client.get("/families/?q=соколова", htmx=True)
    assert answer.text.lstrip().startswith("<div") and "<title>" not in answer.text
    assert client.page.get("id") == "families"


def test_an_empty_list_says_what_to_do(app: Flask):
    client = Client(app, make_user("head"))
    client.get("/families/")
    assert client.page.xpath("//a[@href='/families/new']") and client.page.xpath(
        "//main//a[@href='/imports/']"
    )
    member = Client(app, make_user("member"))
    member.get("/families/")
    assert not member.page.xpath("//a[@href='/families/new'] | //a[@href='/imports/']")


# taking in and changing


@pytest.mark.parametrize("role", WORKERS)
def test_a_family_is_taken_in(app: Flask, role):
    client = Client(app, make_user(role))
    client.get("/families/new")
    answer = client.post("/families/new", **typed(minors__1__last_name="", categories=["at_risk", "large"]))
    assert answer.location.endswith("/intake/edit")
    client.get(answer.location.removesuffix("/intake/edit"))
    assert "Соколова Мария Ивановна" in client.text
    assert "01.03.2015" in client.text and "+7 912 345-67-89" in client.text
    assert client.page.xpath("//a[@href='tel:+79123456789']")
    family = db.session.scalars(select(Family)).one()
    assert (family.phone, len(family.members)) == ("+79123456789", 2)
    assert {row.code for row in family.categories} == {"at_risk", "large"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"representatives__0__last_name": ""}, "Укажите фамилию"),
        ({"minors__0__first_name": " "}, "Укажите имя"),
        ({"minors__0__birth_date": ""}, "Укажите дату рождения или хотя бы год"),
        ({"minors__0__birth_date": "2015-02-30"}, "Такой даты нет"),
        ({"minors__0__birth_date": "31.02.2015"}, "Такой даты нет"),
        ({"minors__0__birth_date": "2999-01-01"}, "ещё не наступила"),
        ({"minors__0__birth_date": "1899-01-01"}, "Это больше 110 лет назад"),
        ({"minors__0__birth_date": "", "minors__0__birth_year": "15"}, "Напишите год четырьмя цифрами"),
        ({"minors__0__birth_date": "", "minors__0__birth_year": "2999"}, "ещё не наступила"),
        ({"phone": "739-64-01"}, "Укажите один номер с кодом"),
        ({"other_phones": "+7 912 345-67-80, 739-64-01"}, "739-64-01"),
        ({"address": "я" * 100_000}, "Не больше 500 знаков"),
        ({"note": "я" * 100_000}, "Не больше 20000 знаков"),
        ({"representatives__0__last_name": "Я" * 100_000}, "Не больше 100 знаков"),
        ({"course_ended_on": "1026-01-01"}, "Проверьте год"),
        ({"categories": ["nonsense"]}, "Категории"),
        ({"representatives__0__left_on": "2020-01-01"}, "хотя бы одного законного представителя"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(worker, wrong, sentence):
    worker.post(
        "/families/new", 422, **typed(note="важное", **wrong) if "note" not in wrong else typed(**wrong)
    )
    summary = worker.page.xpath("//*[@data-errors]")[0]
    assert sentence in " ".join(summary.text_content().split())
    for link in summary.xpath(".//a/@href"):
        assert worker.page.xpath("//*[@id=$id]", id=link.removeprefix("#")), link
    kept = {one.get("name"): one.get("value") for one in worker.page.xpath("//main//input")}
    assert kept["representatives-0-first_name"] == "Мария"
    if "note" not in wrong:
        assert worker.page.xpath("//textarea[@name='note']")[0].text.strip() == "важное"
    assert families() == 0


def test_without_anybody_there_is_a_sentence(worker):
    worker.post("/families/new", 422, address="ул. Мира, 1")
    assert "хотя бы одного законного представителя" in worker.text


def test_one_more_row_without_javascript_keeps_everything(worker):
    worker.post("/families/new", 200, **typed(add="minors", address="ул. Мира, 1", note="заметка"))
    names = worker.page.xpath("//input[contains(@name, '-last_name')]/@name")
    assert names == ["representatives-0-last_name", "minors-0-last_name", "minors-1-last_name"]
    assert worker.page.xpath("//input[@name='address']/@value") == ["ул. Мира, 1"]
    worker.post("/families/new", 200, htmx=True, **typed(add="representatives"))
    assert worker.page.get("id") == "family-form"
    assert families() == 0


def test_a_hundred_rows_are_too_many(worker):
    rows = {f"minors__{place}__last_name": "Соколов" for place in range(100)}
    worker.post("/families/new", 200, **typed(add="minors", **rows))
    assert (
        len(worker.page.xpath("//input[starts-with(@name, 'minors-')][contains(@name, '-last_name')]")) == 30
    )


def test_emoji_right_to_left_and_markup_in_names_break_nothing(worker):
    for name in ("<b>Ян</b>", "Ян🙂", "Ян1", "Ян_"):
        worker.post("/families/new", 422, **typed(representatives__0__last_name=name))
        assert "Имя пишут буквами" in worker.text
        assert worker.page.xpath("//input[@name='representatives-0-last_name']/@value") == [name]
    name, note = "Ян\u202eов-О’Нил\x07", "\u202eраз <b>🙂</b>\r\nдва"
    answer = worker.post("/families/new", **typed(representatives__0__last_name=name, note=note))
    worker.get(answer.location.removesuffix("/intake/edit"))
    assert "Янов-О’Нил" in worker.text and "раз <b>🙂</b>" in worker.text
    assert "\u202e" not in worker.last.text and "\x07" not in worker.last.text


def test_a_probable_duplicate_is_asked_about(app: Flask, worker):
    stranger = make_user("specialist")
    actions.create_family(family_values(representative(), minor(), phone="+79123456789"), stranger.id)
    worker.post("/families/new", 422, **typed(address="ул. Мира, 1"))
    box = worker.page.xpath("//*[@id='duplicates']")[0]
    assert "Соколова Мария Ивановна · № 1" in " ".join(box.text_content().split())
    assert not box.xpath(".//a"), "the card of a stranger's family is beyond reach"
    assert worker.page.xpath("//input[@name='address']/@value") == ["ул. Мира, 1"]
    assert families() == 1
    worker.post("/families/new", 303, **typed(create_anyway="y"))
    assert families() == 2
    head = Client(app, make_user("head"))
    head.post("/families/new", 422, **typed())
    assert head.page.xpath("//*[@id='duplicates']//a/@href") == ["/families/1", "/families/2"]


def test_the_card_is_changed(worker):
    family_id = own_family(worker)
    worker.get(f"/families/{family_id}/edit")
    version = worker.page.xpath("//input[@name='version']/@value")[0]
    mother, child = (one.id for one in db.session.get_one(Family, family_id).members)
    known = {"representatives__0__id": mother, "minors__0__id": child, "version": version}
    worker.post(f"/families/{family_id}/edit", **typed(address="ул. Труда, 2", **known))
    worker.get(f"/families/{family_id}")
    assert "ул. Труда, 2" in worker.text and "Карта семьи изменена: адрес" in worker.text
    worker.post(f"/families/{family_id}/edit", 422, **typed(address="ул. Другая, 3", **known))
    assert "изменил кто-то другой" in worker.text
    assert worker.page.xpath("//input[@name='address']/@value") == ["ул. Другая, 3"]
    assert db.session.scalar(select(func.count()).select_from(FamilyMember)) == 2


def test_somebody_elses_member_cannot_be_taken_over(worker):
    family_id, other = own_family(worker), own_family(worker)
    stranger = db.session.get_one(Family, other).members[0].id
    worker.get(f"/families/{family_id}/edit")
    version = worker.page.xpath("//input[@name='version']/@value")[0]
    fields = typed(version=version, representatives__0__id=stranger, representatives__0__last_name="Чужая")
    worker.post(f"/families/{family_id}/edit", 422, **fields)
    assert "не из этой семьи" in worker.text
    db.session.rollback()
    assert db.session.get_one(FamilyMember, stranger).last_name == "Соколова"


# from consent to consilium


def test_the_way_to_the_consilium(worker):
    family_id = own_family(worker)
    base = f"/families/{family_id}"
    worker.get(base)
    assert worker.page.xpath(f"//a[@href='{base}/consents/new']")
    worker.get(f"{base}/consents/new")
    assert worker.page.xpath(f"//a[@href='/papers/families/{base.rpartition('/')[2]}#offers']")
    mother = worker.page.xpath("//select[@name='representative_id']/option/@value")[0]
    worker.post(f"{base}/consents/new", representative_id=mother, given_on=clock.today().isoformat())
    assert status_of(family_id) == "consented"
    worker.get(base)
    assert worker.page.xpath(f"//form[@action='{base}/submit']")
    worker.post(f"{base}/submit")
    assert status_of(family_id) == "submitted"
    worker.get(base)
    assert "секретарь внесёт вопрос" in worker.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"given_on": ""}, "Укажите дату, стоящую на бумаге"),
        ({"given_on": "2026-02-31"}, "Такой даты нет"),
        ({"given_on": "2999-01-01"}, "не может быть позже сегодняшней"),
        ({"given_on": "1990-01-01"}, "слишком давняя"),
        ({"representative_id": "999999"}, "Кто дал согласие"),
        ({"representative_id": "x"}, "Кто дал согласие"),
        ({"minors_signed": ["999999"]}, "Дети, которые тоже подписали"),
    ],
)
def test_a_wrong_consent_is_refused_in_words(worker, wrong, sentence):
    family_id = own_family(worker)
    mother = db.session.get_one(Family, family_id).members[0].id
    fields = {"representative_id": str(mother), "given_on": clock.today().isoformat()} | wrong
    worker.post(f"/families/{family_id}/consents/new", 422, **fields)
    assert sentence in worker.text
    assert status_of(family_id) == "identified"


def test_the_card_asks_for_a_child_s_signature_before_the_consilium(worker):
    family_id = own_family(worker)
    mother, child = db.session.get_one(Family, family_id).members[:2]
    mother_id, child_id = mother.id, child.id
    with technical() as s:
        s.get_one(FamilyMember, child_id).birth_date = clock.today() - timedelta(365 * 15)
    base, signed = f"/families/{family_id}", {"given_on": clock.today().isoformat()}
    worker.post(f"{base}/consents/new", representative_id=str(mother_id), **signed)
    worker.get(base)
    assert not worker.page.xpath(f"//form[@action='{base}/submit']")
    assert worker.page.xpath("//div[@id='missing']//a")
    worker.post(f"{base}/consents/new", representative_id=str(mother_id), minors_signed=child_id, **signed)
    worker.get(base)
    assert worker.page.xpath(f"//form[@action='{base}/submit']")


def test_submitting_without_consent_says_what_to_do(app: Flask, worker):
    family_id = own_family(worker)
    worker.post(f"/families/{family_id}/submit")
    worker.get(f"/families/{family_id}")
    assert (
        "Сначала внесите согласие" in worker.text
        or "согласия" in worker.page.xpath("//*[@id='flashes']")[0].text_content()
    )
    assert status_of(family_id) == "identified"


def test_a_withdrawal_stops_the_work_and_a_decline_ends_it(worker):
    family_id, consent_id = with_consent(worker)
    url = f"/families/{family_id}/consents/{consent_id}/withdraw"
    worker.get(url)
    worker.post(url, 422, withdrawn_on="2999-01-01", reason="переезжаем")
    assert worker.page.xpath("//textarea")[0].text.strip() == "переезжаем"
    worker.post(url, withdrawn_on=clock.today().isoformat())
    assert status_of(family_id) == "identified"
    worker.post(url, 422, withdrawn_on=clock.today().isoformat())
    assert "уже отозвано" in worker.text
    worker.post(f"/families/{family_id}/decline", 422, reason=" ")
    worker.post(f"/families/{family_id}/decline", reason="справляются сами")
    assert status_of(family_id) == "declined"
    worker.get(f"/families/{family_id}")
    worker.post(f"/families/{family_id}/episodes")
    worker.post(f"/families/{family_id}/episodes")
    worker.get(f"/families/{family_id}")
    assert "уже есть открытый патронаж" in worker.text
    assert db.session.scalar(select(func.count()).select_from(Patronage)) == 2


# scans


def scan(data: bytes, name: str = "скан.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def test_a_scan_comes_back_as_a_download_that_names_nobody(app: Flask, worker):
    family_id = own_family(worker)
    mother = db.session.get_one(Family, family_id).members[0].id
    fields = {"representative_id": str(mother), "given_on": clock.today().isoformat()}
    worker.post(f"/families/{family_id}/consents/new", **fields, scan=scan(pdf()))
    consent_id = db.session.scalars(select(Consent.id)).one()
    url = f"/families/{family_id}/consents/{consent_id}/scan"
    answer = worker.get(url)
    assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=consent-{consent_id}.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    Client(app, make_user("specialist")).get(url, 404)
    Client(app, make_user("staff")).get(url, 403)


@pytest.mark.parametrize(
    "data",
    [
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"GIF89a<script>alert(1)</script>",
        b"%PDF-1.7 broken",
        b"PK\x03\x04zip",
        b"\xff\xd8\xff\xe0broken",
    ],
)
def test_what_is_no_scan_is_refused_whatever_its_name(worker, data):
    family_id, consent_id = with_consent(worker)
    worker.post(f"/families/{family_id}/consents/{consent_id}/scan/new", 422, scan=scan(data, "a.pdf"))
    assert worker.page.xpath("//*[@id='scan-error']")
    mother = db.session.get_one(Family, family_id).members[0].id
    fields = {"representative_id": str(mother), "given_on": clock.today().isoformat()}
    worker.post(f"/families/{family_id}/consents/new", 422, **fields, scan=scan(data, "a.jpg"))
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 1


def test_a_scan_is_added_later(worker):
    family_id, consent_id = with_consent(worker)
    worker.get(f"/families/{family_id}/consents/{consent_id}/scan", 404)
    worker.get(f"/families/{family_id}/consents/{consent_id}/scan/new")
    worker.post(f"/families/{family_id}/consents/{consent_id}/scan/new", 422)
    worker.post(f"/families/{family_id}/consents/{consent_id}/scan/new", scan=scan(picture("PNG"), "a.png"))
    assert worker.get(f"/families/{family_id}/consents/{consent_id}/scan").mimetype == "image/jpeg"


# the card


def test_the_history_tells_who_did_what_and_pages(worker):
    family_id = own_family(worker)
    for place in range(35):
        family = db.session.get_one(Family, family_id)
        values = family_values(representative(id=family.members[0].id), address=f"ул. Мира, {place}")
        actions.change_family(family_id, values, worker.user_id, actions.version(family))
    worker.get(f"/families/{family_id}")
    assert len(worker.page.xpath("//ol[@class='tl']/li")) == 30
    worker.get(worker.page.xpath("//*[@id='history']//a/@href")[-1].partition("#")[0])
    lines = worker.page.xpath("//ol[@class='tl']/li")
    assert len(lines) == 6
    assert "Карта семьи создана" in " ".join(lines[-1].text_content().split())


def test_the_history_of_another_family_stays_there(worker):
    first, second = own_family(worker), own_family(worker)
    actions.decline_family(second, "отказ", worker.user_id)
    worker.get(f"/families/{first}")
    assert len(worker.page.xpath("//ol[@class='tl']/li")) == 1


def test_pages_ask_no_more_of_larger_families(app: Flask):
    client = Client(app, make_user("head"))
    small = make_patronage(make_family(children=1), lead=make_user("specialist")).family_id
    family = make_family(children=9)
    large = make_patronage(family, lead=make_user("specialist")).family_id
    for _ in range(6):
        make_consent(family)
    for page in ("", "/edit"):
        counts = []
        for family_id in (small, large):
            client.get(f"/families/{family_id}{page}")
            with counted() as sent:
                client.get(f"/families/{family_id}{page}")
            counts.append(len(sent))
        assert counts[0] == counts[1], (page, counts)


def test_the_card_asks_for_little_and_sees_what_was_changed(app: Flask, monkeypatch):
    family = make_family(children=2)
    head, lead = make_user("head"), make_user("specialist")
    make_patronage(family, lead=lead)
    family_id = family.id
    change_settings(head.id, centre_name="Берег")  # what is kept is as of the last change
    monkeypatch.setattr(memory, "forget", lambda app: None)  # nothing below is written past the audit log
    for reader in (head, lead):
        client = Client(app, reader)
        client.get(f"/families/{family_id}")
        with counted() as sent:
            client.get(f"/families/{family_id}")
        assert len([one for one in sent if "login_sessions" not in one]) <= 4
        assert "17-а" not in client.text
    sign(family_id, lead.id, number="17-а")
    client.get(f"/families/{family_id}")
    assert "17-а" in client.text


def test_who_works_with_the_family_no_longer_is_offered_no_change(app: Flask, monkeypatch):
    people, both = make_people(), make_user("specialist", "chair")
    patronage = make_patronage(lead=both)
    client, card = Client(app, both), f"/families/{patronage.family_id}"
    propose_removal(people, make_meeting(people), patronage)
    monkeypatch.setattr(memory, "forget", lambda app: None)  # nothing below is written past the audit log
    client.get(card)
    assert client.page.xpath(f"//main//a[@href='{card}/edit']")
    assigned = db.session.scalars(select(Assignment.id).where(Assignment.patronage_id == patronage.id)).all()
    hand_over(assigned, people.lead.id, clock.today(), "отпуск", people.head.id)
    client.get(card)
    assert not client.page.xpath(f"//main//a[@href='{card}/edit']")


def test_the_list_page_asks_no_more_for_more_rows(app: Flask):
    client = Client(app, make_user("head"))
    counts = []
    for _ in range(2):
        for _ in range(5):
            make_patronage(lead=make_user("specialist"))
        client.get("/families/")
        with counted() as sent:
            client.get("/families/")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_the_interface_is_english_for_who_wants_it(app: Flask):
    client = Client(app, make_user("head", language="en"))
    family_id = make_patronage(make_family(children=2)).family_id
    client.get(f"/families/{family_id}")
    assert "On patronage" in client.text and "years" in client.text


def test_a_consent_of_somebody_else_is_refused_in_words(worker):
    base = worker.post("/families/new", **typed()).location.removesuffix("/intake/edit")
    family_id = int(base.rpartition("/")[2])
    query = select(FamilyMember.id).where(FamilyMember.family_id == family_id, FamilyMember.kind == "minor")
    child = db.session.scalars(query).first()
    day = clock.today().isoformat()
    for somebody in (child, 999_999, 10**30):
        worker.post(f"{base}/consents/new", 422, representative_id=somebody, given_on=day)
        assert "законн" in worker.page.xpath("//*[@data-errors]")[0].text_content()
    mother = db.session.scalars(select(FamilyMember.id).where(FamilyMember.family_id == family_id)).first()
    worker.post(f"{base}/consents/new", 422, representative_id=mother, given_on=day, minors_signed="999999")
    assert "Выберите из списка" in worker.text


def test_the_card_says_which_clubs_the_children_go_to(app):
    lead, leader = make_user("specialist"), make_user("pedagogue")
    patronage = make_patronage(lead=lead)
    family = db.session.get_one(Family, patronage.family_id)
    club, former = make_club(leader, "Шахматы"), make_club(leader, "Хор")
    for one in (club, former):
        join_club(one.id, family.members[1].id, leader.id)
    leave_club(former.id, family.members[1].id, leader.id)
    page = Client(app, lead)
    page.get(f"/families/{family.id}")
    assert page.page.xpath(f"//main//a[@href='/clubs/{club.id}']") and "Хор" not in page.text
