"""What comes from the server while somebody presses: no click is lost or counted twice, no draft outlives its form."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, Request, Route, expect

from portal import clock
from tests.factories import make_family, make_patronage, make_plan, make_user
from tests.journeys.conftest import Center

SOON, LATER = "Дети учатся", "Дети учатся и здоровы"
CLICK_TWICE = """button => {
  button.click();
  document.addEventListener("htmx:finally:request", () => requestAnimationFrame(() => button.click()));
}"""


def form(center: Center) -> Page:
    """The form of a planned contact, filled in but for the day."""
    lead = make_user("specialist", username="lead")
    patronage = make_patronage(make_family("Лесникова"), lead=lead)
    page = center.open("lead")
    page.goto(f"/families/{patronage.family_id}/contacts/new")
    page.locator("[name=starts_at]").fill("10:00")
    page.locator("[name=members]").first.check()
    return page


def hold(page: Page, which: Callable[[Request], bool]) -> list[Route]:
    """Requests that wait for the test to let them go on."""
    held: list[Route] = []
    page.route("**/*", lambda route: held.append(route) if which(route.request) else route.fallback())
    return held


def until_held(page: Page, held: list[Route]) -> Route:
    """The next of them, as soon as the page has asked."""
    for _ in range(300):
        if held:
            return held.pop()
        page.wait_for_timeout(100)
    raise AssertionError("nothing was asked for")


def asks_what_is_taken(request: Request) -> bool:
    return "/taken" in request.url


def sends_the_form(request: Request) -> bool:
    return request.method == "POST" and request.url.endswith("/contacts/new")


def keeps_a_draft(request: Request) -> bool:
    return request.url.endswith("/drafts/")


def let_go(page: Page, route: Route) -> None:
    """Its answer has come to the page, and the page has had time to show it."""
    with page.expect_response(route.request.url):
        route.continue_()
    page.wait_for_timeout(300)


def test_an_answer_does_not_move_the_button_that_is_held_down(center: Center) -> None:
    page = form(center)
    said, held = page.locator("#taken").inner_text(), hold(page, asks_what_is_taken)
    page.locator("[name=day]").fill(str(clock.today() + timedelta(2)))
    asked = until_held(page, held)
    page.get_by_role("button", name="Запланировать").hover()
    page.mouse.down()
    let_go(page, asked)
    assert page.locator("#taken").inner_text() == said
    page.mouse.up()
    expect(page.get_by_text("Контакт запланирован")).to_be_visible()


def test_an_answer_is_shown_after_a_press_that_leads_nowhere(center: Center) -> None:
    page = form(center)
    said, held = page.locator("#taken").inner_text(), hold(page, asks_what_is_taken)
    page.locator("[name=day]").fill(str(clock.today() + timedelta(2)))
    asked = until_held(page, held)
    page.locator("h1").hover()
    page.mouse.down()
    let_go(page, asked)
    page.mouse.up()
    expect(page.locator("#taken")).not_to_have_text(said, use_inner_text=True)


def test_one_click_is_one_request_whatever_else_is_answered(center: Center) -> None:
    """The second one comes when the answer to another field has."""
    page = form(center)
    asked, sent = hold(page, asks_what_is_taken), hold(page, sends_the_form)
    page.locator("[name=day]").fill(str(clock.today() + timedelta(2)))
    question, address = until_held(page, asked), page.url
    page.get_by_role("button", name="Запланировать").evaluate(CLICK_TWICE)
    first = until_held(page, sent)
    question.continue_()
    page.wait_for_timeout(1000)
    assert sent == []
    first.continue_()
    expect(page.get_by_text("Контакт запланирован")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("ерновик")).to_have_count(0)


def test_a_form_waits_for_its_draft_that_is_on_its_way(center: Center) -> None:
    page = form(center)
    drafts, sent = hold(page, keeps_a_draft), hold(page, sends_the_form)
    page.locator("[name=day]").fill(str(clock.today() + timedelta(2)))
    draft = until_held(page, drafts)
    page.get_by_role("button", name="Запланировать").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert sent == []
    let_go(page, draft)
    until_held(page, sent).continue_()
    expect(page.get_by_text("Контакт запланирован")).to_be_visible()


def test_what_is_typed_while_a_row_is_added_stays(center: Center) -> None:
    lead = make_user("specialist", username="lead")
    plan = make_plan(make_patronage(make_family("Лесникова"), lead=lead), lead)
    page = center.open("lead")
    page.goto(f"/plans/{plan.id}/edit")
    aim, rows = page.locator("[name=aim]"), page.locator("[name^=goals-0-measures-][name$=-text]")
    aim.fill(SOON)
    asked = hold(page, lambda request: request.method == "POST" and request.url.endswith("/edit"))
    page.get_by_role("button", name="Ещё одно мероприятие").click()
    adding = until_held(page, asked)
    aim.fill(LATER)
    adding.continue_()
    expect(rows).to_have_count(2)
    expect(aim).to_have_value(LATER)
