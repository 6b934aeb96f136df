"""A social diagnosis written on a phone, approved by the head, compared with the last one."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from portal import clock
from portal.settings.words import WORDS
from tests.factories import make_diagnosis, make_family, make_patronage, make_user
from tests.journeys.conftest import Center, axe


def test_a_diagnosis_from_the_phone_to_the_change(center: Center) -> None:
    lead = make_user("specialist", username="lead")
    make_user("head", username="head")
    family = make_family("Лесникова")
    patronage = make_patronage(family, lead=lead)
    make_diagnosis(
        patronage, lead, score=4, state="approved", day=clock.today() - timedelta(90), causes="Долги"
    )
    page = center.open("lead", size="phone")
    page.goto(f"/families/{family.id}")
    axe(page)
    page.get_by_role("link", name="Диагноз", exact=True).click()
    page.get_by_role("link", name="Новый диагноз").click()
    page.get_by_text("Тексты перенесены из диагноза").wait_for()
    axe(page)
    page.locator("label[for='score_housing-1']").click()
    page.locator("[name=note_housing]").fill("Долг погашен")
    page.get_by_role("button", name="Сохранить и сдать на утверждение").click()
    page.get_by_text("Ещё не оценены: доходы и работа").wait_for()
    axe(page)
    expect(page.locator("#score_housing-1")).to_be_checked()
    expect(page.locator("[name=causes]")).to_have_value("Долги")
    for code, *_ in WORDS["spheres"]:
        page.locator(f"label[for='score_{code}-1']").click()
    page.get_by_text("1 — первые признаки").click()
    page.locator("[name=conclusion]").fill("Семья справляется.")
    page.get_by_role("button", name="Сохранить и сдать на утверждение").click()
    page.wait_for_url(re.compile(r"/diagnoses/\d+$"))
    axe(page)
    head = center.open("head")
    head.locator("#approvals").get_by_role("link", name="Лесникова").click()
    head.wait_for_url(re.compile(r"/diagnoses/\d+$"))
    axe(head)
    head.get_by_role("button", name="Утвердить").click()
    head.get_by_text("Диагноз утверждён").first.wait_for()
    page.goto(f"/families/{family.id}/diagnoses")
    assert page.locator("main").inner_text().count("лучше на 3") == 10
    axe(page)
    page.goto(f"/families/{family.id}/analysis")
    axe(page)
