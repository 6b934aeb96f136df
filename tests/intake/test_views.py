"""Pages of intake: the way from the new card to the consilium, what is kept on an error, who may what, queries."""

import io
from datetime import UTC, datetime

import pytest
import time_machine

from portal import clock
from portal.db import db, technical
from portal.intake import queries
from portal.intake.models import Agreement
from portal.patronage.models import Patronage
from tests.client import Client
from tests.counting import counted
from tests.factories import make_assignment, make_consent, make_family, make_patronage, make_user
from tests.families.people import typed
from tests.intake.papers import days_ago, enter, representative_of, sign, survey
from tests.test_files import picture

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
SURVEY = {"housing": "Две комнаты", "conclusion": "Нужен патронаж"}


@pytest.fixture
def worker(app):
    return make_user("specialist", last_name="Зимина")


@pytest.fixture
def client(app, worker):
    return Client(app, worker)


@pytest.fixture
def family(worker):
    family = make_family("Лесникова", created_by_id=worker.id)
    make_patronage(family, "identified", opened_on=clock.today())
    return family


def today():
    return clock.today().isoformat()


def test_from_the_new_card_to_the_consilium(client, worker):
    location = client.post("/families/new", **typed()).location
    client.get(location)
    assert "как поступило обращение" in client.text
    base = location.removesuffix("/intake/edit")
    family_id = int(base.rpartition("/")[2])
    client.post(location, kind="signal", body="police", received_on=today(), about="Сообщение участкового")
    client.get(base)
    assert "сигнал: ПДН полиции" in client.text and "осталось 3 рабочих дня" in client.text
    links = client.page.xpath("//*[@id='missing']//a/@href")
    assert f"{base}/survey" in links and f"{base}/agreements/new" in links and f"{base}/consents/new" in links
    for link in links:
        client.get(link)
    client.post(f"{base}/survey", done_on=today(), conducted_by_id=worker.id, **SURVEY)
    mother = representative_of(family_id)
    client.post(f"{base}/agreements/new", number="12/п", signed_on=today(), representative_id=mother)
    client.get(f"{base}/intake")
    assert "12/п" in client.text and "Две комнаты" in client.text and "в срок" in client.text
    client.post(f"{base}/consents/new", representative_id=mother, given_on=today())
    client.post(
        f"{base}/intake/edit", version=1, kind="application", received_on=today(), course_reason="Не было"
    )
    client.get(base)
    assert set(client.page.xpath("//*[@id='missing']//a/text()")) == {"адрес", "скан согласия"}
    client.post(f"{base}/submit")
    client.get(base)
    assert "пока нет" not in client.page.xpath("string(//*[contains(@class, 'flash')])")


def test_putting_to_the_consilium_without_a_survey_warns(client, family):
    make_consent(family)
    with technical() as s:
        s.query(Patronage).update({"status": "consented"})
    client.post(f"/families/{family.id}/submit")
    client.get(f"/families/{family.id}")
    assert "Акта обследования условий жизнедеятельности пока нет" in client.text


@time_machine.travel(FRIDAY, tick=False)
def test_a_late_survey_is_shown_and_asks_why(app, family, worker):
    client = Client(app, worker)
    enter(family.id, worker.id, received_on=days_ago(7))
    for page in (f"/families/{family.id}", "/", "/families/surveys", f"/families/{family.id}/intake"):
        client.get(page)
        assert "просрочено на 2 рабочих дня" in client.text
    head = Client(app, make_user("head"))
    head.get("/")
    assert "из них просрочен 1" in head.text
    url = f"/families/{family.id}/survey"
    answer = dict(SURVEY, done_on=today(), conducted_by_id=worker.id, needs="Одежда")
    client.post(url, 422, **answer)
    assert "почему оно проведено позже" in client.text
    assert client.page.xpath("string(//textarea[@name='needs'])").strip() == "Одежда"
    client.post(url, **answer, late_reason="Семья уезжала")
    client.get(f"/families/{family.id}/intake")
    assert "с опозданием, срок был до 18.11.2026" in client.text and "Семья уезжала" in client.text
    client.get("/families/surveys")
    assert "Лесникова" not in client.text


def test_wrong_input_is_told_and_kept(client, family, worker):
    url = f"/families/{family.id}/intake/edit"
    client.post(url, 422, kind="signal", body="", received_on=today(), about="важное")
    assert "от кого поступил сигнал" in client.text and "важное" in client.last.text
    client.post(url, 422, kind="signal", body="nonsense", received_on=today())
    client.post(url, 422, received_on="2999-01-01", kind="application")
    client.post(url, 422, received_on="31.02.2026", kind="application")
    client.post(url, 422, received_on=today(), kind="application", about="я" * 30_000)
    survey_url = f"/families/{family.id}/survey"
    assert client.get(survey_url, 303).location.endswith("/intake/edit")
    enter(family.id, worker.id)
    client.post(survey_url, 422, done_on=today(), conducted_by_id=10**30, **SURVEY)
    client.post(survey_url, 422, done_on=today(), conducted_by_id="я", **SURVEY)
    client.post(survey_url, 422, done_on=today(), conducted_by_id=worker.id, housing="", conclusion="")
    agreement = f"/families/{family.id}/agreements/new"
    client.post(agreement, 422, number="", signed_on=today(), representative_id=1)
    client.post(agreement, 422, number="1", signed_on=today(), representative_id=10**30)
    client.post(agreement, 422, number="1" * 41, signed_on="", representative_id="")


