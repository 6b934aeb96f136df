"""After the meeting: the family is told, the extract given; who works with the family sees it. axe finds nothing."""

import pytest
from playwright.sync_api import Page, expect

from portal.accounts.models import User
from portal.consilium import follow_ups
from portal.consilium.models import Decision
from portal.db import db, technical
from portal.patronage.models import Patronage
from tests.consilium.after import enroll, remove
from tests.consilium.rows import make_people
from tests.journeys.conftest import Center, axe, look


def named(**people: User) -> None:
    """Accounts that can be signed in to by these names."""
    ids = {name: user.id for name, user in people.items()}
    db.session.rollback()
    with technical() as s:
        for name, user_id in ids.items():
            s.get_one(User, user_id).username = name


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_what_is_done_after_a_decision(center: Center, size: str) -> None:
    people = make_people()
    first, second = enroll(people, "Соколова", "Орлова")
    removed = remove(people, db.session.get_one(Patronage, second.patronage_id))
    follow_ups.tell_family(second.id, second.decided_on, None, people.secretary.id)
    named(secretary=people.secretary, lead=people.lead, member=people.members[0])
    secretary = center.open("secretary", size=size)
    look(secretary, "Моя работа")
    secretary.locator("a.kpi", has_text="Сообщить семьям").click()
    look(secretary, "Решения консилиума")
    expect(secretary.locator("tbody tr")).to_have_count(2)
    note_it(secretary, first)
    see_the_papers(secretary, first, removed)
    secretary.goto("/consilium/decisions?q=нет")
    look(secretary, "Решения консилиума")
    secretary.goto("/consilium/attendance")
    look(secretary, "Участие членов консилиума")
    lead = center.open("lead", size=size)
    lead.goto("/consilium/decisions")
    look(lead, "Решения консилиума")
    lead.goto(f"/consilium/decisions/{first.id}")
    look(lead, "Решение №")
    expect(lead.locator("main")).to_contain_text("выписка выдана")
    member = center.open("member", size=size)
    member.goto(f"/consilium/decisions/{first.id}")
    look(member, "Решение №")
    expect(member.locator("#decided")).to_be_visible()  # as in the minutes; not what became of the family
    expect(member.locator("main")).not_to_contain_text("выписка выдана")


def note_it(page: Page, decision: Decision) -> None:
    """From the list that the family was told, on the page that it has its extract."""
    row = page.locator("tbody tr", has_text="Соколова")
    row.get_by_role("button", name="Сообщено сегодня").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto(f"/consilium/decisions/{decision.id}")
    look(page, "Решение №")
    page.get_by_role("button", name="Выписка выдана").click()
    expect(page.locator("main")).to_contain_text("отметил(а) Секретарёва")
    look(page, "Решение №")


def see_the_papers(page: Page, enrolled: Decision, removed: Decision) -> None:
    """From the decision to the page of each paper, and to its PDF."""
    for decision, order in ((enrolled, "enrollment-order"), (removed, "removal-order")):
        for code in ("extract", order):
            page.goto(f"/consilium/decisions/{decision.id}")
            page.locator(f"main a[href='/papers/{code}/{decision.id}']").click()
            expect(page.locator("main")).to_contain_text(f"№ {decision.number}/{decision.year}")
            axe(page)
            pdf = page.request.get(str(page.locator("#print a[href$='/pdf']").get_attribute("href")))
            assert pdf.body().startswith(b"%PDF")
