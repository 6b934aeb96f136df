"""How it stands with a family's papers, on its card."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from portal import clock, memory
from portal.accounts.models import User
from portal.db import db, technical
from portal.families.models import Consent, Family, StoredFile
from portal.intake.models import Agreement, Intake, Survey
from portal.papers import actions, catalog, standing
from portal.papers.models import Paper
from portal.patronage.models import ClosingAnalysis, Patronage
from portal.rules.papers import MUST_SAY, SHOULD, State
from tests.access.club_world import PIXEL
from tests.client import Client
from tests.counting import counted
from tests.factories import make_consent, make_diagnosis, make_family, make_patronage, make_plan, make_user
from tests.papers.kinds import Said, tried_kind

OF = {
    "application": "patronage", "consent": "representative", "personal-data-consent": "representative",
    "survey-report": "patronage", "service-agreement": "patronage", "enrollment-order": "decision",
    "social-diagnosis": "diagnosis", "support-plan": "plan", "closing-analysis": "patronage",
    "removal-order": "decision",
}  # fmt: skip


@pytest.fixture(autouse=True)
def kinds(tried: Any, said: Said, family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kinds that the rule names, each with all that it must say."""
    for fact, _what in MUST_SAY.values():
        name, _dot, part = fact.partition(".")
        said.facts |= {name: {part: "есть"}}
    for code in SHOULD:
        orders = code.endswith("-order")
        kind = tried_kind(
            said, code=code, of=OF[code], get=lambda _u, one: one, family_of=lambda _one: family.id,
            is_registered=not orders,
        )  # fmt: skip
        monkeypatch.setitem(catalog.KINDS, code, kind)


@pytest.fixture
def lead(app: Flask) -> User:
    """Who leads the family."""
    return make_user("specialist")


@pytest.fixture
def family(app: Flask) -> Family:
    """A family."""
    return make_family("Петрова")


def _states(family: Family) -> dict[str, str]:
    db.session.rollback()
    return {line.code: line.state for line in standing.of_family(family.id)}


def _line(family: Family, code: str) -> standing.Line:
    db.session.rollback()
    return next(line for line in standing.of_family(family.id) if line.code == code)


def _add(*rows: Any) -> None:
    with technical() as s:
        s.add_all(rows)


def _scan() -> int:
    row = StoredFile(
        name=f"x{clock.now().timestamp()}",
        media_type="image/jpeg",
        size=1,
        sha256="",
        uploaded_at=clock.now(),
    )
    _add(row)
    return row.id


def _sign(code: str, object_id: int, head: User, day: date | None = None) -> None:
    kind = catalog.KINDS[code]
    found = actions.register(kind, object_id, day or clock.today(), head.id)
    actions.attach_scan(found.id, (PIXEL, "image/jpeg"), day or clock.today(), head.id)


def test_a_family_on_its_way(family: Family, lead: User) -> None:
    patronage = make_patronage(family, "identified", lead)
    assert set(_states(family).values()) == {"missing"}
    assert _line(family, "survey-report").object_id == patronage.id
    day, now = clock.today(), clock.now()
    _add(
        Intake(patronage_id=patronage.id, kind="application", received_on=day, entered_by_id=lead.id, entered_at=now),
        Survey(
            patronage_id=patronage.id, due_on=day, done_on=day, conducted_by_id=lead.id, conclusion="-",
            author_id=lead.id, written_at=now,
        ),
        Agreement(
            patronage_id=patronage.id, number="1", signed_on=day, scan_id=_scan(),
            representative_id=family.members[0].id, recorded_by_id=lead.id, recorded_at=now,
        ),
    )  # fmt: skip
    make_consent(family)
    unsigned = {"application": "unsigned", "consent": "unsigned", "survey-report": "unsigned"}
    assert _states(family) == unsigned | {"service-agreement": "fine", "personal-data-consent": "missing"}
    assert next(iter(_states(family))) == "personal-data-consent"  # the worst is first
    actions.register(catalog.KINDS["application"], patronage.id, day, lead.id)
    assert _states(family)["application"] == "unsigned"
    assert _line(family, "application").registered_id
    for code, object_id in (("application", patronage.id), ("personal-data-consent", family.members[0].id)):
        _sign(code, object_id, lead)
    assert {_states(family)[one] for one in ("application", "personal-data-consent")} == {"fine"}


def test_who_came_by_a_signal_still_applies(family: Family, lead: User) -> None:
    patronage = make_patronage(family, "identified", lead)
    _add(
        Intake(
            patronage_id=patronage.id, kind="signal", body="school", received_on=clock.today(),
            entered_by_id=lead.id, entered_at=clock.now(),
        )
    )  # fmt: skip
    assert _states(family)["application"] == "missing"
    actions.register(catalog.KINDS["application"], patronage.id, clock.today(), lead.id)
    assert _states(family)["application"] == "unsigned"


