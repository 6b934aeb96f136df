"""A session with twelve children on a phone, every touch counted; then the head checks its services at once."""

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from portal import clock
from portal.check import broken_rules
from portal.clubs.models import ClubSession
from portal.db import db
from portal.journal.models import JournalEntry
from tests.factories import make_booking, make_club, make_recipient, make_session, make_user
from tests.journeys.conftest import Center, look

MOST_TOUCHES = 20
SURNAMES = (
    *("Абаева", "Белова", "Веткина", "Гордеева", "Доронина", "Ежова", "Жукова", "Зимина", "Исаева"),
    *("Котова", "Лунина", "Маслова"),
)


class Thumb:
    """Touches the screen, and counts how often."""

    def __init__(self, page: Page) -> None:
        self.page, self.touches = page, 0

    def tap(self, place: Locator) -> Locator:
        """One touch."""
        self.touches += 1
        place.tap()
        return place

    def write(self, name: str, text: str) -> None:
        """A touch into the field; what is typed is none."""
        self.tap(self.page.locator(f"main [name={name}]")).fill(text)


def test_twelve_children_in_at_most_twenty_touches(center: Center) -> None:
    leader = make_user("pedagogue", username="leader", last_name="Зорина")
    make_user("head", username="head")
    club = make_club(leader)
    session = make_session(club, clock.today())
    for surname in SURNAMES:
        make_booking(session, make_recipient(club, surname=surname))
    make_recipient(surname="Гостева")
    before = broken_rules()  # rows of tests are written past the rules
    page = center.open("leader", size="phone")
    thumb = Thumb(page)
    mark(thumb)
    sum_up(thumb)
    assert thumb.touches <= MOST_TOUCHES, thumb.touches
    look(page, "Мастерская")
    check(center.open("head"))
    page.reload()
    expect(page.locator("#next")).to_contain_text("Всё сделано")
    db.session.rollback()
    assert db.session.get_one(ClubSession, session.id).status == "summed_up"
    assert db.session.scalars(select(JournalEntry.state)).all() == ["checked"] * 11
    assert broken_rules() == before


def mark(thumb: Thumb) -> None:
    """All have come but two; one child comes who was not booked."""
    page = thumb.page
    look(page, "Моя работа")
    thumb.tap(page.locator("#clubs").get_by_role("link", name="Мастерская"))
    look(page, "Мастерская")
    thumb.tap(page.get_by_role("link", name="Отметить посещаемость"))
    look(page, "Посещаемость")
    expect(page.locator("#marked b")).to_contain_text("0 из 12")
    thumb.tap(page.get_by_role("button", name="Остальные все пришли"))
    expect(page.locator("#marked b")).to_contain_text("12 из 12")
    for surname, word in (("Белова", "Отсутствует"), ("Исаева", "Уважит")):
        thumb.tap(page.locator("ul.roster li", has_text=surname).locator("label", has_text=word))
    expect(page.locator("#marked")).to_contain_text("10")
    thumb.write("q", "гостева")
    look(page, "Посещаемость")
    thumb.tap(page.get_by_role("button", name="На месте: Гостева В."))
    expect(page.locator("#marked b")).to_contain_text("13 из 13")
    thumb.tap(page.get_by_role("button", name="Закрыть посещаемость"))
    look(page, "Мастерская")
    expect(page.locator("#next")).to_contain_text("Напишите, как прошло занятие")


def sum_up(thumb: Thumb) -> None:
    """The analysis, what was used, the signatures: the services are given to the head by one form."""
    page = thumb.page
    thumb.tap(page.get_by_role("link", name="Подвести итоги занятия"))
    look(page, "Подвести итоги занятия")
    thumb.write("analysis", "Все познакомились, Белова болеет.")
    thumb.write("equipment", "Мяч, колонка")
    thumb.write("consumables", "Бумага, фломастеры")
    thumb.tap(page.locator("[name=gone_through]"))
    thumb.tap(page.locator("[name=signed]"))
    thumb.tap(page.get_by_role("button", name="Сохранить и передать в журнал"))
    expect(page.get_by_text("11 услуг передано заведующему")).to_be_visible()
    thumb.tap(page.get_by_role("link", name="шагов"))
    look(page, "Групповое занятие")
    expect(page.locator("#step-final_journal")).to_contain_text("портал видит это сам")
    thumb.tap(page.locator("#step-final_feedback button.tick"))
    expect(page.locator("#step-final_feedback.done")).to_be_visible()
    thumb.tap(page.get_by_role("link", name="К занятию"))


def check(page: Page) -> None:
    """The head finds the session in the queue and checks all its services."""
    page.locator("main").get_by_role("link", name="Журнал: на проверку").first.click()
    look(page, "Записи журнала на проверку")
    page.locator("#queue [id^=session-] form button.p").first.click()
    expect(page.locator("#queue")).not_to_contain_text("Дружба")
