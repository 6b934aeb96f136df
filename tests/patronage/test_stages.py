"""Stages of a patronage: the path on the card, the moves, and that every button drawn can be pressed."""

import re

import pytest
from sqlalchemy import select, text

from portal import clock
from portal.audit import AuditEntry
from portal.consilium.models import Item, Meeting
from portal.db import db, technical
from portal.patronage import actions
from portal.patronage.models import Patronage
from portal.rules import lifecycle
from portal.rules.lifecycle import Stage, Status
from tests.client import Client
from tests.factories import make_analysis, make_diagnosis, make_family, make_patronage, make_plan, make_user
from tests.refusals import refuses


@pytest.fixture
def lead(app):
    return make_user("specialist")


def at(patronage) -> str | None:
    db.session.rollback()
    return db.session.get_one(Patronage, patronage.id).stage


def put_on_agenda(patronage, author):
    with technical() as s:
        meeting = Meeting(
            number=1, year=2026, held_on=clock.today(), starts_at=clock.now().time(), status="convened",
            created_by_id=author.id,
        )  # fmt: skip
        s.add(meeting)
        s.flush()
        s.add(Item(meeting_id=meeting.id, position=1, kind="remove", patronage_id=patronage.id))


def test_the_main_stage_begins_with_the_diagnosis_and_the_plan(lead):
    patronage = make_patronage(lead=lead, stage="preparatory")
    with refuses("no_diagnosis"):
        actions.move_stage(patronage.id, "begin_main", lead.id)
    make_diagnosis(patronage, lead)
    with refuses("no_diagnosis"):
        actions.move_stage(patronage.id, "begin_main", lead.id)
    with technical() as s:
        s.execute(text("DELETE FROM diagnosis_scores"))
        s.execute(text("DELETE FROM diagnoses"))
    make_diagnosis(patronage, lead, state="approved")
    make_plan(make_patronage(), lead, "in_force")
    make_plan(patronage, lead, "agreed")
    with refuses("no_plan"):
        actions.move_stage(patronage.id, "begin_main", lead.id)
    make_plan(patronage, lead, "in_force", version=2)
    actions.move_stage(patronage.id, "begin_main", lead.id)
    assert at(patronage) == "main"
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry.event == "patronage.stage_moved" and '"old": {"stage": "preparatory"}' in entry.data


def test_final_and_back(lead):
    patronage = make_patronage(lead=lead)
    actions.move_stage(patronage.id, "begin_final", lead.id)
    assert at(patronage) == "final"
    actions.move_stage(patronage.id, "back_to_main", lead.id)
    with refuses("wrong_state"):
        actions.move_stage(patronage.id, "back_to_main", lead.id)
    actions.move_stage(patronage.id, "begin_final", lead.id)
    put_on_agenda(patronage, lead)
    with refuses("no_off_agenda"):
        actions.move_stage(patronage.id, "back_to_main", lead.id)


def test_writing_the_analysis_begins_the_final_stage_of_a_main_one_only(lead):
    for stage, then in (("preparatory", "preparatory"), ("main", "final"), ("final", "final")):
        patronage = make_patronage(make_family(), lead=lead, stage=stage)
        actions.write_analysis(patronage.id, "Цели плана достигнуты.", lead.id)
        assert at(patronage) == then
    away = make_patronage(make_family(), "suspended", lead=lead)
    actions.write_analysis(away.id, "Согласие отозвано, работа остановлена.", lead.id)
    assert at(away) == "main"


@pytest.mark.parametrize("status", ["submitted", "suspended", "removed"])
def test_nothing_moves_off_patronage(lead, status):
    patronage = make_patronage(make_family(), status, lead=lead)
    with refuses("wrong_state"):
        actions.move_stage(patronage.id, "begin_final", lead.id)


def test_the_card_says_what_is_lacking_and_where(app, lead):
    patronage = make_patronage(make_family(), lead=lead, stage="preparatory")
    make_plan(patronage, lead, "in_force")
    card, client = f"/families/{patronage.family_id}", Client(app, lead)
    client.get(card)
    path = client.page.xpath("//div[@id='stages']")[0]
    assert path.xpath(f".//a[@href='{card}/diagnoses']") and not path.xpath(".//button")
    client.post(f"{card}/stage", move="begin_main")
    client.get(card)
    assert "Основной этап начинается, когда утверждён социальный диагноз" in client.text
    make_diagnosis(patronage, lead, state="approved")
    client.get(card)
    client.post(f"{card}/stage", move=client.page.xpath("//div[@id='stages']//button/@value")[0])
    assert at(patronage) == "main"
    client.get(card)
    assert (
        client.page.xpath("//div[@id='stages']//li[@aria-current='step']")[0].text_content()
        == "Основной этап"
    )
    client.post(f"{card}/stage", move="нет такого")
    assert at(patronage) == "main"