def test_an_enrolled_family(family: Family, lead: User) -> None:
    patronage = make_patronage(family, lead=lead)
    states = _states(family)
    assert {states[one] for one in ("social-diagnosis", "support-plan", "enrollment-order")} == {"missing"}
    diagnosis = make_diagnosis(patronage, lead, state="approved")
    plan = make_plan(patronage, lead)
    assert _line(family, "social-diagnosis").object_id == diagnosis.id
    assert _states(family)["social-diagnosis"] == "unsigned"
    _sign("social-diagnosis", diagnosis.id, lead)
    assert _states(family)["social-diagnosis"] == "fine"
    assert _line(family, "support-plan").object_id in (plan.id, None)


def test_a_family_from_a_register_is_not_asked_for_what_was_before(family: Family, lead: User) -> None:
    make_patronage(family, lead=lead, imported=True)
    assert not {"application", "survey-report", "enrollment-order"} & set(_states(family))


def test_a_consent_withdrawn_is_expired_and_a_new_one_is_not_signed_by_the_old_paper(
    family: Family, lead: User
) -> None:
    today = clock.today()
    make_patronage(family, "consented", lead)
    old = make_consent(family, today - timedelta(9))
    _sign("consent", family.members[0].id, lead, today - timedelta(9))
    assert _states(family)["consent"] == "fine"
    with technical() as s:
        s.execute(update(Consent).where(Consent.id == old.id).values(withdrawn_on=today))
    assert _line(family, "consent").state == State.EXPIRED
    assert _line(family, "consent").ended_on == today - timedelta(1)
    make_consent(family, today)
    assert _states(family)["consent"] == "unsigned"


def test_a_short_term_over_and_an_ended_agreement_are_expired(family: Family, lead: User) -> None:
    yesterday = clock.today() - timedelta(1)
    patronage = make_patronage(family, lead=lead, term="short", ends_on=yesterday)
    _add(
        Agreement(
            patronage_id=patronage.id, number="1", signed_on=yesterday - timedelta(9), scan_id=_scan(),
            representative_id=family.members[0].id, recorded_by_id=lead.id, recorded_at=clock.now(),
        )
    )  # fmt: skip
    assert _line(family, "service-agreement").ended_on == yesterday
    with technical() as s:
        s.execute(update(Patronage).values(term="long", ends_on=None))
    assert _states(family)["service-agreement"] == "fine"
    with technical() as s:
        s.execute(update(Agreement).values(ended_on=yesterday))
    assert _states(family)["service-agreement"] == "expired"


def test_before_the_removal_the_closing_analysis_is_asked_for(family: Family, lead: User) -> None:
    patronage = make_patronage(family, lead=lead, stage="final")
    assert _states(family)["closing-analysis"] == "missing"
    assert _line(family, "closing-analysis").object_id is None
    head = make_user("head")
    _add(
        ClosingAnalysis(
            patronage_id=patronage.id, body="-", author_id=lead.id, written_at=clock.now(),
            approved_by_id=head.id, approved_at=clock.now(),
        )
    )  # fmt: skip
    assert _line(family, "closing-analysis").object_id == patronage.id
    assert _states(family)["closing-analysis"] == "unsigned"


def test_a_void_paper_is_none(family: Family, lead: User) -> None:
    make_patronage(family, "identified", lead)
    member_id = family.members[0].id
    found = actions.register(catalog.KINDS["personal-data-consent"], member_id, clock.today(), lead.id)
    assert _states(family)["personal-data-consent"] == "unsigned"
    actions.void(found.id, "ошибка", lead.id)
    assert _states(family)["personal-data-consent"] == "missing"


def test_it_is_three_queries_however_many_papers(family: Family, lead: User) -> None:
    make_patronage(family, lead=lead)
    with counted() as few:
        standing.of_family(family.id)
    assert len(few) == 3
    for place in range(6):
        _add(
            Paper(
                kind="personal-data-consent", year=clock.today().year, number=place + 1, day=clock.today(),
                object_id=place, family_id=family.id, facts="x", file="x", sha256="x", made_by_id=lead.id,
                made_at=clock.now(),
            )
        )  # fmt: skip
    db.session.rollback()
    with counted() as many:
        standing.of_family(family.id)
    assert len(many) == 3


