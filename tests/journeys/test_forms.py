"""What scripts add to a form: drafts, a login that ends while typing, a question before what can't be undone."""

from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import delete, select, update

from portal import clock
from portal.accounts.models import LoginSession, User
from portal.contacts.models import Contact
from portal.db import db, technical
from portal.drafts import queries
from portal.drafts.models import Draft
from tests.factories import PASSWORD, make_family, make_patronage, make_user
from tests.journeys.conftest import Center, axe, sign_in

WORDS = "Дома спокойно, уроки сделаны."


def _form(lead: User) -> str:
    """A contact that took place, to be written up."""
    patronage = make_patronage(make_family("Лесникова"), lead=lead)
    return f"/families/{patronage.family_id}/contacts/new?done=1"


def _draft_holds(page: Page, user_id: int, place: str, *names: str) -> None:
    """The server has these fields by now: what was typed last as well, however slowly it was typed."""
    for _ in range(300):
        db.session.rollback()
        found = queries.draft_of(user_id, place)
        if found and set(names) <= {name for name, _value in found[0]} and ("notes", WORDS) in found[0]:
            return
        page.wait_for_timeout(100)
    raise AssertionError("the draft is not kept")


def _keeps_the_words(page: Page) -> None:
    expect(page.locator("[name=notes]")).to_have_value(WORDS)


def test_a_page_that_was_killed_comes_back_with_its_draft(center: Center) -> None:
    lead = make_user("specialist", username="lead")
    url, user_id = _form(lead), lead.id
    page = center.open("lead", size="phone")
    page.goto(url)
    page.locator("[name=notes]").press_sequentially(WORDS)
    page.locator("[name=members]").first.check()
    expect(page.get_by_text("Черновик сохранён в")).to_be_visible()
    _draft_holds(page, user_id, url, "members")
    page.close(run_before_unload=False)
    page = center.open("lead", size="phone")
    page.goto(url)
    expect(page.get_by_text("Есть черновик от")).to_be_visible()
    axe(page)
    page.once("dialog", lambda dialog: dialog.dismiss())  # a question refused changes nothing
    page.get_by_role("button", name="Удалить черновик").click()
    page.locator("[name=reason]").fill("ещё")
    expect(page.get_by_text("вверху страницы ждёт прежний")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())  # what was typed beside it is left
    page.get_by_role("link", name="Восстановить").click()
    expect(page.get_by_text("Это ваш черновик")).to_be_visible()
    _keeps_the_words(page)
    expect(page.locator("[name=members]").first).to_be_checked()
    axe(page)
    page.locator("[name=day]").fill(str(clock.today() - timedelta(1)))
    page.locator("[name=starts_at]").fill("12:00")
    page.locator("[name=minutes]").fill("30")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("Контакт записан")).to_be_visible()
    page.goto(url)
    expect(page.get_by_text("ерновик")).to_have_count(0)
    page.goto(url.replace("contacts/new?done=1", "timeline"))
    axe(page)
    page.get_by_role("link", name="Для печати").click()
    axe(page)


def test_a_login_that_ends_while_typing_loses_nothing(center: Center) -> None:
    lead = make_user("specialist", username="lead")
    url = _form(lead)
    page = center.open("lead")
    page.goto(url)
    page.locator("[name=day]").fill(str(clock.today() - timedelta(1)))
    page.locator("[name=starts_at]").fill("12:00")
    page.locator("[name=members]").first.check()
    with technical() as s:
        s.execute(delete(LoginSession))
    page.locator("[name=notes]").press_sequentially(WORDS)
    expect(page.get_by_text("Вход закончился")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Сохранить").click()  # it would be lost at the login: the page stays
    _keeps_the_words(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Войти в новой вкладке").click()
    sign_in(opened.value, "lead")
    opened.value.close()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")  # a headless window has none of its own
    expect(page.get_by_text("Вход закончился")).to_have_count(0)
    expect(page.get_by_text("Черновик сохранён в")).to_be_visible()
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("Контакт записан")).to_be_visible()
    db.session.rollback()
    assert db.session.scalars(select(Contact.notes)).all() == [WORDS]
    assert db.session.scalars(select(Draft.id)).all() == []
    _without_scripts(center, url)


def _without_scripts(center: Center, url: str) -> None:
    """A form sent after the login has expired comes back filled."""
    page = center.open("lead", scripts=False)
    page.goto(url)
    page.locator("[name=notes]").fill(WORDS)
    with technical() as s:
        s.execute(update(LoginSession).values(seen_at=clock.now() - timedelta(days=1)))
    page.get_by_role("button", name="Сохранить").click()
    page.locator("input[name=username]").fill("lead")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    expect(page.get_by_text("Это ваш черновик")).to_be_visible()
    _keeps_the_words(page)


def test_a_click_that_did_not_arrive_is_said_and_a_draft_deleted_goes_quietly(center: Center) -> None:
    make_user("head", username="head")
    page = center.open("head")
    page.goto("/families/new")
    page.locator("[name=note]").fill(WORDS)
    expect(page.get_by_text("Черновик сохранён в")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Ещё один ребёнок").click()
    expect(page.locator("#offline")).to_contain_text("Сервер не отвечает")
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_contain_text("последнее нажатие не дошло")
    page.get_by_role("button", name="Ещё один ребёнок").click()
    expect(page.locator("#minors fieldset.member")).to_have_count(3)
    expect(page.locator("#offline")).to_be_empty()
    center.forgive()  # the browser reports the connection that we took away
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.locator("[name=note]").fill("Новое")
    page.get_by_role("button", name="Удалить черновик").click()
    expect(page.get_by_text("Есть черновик от")).to_have_count(0)
    expect(
        page.get_by_text("Черновик сохранён в")
    ).to_be_visible()  # and what was typed beside it is kept now
    expect(page.locator("[name=note]")).to_have_value("Новое")