def test_a_family_off_patronage_has_no_path(app, lead):
    for status in ("identified", "consented", "submitted", "removed", "declined", "refused"):
        family = make_family(created_by_id=lead.id)
        make_patronage(family, status)
        client = Client(app, make_user("head"))
        client.get(f"/families/{family.id}")
        assert not client.page.xpath("//div[@id='stages']")


def _drawn(client: Client) -> set[tuple[str, str, str, str]]:
    """What can be pressed on the card: (method, address, name, value)."""
    page, found = client.page, set()
    for form in page.xpath("//main//form[@method='post']"):
        for button in form.xpath(".//button"):
            found.add(("post", form.get("action"), button.get("name", ""), button.get("value", "")))
    for link in page.xpath("//main//a[contains(@class, 'btn')]/@href"):
        if re.search(r"/(decline|consents/new|analysis|hand-over|new)$", link):
            found.add(("get", link, "", ""))
    return found


@pytest.mark.parametrize("role", ["head", "specialist", "chair"])
def test_every_button_drawn_can_be_pressed(app, role, monkeypatch):
    """For every status, stage and role; what the lifecycle refuses with wrong_state was no button to draw."""
    refused: list[tuple[str, str]] = []
    real = lifecycle._refuse

    def noted(message, status, event):
        refused.append((status, event))
        real(message, status, event)

    monkeypatch.setattr(lifecycle, "_refuse", noted)
    user = make_user(role)
    cases = [(status, None) for status in Status if status not in ("enrolled", "suspended")]
    cases += [(status, stage) for status in ("enrolled", "suspended") for stage in Stage]
    pressed = 0
    for status, stage in cases:
        patronage = make_patronage(make_family(), status, stage=stage)
        if role == "specialist":
            with technical() as s:
                s.execute(
                    text(
                        "INSERT INTO assignments (patronage_id, user_id, kind, starts_on, reason)"
                        " VALUES (:p, :u, 'lead', :d, '')"
                    ),
                    {"p": patronage.id, "u": user.id, "d": clock.today()},
                )
        if stage is not None:
            make_diagnosis(patronage, make_user("specialist"), state="approved")
            make_plan(patronage, make_user("specialist"), "in_force")
        client = Client(app, user)
        card = f"/families/{patronage.family_id}"
        if role == "chair" and status != "submitted":
            client.get(card, 404)
            continue
        client.get(card)
        for method, address, name, value in sorted(
            _drawn(client)
        ):  # to look first: what is posted may move the family
            pressed += 1
            before = at(patronage)
            if method == "get":
                client.get(address)
                continue
            client.post(address, **({name: value} if name else {}))
            if address.endswith("/stage"):
                assert at(patronage) != before
        with technical() as s:  # a decision ends what the buttons began
            s.execute(
                text("UPDATE patronages SET status = :s WHERE id = :p"), {"s": status, "p": patronage.id}
            )
    assert refused == []
    assert pressed > 15 or role == "chair"


def test_declining_is_possible_wherever_it_is_offered(app):
    head = make_user("head")
    for status in ("identified", "consented", "submitted"):
        patronage = make_patronage(make_family(), status)
        client = Client(app, head)
        client.get(f"/families/{patronage.family_id}")
        assert client.page.xpath("//a[contains(@href, '/decline')]")
        client.post(f"/families/{patronage.family_id}/decline", reason="Не хотят")
        db.session.rollback()
        assert db.session.get_one(Patronage, patronage.id).status == "declined"


def test_an_unapproved_analysis_is_what_the_final_stage_lacks(app, lead):
    patronage = make_patronage(lead=lead, stage="final")
    kept = make_analysis(patronage, lead)
    client = Client(app, lead)
    client.get(f"/families/{patronage.family_id}")
    assert "утверждение итогового анализа заведующим" in client.text
    actions.approve_analysis(patronage.id, kept.written_at, make_user("head").id)
    client.get(f"/families/{patronage.family_id}")
    assert "Итоговый анализ утверждён: консилиум может решать" in client.text