def test_the_card_says_what_is_missing_and_asks_nothing_more(
    app: Flask, family: Family, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_patronage(family, lead=lead)
    actions.register(catalog.KINDS["personal-data-consent"], family.members[0].id, clock.today(), lead.id)
    client = Client(app, lead)
    client.get(f"/families/{family.id}")
    assert client.page.xpath("//section[@id='papers']//li")
    assert client.page.xpath("//section[@id='papers']//a[starts-with(@href, '/papers/registered/')]")
    monkeypatch.setattr(memory, "forget", lambda _app: None)  # as it is outside of tests
    client.get(f"/families/{family.id}")
    with counted() as again:
        client.get(f"/families/{family.id}")
    assert not [one for one in again if " papers" in one]  # what was read is kept until something changes


def test_who_only_reads_the_family_is_led_to_papers_and_to_nothing_else(app: Flask, family: Family) -> None:
    make_patronage(family, "submitted")
    client = Client(app, make_user("chair"))
    client.get(f"/families/{family.id}")
    links = client.page.xpath("//section[@id='papers']//a/@href")
    assert f"/papers/families/{family.id}" in links
    assert not [one for one in links if not one.startswith("/papers/")]


def test_the_page_of_the_papers_says_what_should_be_and_offers_the_rest(
    app: Flask, family: Family, lead: User, monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    patronage = make_patronage(family, lead=lead)
    client = Client(app, lead)
    client.get(f"/papers/families/{family.id}")
    assert client.page.xpath("//section[@id='dossier']//a[contains(@href, '/intake/')]")
    offered = set(client.page.xpath("//section[@id='offers']//li/span/a/@href"))
    mother, child = family.members
    assert f"/papers/application/{patronage.id}" in offered
    assert f"/papers/personal-data-consent/{mother.id}" in offered
    assert f"/papers/personal-data-consent/{child.id}" not in offered
    assert not [one for one in offered if "closing-analysis" in one or "order" in one]
    for link in offered:
        client.get(link)
    stranger = Client(app, make_user("specialist"))
    stranger.get(f"/papers/families/{family.id}", 404)


def test_each_line_that_lacks_something_leads_to_where_it_is_mended(
    app: Flask, family: Family, lead: User
) -> None:
    patronage = make_patronage(family, lead=lead)
    consent_id = make_consent(family).id
    diagnosis = make_diagnosis(patronage, lead, state="approved")
    mother = family.members[0]
    client = Client(app, lead)
    for address in (f"/families/{family.id}", f"/papers/families/{family.id}"):
        client.get(address)
        buttons = client.page.xpath("//ul[@class='list']//a[contains(@class, 'btn')]/@href")
        for needed in (
            f"/families/{family.id}/consents/{consent_id}/scan/new",  # the scan of what was signed
            f"/papers/personal-data-consent/{mother.id}#register",
            f"/papers/social-diagnosis/{diagnosis.id}#register",
        ):
            assert needed in buttons
    actions.register(catalog.KINDS["social-diagnosis"], diagnosis.id, clock.today(), lead.id)
    client.get(f"/papers/families/{family.id}")
    assert f"/papers/social-diagnosis/{diagnosis.id}#register" not in client.page.xpath("//a/@href")


def test_a_consent_signed_by_its_paper_needs_no_other_scan(app: Flask, family: Family, lead: User) -> None:
    make_patronage(family, "consented", lead)
    consent_id, lacking = make_consent(family).id, "//*[@id='missing']//a[contains(@href, '/scan/new')]/@href"
    client = Client(app, lead)
    client.get(f"/families/{family.id}")
    assert client.page.xpath(lacking) == [f"/families/{family.id}/consents/{consent_id}/scan/new"]
    _sign("consent", family.members[0].id, lead)
    client.get(f"/families/{family.id}")
    assert not client.page.xpath(lacking)


def test_a_declined_family_owes_nothing(app: Flask, family: Family, lead: User) -> None:
    make_patronage(family, "declined", lead)
    client = Client(app, make_user("head"))
    client.get(f"/papers/families/{family.id}")
    assert not client.page.xpath("//section[@id='dossier']//li")
    client.get(f"/families/{family.id}")
    assert not client.page.xpath("//section[@id='papers']")


def test_the_list_of_families_with_what_they_lack(app: Flask, family: Family, lead: User) -> None:
    make_patronage(family, lead=lead)
    client = Client(app, lead)
    client.get("/papers/missing")
    assert len(client.page.xpath("//tbody/tr")) == 1 and "Петрова" in client.text
    counts = []
    head = Client(app, make_user("head"))
    for _ in range(2):
        for _one in range(3):
            make_patronage(lead=make_user("specialist"))
        head.get("/papers/missing")
        with counted() as sent:
            head.get("/papers/missing")
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert len(head.page.xpath("//tbody/tr")) == 7
    Client(app, make_user("chair")).get("/papers/missing", 403)


def test_the_register_and_what_families_lack_are_taken_as_files(
    app: Flask, family: Family, lead: User
) -> None:
    make_patronage(family, lead=lead)
    actions.register(catalog.KINDS["personal-data-consent"], family.members[0].id, clock.today(), lead.id)
    client = Client(app, lead)
    for address, told in (("/papers/", f"{clock.today():%d.%m.%Y}"), ("/papers/missing", "Петрова")):
        client.get(address)
        assert client.page.xpath("//form[contains(@class, 'as-file')]//button/@value") == ["xlsx", "csv"]
        lines = client.post(address, 200, as_file="csv").get_data(as_text=True).splitlines()
        assert len(lines) == 2 and told in lines[1]
    other = Client(app, make_user("specialist"))
    other.get("/papers/")
    assert len(other.post("/papers/", 200, as_file="csv").get_data(as_text=True).splitlines()) == 1
