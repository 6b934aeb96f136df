"""The whole story, several people at their own screens at once: from the Excel register to the removal of a family."""

import re
from datetime import date, time, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.check import broken_rules
from portal.clock import today
from portal.clubs.models import Booking, ClubSession
from portal.db import db, technical
from portal.patronage.models import Assignment, Patronage
from portal.rules.weekly_limit import week_of
from tests.factories import make_roll, make_user, work_on
from tests.journeys.conftest import Center, axe

REGISTER = Path(__file__).parents[2] / "portal" / "demo" / "register.xlsx"
ANALYSIS = "Цели плана достигнуты: мать работает, дети посещают школу, жильё отремонтировано."


def test_a_family_comes_on_patronage_and_goes_off(center: Center) -> None:
    people(center)
    work_on(today())
    windows = {name: center.open(name) for name in ("head", "chair", "secretary", "worker", "pedagogue")}
    windows |= {name: center.open(name, size="phone") for name in ("member1", "member2", "member3")}
    bring_the_register_in(windows["head"])
    family = take_the_family_in(windows["worker"])
    meeting = convene(windows["secretary"], windows["chair"], family, "enroll")
    vote_on(windows, meeting, look=True)
    the_register_knows_it(windows["worker"], family)
    go_to_the_club(windows["pedagogue"], center)
    write_the_analysis(windows["worker"], family)
    meeting = convene(windows["secretary"], windows["chair"], family, "remove")
    vote_on(windows, meeting)
    it_is_off(windows["head"], family)
    db.session.rollback()
    assert broken_rules() == []


def people(center: Center) -> None:
    make_user("head", username="head")
    chair, secretary = make_user("chair", username="chair"), make_user("secretary", username="secretary")
    members = [make_user("member", username=f"member{number}") for number in (1, 2, 3)]
    make_roll(chair, members, secretary)
    make_user("specialist", username="worker", last_name="Зорина", position="специалист по социальной работе")
    make_user("pedagogue", username="pedagogue", last_name="Громова", position="социальный педагог")


def press(page: Page, name: str) -> None:
    """Press the button or link of the page's content with this name."""
    page.locator("main").get_by_role("button", name=name, exact=True).or_(
        page.locator("main").get_by_role("link", name=name, exact=True)
    ).first.click()


def bring_the_register_in(page: Page) -> None:
    page.goto("/families/import")
    axe(page)
    page.locator("input[name=file]").set_input_files(REGISTER)
    press(page, "Прочитать файл")
    page.wait_for_url(re.compile(r"/imports/new/families/.+"))
    axe(page)
    expect(page.locator("tbody tr")).to_have_count(80)
    press(page, "Внести 80 семей в портал")
    page.wait_for_url(re.compile(r"/imports/\d+$"))
    page.get_by_role("heading", name="Реестр семей, № 1").wait_for()
    axe(page)
    page.goto("/families/")
    axe(page)
    expect(page.locator("tbody tr")).to_have_count(25)
    page.goto("/families/?q=стрелкова")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("Стрелкова Фёкла Алексеевна")


def take_the_family_in(page: Page) -> str:
    page.goto("/families/new")
    axe(page)
    page.locator("[name=representatives-0-last_name]").fill("Ясная")
    page.locator("[name=representatives-0-first_name]").fill("Ольга")
    page.locator("[name=representatives-0-middle_name]").fill("Петровна")
    page.locator("[name=minors-0-last_name]").fill("Ясный")
    page.locator("[name=minors-0-first_name]").fill("Илья")
    page.locator("[name=minors-0-birth_date]").fill(str(today().year - 9) + "-03-05")
    page.locator("[name=address]").fill("ул. Мира, д. 5")
    page.locator("[name=phone]").fill("8 912 345-67-89")
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/families/\d+/intake/edit$"))
    axe(page)
    family = page.url.split("/")[-3]
    page.locator("[name=kind][value=application]").check()
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.wait_for_url(re.compile(rf"/families/{family}/intake$"))
    axe(page)
    page.goto(f"/families/{family}/consents/new")
    axe(page)
    page.locator("[name=given_on]").fill(today().isoformat())
    choose_representative(page)
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.wait_for_url(re.compile(rf"/families/{family}$"))
    page.locator(f"form[action='/families/{family}/submit'] button").first.click()
    expect(page.locator(f"form[action='/families/{family}/submit']")).to_have_count(0)
    axe(page)
    return family


