"""A specialist's contact on a phone, from the plan to the write-up; the head sees the norms."""

from datetime import timedelta

from portal import clock
from tests.factories import make_family, make_patronage, make_user
from tests.journeys.conftest import Center, axe


def test_a_contact_from_the_plan_to_the_write_up(center: Center) -> None:
    lead = make_user("specialist", username="lead")
    make_user("head", username="head")
    family = make_family("Лесникова")
    make_patronage(family, lead=lead, regime="emergency", next_contact_on=clock.today() - timedelta(1))
    page = center.open("lead", size="phone")
    page.goto(f"/families/{family.id}")
    axe(page)
    page.get_by_role("link", name="Запланировать контакт").click()
    axe(page)
    page.locator("[name=starts_at]").fill("06:15")
    page.locator("[name=members]").first.check()
    page.get_by_role("button", name="Запланировать").click()
    page.get_by_text("Контакт запланирован").first.wait_for()
    axe(page)
    page.get_by_role("button", name="Согласован по телефону").click()
    page.get_by_text("Согласовано по телефону").wait_for()
    page.get_by_role("link", name="Состоялся", exact=True).click()
    axe(page)
    assert page.locator("[name=members]").first.is_checked()
    page.locator("[name=notes]").fill("Дома спокойно, уроки сделаны.")
    page.locator("[name=minutes]").fill("100")
    page.get_by_role("button", name="Сохранить").click()
    page.get_by_text("порядок отводит 90 мин").wait_for()
    axe(page)
    for path in ("/contacts/", "/contacts/norms", f"/families/{family.id}/contacts"):
        page.goto(path)
        assert "Лесникова" in page.locator("main").inner_text()
        axe(page)
    head = center.open("head")
    head.goto("/contacts/norms")
    assert head.get_by_role("link", name="Лесникова").first.is_visible()
    axe(head)
