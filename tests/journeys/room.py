"""The meeting room: five people at their own screens, one of them on a phone. The screens follow by themselves.

Two seconds are those of the page's own clock: it is set forward, so that nobody waits and no machine is too slow.
"""

import re
from collections.abc import Iterable

from playwright.sync_api import Locator, Page, expect

from portal.accounts.models import User
from tests.consilium.rows import People
from tests.journeys.conftest import Center, look

SOON = 2_000  # milliseconds in which every screen follows


class Room:
    """The windows of chair, secretary and three members, all open on the page of one meeting."""

    def __init__(self, center: Center, people: People, meeting_id: int) -> None:
        self.people, self.address = people, f"/consilium/meetings/{meeting_id}"
        users = (people.chair, people.secretary, *people.members)
        names = [user.username for user in users]
        self.pages = [center.open(name, "phone" if n == 2 else "desk") for n, name in enumerate(names)]
        self.chair, self.secretary, self.phone, self.second, self.third = self.pages
        self.voters = (self.chair, self.phone, self.second, self.third)
        for page in self.pages:
            page.on("dialog", lambda dialog: dialog.accept())
            page.clock.install()
            page.goto(self.address)
            self.sit(page)

    def sit(self, page: Page) -> None:
        """From here on this window is not loaded again; `all_see` looks whether that is so."""
        expect(page.locator("#meeting")).to_be_visible()
        page.evaluate("window.sitting = true")

    def all_see(self, place: str, *texts: str, among: Iterable[Page] = ()) -> None:
        """It comes to every screen (or to those named) within two seconds, without anybody loading the page."""
        for page in among or self.pages:
            page.clock.run_for(SOON)
            for text in texts:
                expect(page.locator(place)).to_contain_text(text)
            assert page.evaluate("window.sitting === true")

    def none_sees(self, place: str, *texts: str) -> None:
        """It stands on no screen as it is now, nor hidden in it."""
        for page in self.pages:
            shown = "".join(one.inner_html() for one in page.locator(place).all())
            assert shown and [text for text in texts if text in shown] == []

    def look(self, *pages: Page) -> None:
        """axe finds nothing on any of the screens (or on those named), as they are now."""
        for page in pages or self.pages:
            look(page, "Заседание")

    def press(self, page: Page, name: str, within: str = "main") -> None:
        """The button or link with this name; on the phone with a finger."""
        named = re.compile(rf"^{re.escape(name)}")
        place = page.locator(within)
        self.touch(place.get_by_role("button", name=named).or_(place.get_by_role("link", name=named)).first)

    def touch(self, target: Locator) -> None:
        """Click it; on the phone with a finger."""
        if target.page is self.phone:
            target.tap()
        else:
            target.click()

    def mark(self, user: User, how: str) -> None:
        """The secretary marks a member."""
        button = self.secretary.locator(f"#seat-{user.id}").get_by_role("button", name=how)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")

    def come_in(self, page: Page) -> None:
        """A member says so themselves."""
        self.press(page, "Я здесь")
        expect(page.get_by_role("button", name="Я здесь")).to_have_count(0)

    def choose(self, page: Page, choice: str, reason: str = "") -> None:
        """Make up one's mind, not sent yet."""
        self.touch(page.locator(f".ballot label[for$='-{choice}']"))
        page.locator("textarea[name=reason]").fill(reason)

    def vote(self, page: Page, choice: str, reason: str = "") -> str:
        """Cast the vote; gives its receipt."""
        self.choose(page, choice, reason)
        self.press(page, "Проголосовать")
        expect(page.locator("#own-vote")).to_be_visible()
        return page.locator("[id^=receipt-] code").inner_text()

    def put_to_the_vote(self, item_id: int) -> None:
        """The chair opens the vote; all have it before them."""
        self.press(self.chair, "На голосование", f"#item-{item_id}")
        self.all_see(f"#vote-{item_id}", "голосование")

    def close_the_vote(self, item_id: int, *result: str) -> None:
        """The chair closes it; what it has decided comes to all."""
        self.press(self.chair, "Закрыть голосование")
        self.all_see(f"#item-{item_id}", "Решение №", *result)