def choose_representative(page: Page) -> None:
    field = page.locator("[name=representative_id]")
    if field.first.evaluate("e => e.tagName") == "SELECT":
        field.select_option(index=1 if field.locator("option").count() > 1 else 0)
    else:
        field.first.check()


def convene(secretary: Page, chair: Page, family: str, kind: str) -> str:
    secretary.goto("/consilium/meetings/new")
    axe(secretary)
    secretary.locator("[name=held_on]").fill(today().isoformat())
    secretary.locator("[name=starts_at]").fill("10:00")
    secretary.locator("[name=place]").fill("Кабинет 12")
    secretary.locator("main form[method=post] button[type=submit]").last.click()
    secretary.wait_for_url(re.compile(r"/consilium/meetings/\d+$"))
    meeting = secretary.url.rpartition("/")[2]
    secretary.goto(f"/consilium/meetings/{meeting}/items/new?kind={kind}")
    axe(secretary)
    label = secretary.locator("[name=patronage_id] option", has_text="Ясная").first
    secretary.locator("[name=patronage_id]").select_option(value=label.get_attribute("value"))
    if kind == "enroll":
        secretary.locator("[name=regime][value=planned]").check()
        secretary.locator("[name=term][value=long]").check()
        lead = secretary.locator("[name=lead_id] option", has_text="Зорина").first
        secretary.locator("[name=lead_id]").select_option(value=lead.get_attribute("value"))
        secretary.locator("[name=course_reason]").fill("Семья обратилась сама, курс не проходили.")
    else:
        secretary.locator("[name=reason]").select_option("aims_reached")
    secretary.locator("main form[method=post] button[type=submit]").last.click()
    secretary.wait_for_url(re.compile(rf"/consilium/meetings/{meeting}$"))
    axe(secretary)
    chair.goto(f"/consilium/meetings/{meeting}")
    press(chair, "Созвать")
    chair.get_by_role("button", name="Открыть заседание").wait_for()
    return meeting


def vote_on(windows: dict[str, Page], meeting: str, look: bool = False) -> None:
    """Four members at four screens; nobody reloads: the vote comes to them, and its result too."""
    chair, members = windows["chair"], [windows[f"member{number}"] for number in (1, 2, 3)]
    for page in members:
        page.goto(f"/consilium/meetings/{meeting}")
    press(chair, "Открыть заседание")
    for page in [chair, *members]:
        page.get_by_role("button", name="Я здесь").click()
        expect(page.get_by_role("button", name="Я здесь")).to_have_count(0)
    expect(chair.locator("#quorum")).to_contain_text("кворум есть")
    chair.get_by_role("button", name=re.compile("На голосование|Поставить на голосование")).first.click()
    for page, choice in zip([chair, *members], ("for", "for", "against", "for"), strict=True):
        ballot = page.locator("form.ballot")
        ballot.wait_for()
        if look:
            axe(page)
        page.locator(f"form.ballot label[for$='-{choice}']").click()
        ballot.locator("button[type=submit]").click()
        page.locator("#own-vote").wait_for()
    if look:
        expect(windows["member1"].locator("#meeting")).not_to_contain_text("Против:")
    expect(chair.locator("[id^=progress-]")).to_contain_text("4 из 4")
    chair.get_by_role("button", name="Закрыть голосование").click()
    for page in [chair, *members]:
        expect(page.locator("#agenda")).to_contain_text("Решение №")
        expect(page.locator("#agenda")).to_contain_text("За: 3")
    if look:
        axe(windows["member2"])
    chair.once("dialog", lambda dialog: dialog.accept())
    chair.get_by_role("button", name="Закрыть заседание").click()
    expect(chair.get_by_role("button", name="Закрыть заседание")).to_have_count(0)
    chair.get_by_role("link", name="Протокол").click()
    chair.wait_for_url("**/minutes")
    axe(chair)
    expect(chair.locator("body")).to_contain_text("Ясная")


