"""A pedagogue plans a quarter for two clubs, counting clicks; drags a session and takes it back."""

from datetime import date, timedelta
from itertools import pairwise

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from portal import clock
from portal.check import broken_rules
from portal.clubs.models import Booking, Club, ClubSession
from portal.db import db
from portal.patronage.models import Patronage
from portal.rules.periods import presets
from tests.factories import make_assignment, make_club, make_recipient, make_user
from tests.journeys.conftest import Center, look

MOST_CLICKS = 25
GROUP = 6


class Hand:
    """Counts what the pedagogue does: each click, each field chosen or typed into."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def press(self, name: str) -> None:
        """A button or link of the page's content."""
        main = self.page.locator("main")
        self.click(main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first)

    def click(self, what: Locator) -> None:
        """One click."""
        self.clicks += 1
        what.click()

    def fill(self, name: str, text: str) -> None:
        """One field."""
        self.clicks += 1
        field = self.page.locator(f"[name={name}]")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)


def test_a_quarter_for_two_clubs(center: Center) -> None:
    leader = make_user("pedagogue", username="leader", last_name="Громова")
    clubs = [make_club(leader, name=name) for name in ("Театр", "Хор")]
    children = [make_recipient(club) for club in clubs for _ in range(GROUP)]
    worker = make_user("specialist", username="worker")
    patronage = select(Patronage).where(Patronage.family_id == children[0].family_id)
    make_assignment(db.session.scalars(patronage).one(), worker)
    db.session.rollback()
    before = broken_rules()  # rows of tests are written past the rules
    hand = Hand(center.open("leader"))
    plan_the_quarter(hand, "Театр", "15:00", ("0", "3"))
    plan_the_quarter(hand, "Хор", "11:00", ("1", "4"))
    assert hand.clicks <= MOST_CLICKS
    everything_is_planned(clubs)
    session, day = drag_and_take_back(hand.page)
    phone = center.open("leader", size="phone")
    phone.goto(f"/clubs/?week={day}")
    look(phone, "Клубы")
    phone.goto(f"/clubs/month?month={day:%Y-%m}")
    look(phone, "Клубы")
    move_by_the_form(phone, session)
    specialist = center.open("worker", size="phone")
    look(specialist, "Моя работа")
    expect(specialist.locator("#club-changes")).to_contain_text("Театр")
    my_calendar(phone)
    db.session.rollback()
    assert broken_rules() == before


def plan_the_quarter(hand: Hand, club: str, time: str, weekdays: tuple[str, str]) -> None:
    page = hand.page
    hand.click(page.get_by_role("navigation").get_by_role("link", name="Клубы").locator("visible=true").first)
    hand.click(page.locator("#clubs").get_by_role("link", name=club))
    hand.press("Изменить")
    for name, weekday in zip(("first", "second"), weekdays, strict=True):
        hand.fill(f"{name}-weekday", weekday)
        hand.fill(f"{name}-starts_at", time)
    hand.press("Сохранить")
    hand.click(page.locator("main a[href$='/plan']"))
    look(page, "Планирование периода")
    hand.click(page.get_by_role("link", name="Следующий квартал"))
    expect(page.locator("#places")).to_contain_text("Будет забронировано")
    figures = page.locator("#places").inner_text()
    page.locator("#occasions input:checked").first.uncheck()
    expect(page.locator("#places")).not_to_have_text(figures, use_inner_text=True)
    page.locator("#occasions input:not(:checked)").first.check()
    expect(page.locator("#places")).to_have_text(figures, use_inner_text=True)
    look(page, "Планирование периода")
    hand.press("Запланировать и записать группу")
    expect(page.locator("#flashes")).to_contain_text("Забронировано")
    look(page, club)


def everything_is_planned(clubs: list[Club]) -> None:
    """Two sessions a week besides holidays, everybody booked into each."""
    db.session.rollback()
    first, last = presets(clock.today())["next_quarter"]
    for club in clubs:
        query = select(ClubSession.id, ClubSession.day).where(ClubSession.club_id == club.id)
        rows = db.session.execute(query.order_by(ClubSession.day)).all()
        assert len(rows) >= 20
        assert all(first <= row.day <= last for row in rows)
        assert all(one.day < other.day for one, other in pairwise(rows))
        booked = select(func.count()).where(Booking.session_id.in_([row.id for row in rows]))
        assert db.session.scalar(booked) == GROUP * len(rows)


def drag_and_take_back(page: Page) -> tuple[int, date]:
    """The fourth session of the theater in the middle of the quarter goes to the next day, and back."""
    first, _last = presets(clock.today())["next_quarter"]
    page.goto(f"/clubs/month?month={first + timedelta(40):%Y-%m}")
    look(page, "Клубы")
    event = page.locator("a.ev.movable", has_text="Театр").nth(3)
    session = int(str(event.get_attribute("href")).rpartition("/")[2])
    db.session.rollback()
    day = db.session.get_one(ClubSession, session).day
    event.drag_to(page.locator(f"[data-day='{day + timedelta(1)}'] h3"))
    undo = page.get_by_role("button", name="Вернуть обратно")
    undo.wait_for()
    look(page, "Клубы")
    there = page.locator(f"[data-day='{day + timedelta(1)}'] a[href$='/sessions/{session}']")
    expect(there).to_have_count(1)
    undo.click()
    expect(page.locator("#flashes")).to_contain_text("на прежнем месте")
    expect(page.locator(f"[data-day='{day}'] a[href$='/sessions/{session}']")).to_have_count(1)
    return session, day


def move_by_the_form(page: Page, session: int) -> None:
    page.goto(f"/clubs/sessions/{session}/move")
    look(page, "Перенести занятие")
    page.locator("[name=starts_at]").fill("05:00")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("[data-errors]")).to_contain_text("07:00")
    look(page, "Перенести занятие")
    page.locator("[name=starts_at]").fill("16:30")
    page.locator("main form button[type=submit]").click()
    page.get_by_role("button", name="Вернуть обратно").wait_for()


def my_calendar(page: Page) -> None:
    page.goto("/profile")
    page.locator("#calendar button").click()
    look(page, "Мой календарь")
    answer = page.request.get(page.locator("#link").input_value())
    assert "SUMMARY:Театр" in answer.text()
