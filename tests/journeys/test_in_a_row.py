"""Quick touches one after the other, the answer to the first one late: what is counted is what was saved."""

from datetime import time

from playwright.sync_api import Page, Route, expect

from portal import clock
from portal.contacts import actions as contacts
from tests.factories import (
    make_booking,
    make_club,
    make_family,
    make_patronage,
    make_recipient,
    make_session,
    make_user,
)
from tests.journeys.conftest import Center

HELD, ARRIVED = 1500, 2500  # milliseconds


def late(page: Page, address: str) -> None:
    """The first answer from this address comes after those that follow it, unless these wait."""

    def hold(route: Route) -> None:
        answer = route.fetch()
        page.wait_for_timeout(HELD)
        route.fulfill(response=answer)

    page.route(address, hold, times=1)


def test_steps_of_a_contact(center: Center) -> None:
    lead = make_user("specialist", username="lead")
    patronage = make_patronage(make_family("Лесникова"), lead=lead)
    visit = {"kind": "visit", "day": clock.today(), "starts_at": time(6), "minutes": 60}
    contact_id = contacts.plan_contact(patronage.id, lead.id, lead.id, **visit)
    page = center.open("lead", size="phone")
    page.goto(f"{center.url}/contacts/{contact_id}/run")
    late(page, "**/run/steps/*")
    straight = page.locator("#stage-study li.step button.tick, #stage-help li.step button.tick")
    straight.nth(0).click()
    straight.nth(1).click()
    straight.nth(2).click()
    page.wait_for_timeout(ARRIVED)
    expect(page.locator("li.step.done")).to_have_count(3)
    expect(page.locator("#run-progress b")).to_contain_text("3 из")


def test_marks_of_a_session(center: Center) -> None:
    leader = make_user("pedagogue", username="leader")
    club = make_club(leader)
    session = make_session(club, clock.today(), starts_at=time(6))
    for surname in ("Соколова", "Зимина", "Орлова"):
        make_booking(session, make_recipient(club, surname=surname))
    page = center.open("leader", size="phone")
    page.goto(f"{center.url}/clubs/sessions/{session.id}/attendance")
    late(page, "**/attendance")
    for row in page.locator("ul.roster li").all():
        row.get_by_text("На месте").click()
    page.wait_for_timeout(ARRIVED)
    expect(page.locator("#marked b")).to_contain_text("3 из 3")