def the_register_knows_it(page: Page, family: str) -> None:
    page.goto("/families/?q=ясная")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto(f"/families/{family}")
    expect(page.locator("main")).to_contain_text("Зорина")
    axe(page)
    page.goto("/assignments/?q=ясная")
    expect(page.locator("main")).to_contain_text("Ясная")
    axe(page)
    db.session.rollback()
    patronage = db.session.scalars(select(Patronage).where(Patronage.family_id == int(family))).one()
    assert (patronage.status, patronage.regime, patronage.enrolled_on) == ("enrolled", "planned", today())
    assert (
        db.session.scalars(select(Assignment).where(Assignment.patronage_id == patronage.id)).one().kind
        == "lead"
    )


def go_to_the_club(page: Page, center: Center) -> None:
    """Two services this week, the third refused; who came is marked with one touch each."""
    page.goto("/clubs/new")
    axe(page)
    page.locator("[name=name]").fill("Театр")
    page.locator("[name=room]").fill("Зал")
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/clubs/\d+/participants"))
    add_the_boy(page)
    axe(page)
    theatre = re.search(r"/clubs/(\d+)/", page.url)[1]  # type: ignore[index]
    monday = week_of(today()) + timedelta(days=7)
    work_on(monday)
    first = plan(page, theatre, monday, "07:10")
    book(page, first)
    second = plan(page, theatre, monday, "09:10")
    book(page, second)
    page.goto("/clubs/new")
    page.locator("[name=name]").fill("Хор")
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/clubs/\d+/participants"))
    add_the_boy(page)
    choir = re.search(r"/clubs/(\d+)/", page.url)[1]  # type: ignore[index]
    third = plan(page, choir, monday, "11:10")
    page.goto(f"/clubs/sessions/{third}")
    axe(page)
    expect(page.locator("#others")).to_contain_text("нет мест")
    expect(page.locator("#others input[name=member]")).to_be_disabled()
    the_day_comes(int(first))
    page.goto(f"/clubs/sessions/{first}/attendance")
    axe(page)
    page.locator("label[for$='-came']").first.click()
    expect(page.locator("#marked b")).to_contain_text("1 из 1")
    phone = center.open("pedagogue", size="phone")
    phone.goto(f"/clubs/sessions/{first}/attendance")
    expect(phone.locator("input[value=came]").first).to_be_checked()
    axe(phone)


def the_day_comes(session_id: int) -> None:
    """The session is today, from the first minute on: nobody plans one in the past, and the test runs at any hour."""
    with technical() as s:
        session = s.get_one(ClubSession, session_id)
        session.day, session.week, session.starts_at = today(), week_of(today()), time()
        for booking in s.scalars(select(Booking).where(Booking.session_id == session_id)):
            booking.week = session.week


def add_the_boy(page: Page) -> None:
    page.locator("main #q").fill("ясн")
    page.locator("#candidates").get_by_role("button", name=re.compile("Ясный")).first.click()
    expect(page.locator("main")).to_contain_text("Ясный Илья")


def plan(page: Page, club: str, day: date, start: str) -> str:
    page.goto(f"/clubs/{club}/sessions/new")
    page.locator("[name=day]").fill(day.isoformat())
    page.locator("[name=starts_at]").fill(start)
    page.locator("[name=minutes]").fill("45")
    page.locator("[name=topic]").fill("Дружба")
    page.locator("[name=goal]").fill("Познакомиться")
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/clubs/sessions/\d+$"))
    return page.url.rpartition("/")[2]


def book(page: Page, session: str) -> None:
    page.locator("#others input[name=member]").first.check()
    press(page, "Записать выбранных")
    expect(page.locator("#booked")).to_contain_text("Ясный Илья")


def write_the_analysis(page: Page, family: str) -> None:
    page.goto(f"/families/{family}/analysis")
    axe(page)
    page.locator("[name=body]").fill(ANALYSIS)
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.get_by_text("Анализ сохранён").first.wait_for()
    page.goto(f"/families/{family}/analysis")
    expect(page.locator("main")).to_contain_text("жильё отремонтировано")


def it_is_off(page: Page, family: str) -> None:
    page.goto(f"/families/{family}")
    axe(page)
    expect(page.locator("main")).to_contain_text("снят")
    db.session.rollback()
    patronage = db.session.scalars(select(Patronage).where(Patronage.family_id == int(family))).one()
    assert (patronage.status, patronage.removal_reason, patronage.removed_on) == (
        "removed",
        "aims_reached",
        today(),
    )
    open_now = select(Assignment).where(Assignment.patronage_id == patronage.id, Assignment.ends_on.is_(None))
    assert db.session.scalars(open_now).first() is None