def test_the_second_editor_sees_what_stands_there_and_keeps_what_they_typed(client, family, worker):
    enter(family.id, worker.id, about="Первое")
    url = f"/families/{family.id}/intake/edit"
    enter(family.id, worker.id, 1, about="Второе")
    client.post(url, 422, version=1, kind="application", received_on=today(), about="Третье")
    assert "Второе" in client.page.xpath("string(//*[@id='meanwhile'])") and "Третье" in client.last.text
    version = client.page.xpath("string(//input[@name='version']/@value)")
    client.post(url, version=version, kind="application", received_on=today(), about="Третье и второе")
    survey(family.id, worker.id)
    survey(family.id, worker.id, 1, needs="Дрова")
    url = f"/families/{family.id}/survey"
    client.post(url, 422, version=1, done_on=today(), conducted_by_id=worker.id, needs="Одежда", **SURVEY)
    assert "Дрова" in client.page.xpath("string(//*[@id='meanwhile'])") and "Одежда" in client.last.text


def test_agreements_are_corrected_ended_and_their_scan_comes_back(app, client, family, worker):
    base, mother = f"/families/{family.id}", representative_of(family.id)
    scan = (io.BytesIO(picture("PNG")), "Лесникова.png")
    client.get(f"{base}/agreements/new")
    assert client.page.xpath(f"//a[@href='/papers/families/{family.id}#offers']")
    client.post(f"{base}/agreements/new", number="7", signed_on=today(), representative_id=mother, scan=scan)
    one = db.session.query(Agreement).one()
    answer = client.get(f"{base}/agreements/{one.id}/scan")
    assert answer.mimetype == "image/jpeg" and "agreement-" in answer.headers["Content-Disposition"]
    client.get(f"{base}/agreements/new", 303)
    edit, end = f"{base}/agreements/{one.id}/edit", f"{base}/agreements/{one.id}/end"
    client.get(edit)
    client.post(edit, version=1, number="8", signed_on=today(), representative_id=mother)
    client.post(edit, 422, version=1, number="9", signed_on=today(), representative_id=mother)
    assert client.page.xpath("//*[@id='meanwhile']")
    client.get(end)
    client.post(end, 422, version=2, ended_on="2001-01-01", reason="смена")
    client.post(end, 422, version=2, ended_on=today(), reason="")
    client.post(end, version=2, ended_on=today(), reason="смена представителя")
    client.get(edit, 303)
    client.get(f"{base}/intake")
    assert "прекращ" in client.text or "смена представителя" in client.text
    client.get(f"{base}/agreements/new")
    other = make_family("Чужая", created_by_id=worker.id)
    make_patronage(other, "identified")
    client.get(f"/families/{other.id}/agreements/{one.id}/scan", 404)


def test_the_consilium_reads_and_changes_nothing(app, family, worker):
    enter(family.id, worker.id)
    survey(family.id, worker.id)
    agreement_id = sign(family.id, worker.id)
    with technical() as s:
        s.query(Patronage).update({"status": "submitted"})
    chair = Client(app, make_user("chair"))
    chair.get(f"/families/{family.id}/intake")
    assert "Две комнаты" in chair.text
    assert not chair.page.xpath(f"//main//a[starts-with(@href, '/families/{family.id}/survey')]")
    for page in ("intake/edit", "survey", "agreements/new", f"agreements/{agreement_id}/edit"):
        chair.get(f"/families/{family.id}/{page}", 403)
    stranger = Client(app, make_user("specialist"))
    for page in ("intake", "intake/edit", "survey", "agreements/new", f"agreements/{agreement_id}/scan"):
        stranger.get(f"/families/{family.id}/{page}", 404)


def test_a_colleague_who_did_not_write_the_survey_is_told(app, family, worker):
    enter(family.id, worker.id)
    survey(family.id, worker.id)
    head = Client(app, make_user("head"))
    head.get(f"/families/{family.id}/survey")
    other = make_user("pedagogue")
    make_assignment(queries.papers(family.id).patronage, other)
    colleague = Client(app, other)
    colleague.get(f"/families/{family.id}/survey", 303)
    colleague.get(f"/families/{family.id}/intake")
    assert "исправляет его автор" in colleague.text
    assert not colleague.page.xpath(f"//a[@href='/families/{family.id}/survey']")


def test_families_of_the_register_are_not_nagged(app, worker):
    family = make_family("Реестрова", created_by_id=worker.id)
    make_patronage(family, "identified", imported=True)
    enrolled = make_patronage(make_family(), lead=worker, imported=True)
    client = Client(app, worker)
    client.get("/families/surveys")
    assert "Реестрова" not in client.text
    client.get(f"/families/{enrolled.family_id}")
    assert not client.page.xpath("//*[@id='missing']//a[contains(@href, 'intake')]")
    client.get(f"/families/{enrolled.family_id}/intake")
    assert "внесена из реестра" in client.text


def test_the_list_of_surveys_is_paged_and_asks_no_more_for_more_rows(app, client, worker):
    sizes = []
    for _ in range(2):
        for _ in range(15):
            family = make_family("Лесникова", created_by_id=worker.id)
            make_patronage(family, "identified")
        for page in ("/families/surveys", "/"):
            client.get(page)
        with counted() as sent:
            client.get("/families/surveys")
        sizes.append(len(sent))
    assert sizes[0] == sizes[1]
    assert len(client.page.xpath("//tbody/tr")) == queries.PAGE
    client.get("/families/surveys?page=2")
    assert len(client.page.xpath("//tbody/tr")) == 5
    client.get("/families/surveys?page=99999999999999999999")
    client.get("/families/surveys?page=nonsense")
