"""A guest at the door: the QR's address, two questions, no login; in a real browser, on a phone."""

from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from portal import clock
from portal.clubs import feedback
from portal.clubs.session_models import SessionFeedback
from portal.db import db
from tests.factories import make_club, make_session, make_user
from tests.journeys.conftest import Center, axe


def test_a_guest_leaves_an_opinion_and_the_pedagogue_reads_it(center: Center) -> None:
    leader = make_user("pedagogue", username="pedagogue")
    session = make_session(make_club(leader), clock.today() - timedelta(1), status="held")
    session_id, address = session.id, f"/f/{feedback.token_of(session.id)}"

    pedagogue = center.open("pedagogue")
    pedagogue.goto(f"/clubs/sessions/{session_id}")
    pedagogue.get_by_role("link", name="Отзывы").click()
    pedagogue.get_by_role("link", name="QR-код на дверь").click()
    pedagogue.get_by_text(address).wait_for()
    expect(pedagogue.locator("img.qr")).to_have_js_property("complete", True)
    assert pedagogue.locator("img.qr").evaluate("one => one.naturalWidth") > 100
    axe(pedagogue)

    guest = center.open(size="phone")
    guest.goto(address)
    axe(guest)
    guest.get_by_role("button", name="Отправить: я гость").click()
    guest.get_by_text("Выберите один ответ.").first.wait_for()
    axe(guest)
    guest.get_by_label("Очень понравилось").check()
    guest.locator("textarea").fill("<b>Дети</b> сами придумали сказку")
    guest.get_by_role("button", name="Отправить: я гость").click()
    guest.get_by_text("Спасибо!").wait_for()
    axe(guest)
    guest.goto(address)
    expect(guest.locator("textarea")).to_have_count(0)

    other = center.open(size="phone", scripts=False)
    other.goto(address)
    other.get_by_label("Понравилось", exact=True).check()
    other.get_by_role("button", name="Отправить: я участник").click()
    other.get_by_text("Спасибо!").wait_for()

    db.session.rollback()
    rows = db.session.execute(select(SessionFeedback.source, SessionFeedback.liked)).all()
    assert sorted(map(tuple, rows)) == [("guest", 5), ("recipient", 4)]
    pedagogue.goto(f"/clubs/sessions/{session_id}/feedback/")
    pedagogue.get_by_text("<b>Дети</b> сами придумали сказку").wait_for()
    axe(pedagogue)
    staff = make_user("staff", username="staff")
    assert staff.id
    colleague = center.open("staff")
    colleague.goto(f"/clubs/sessions/{session_id}/feedback/")
    colleague.get_by_label("Очень понравилось").check()
    colleague.get_by_role("button", name="Отправить").click()
    colleague.get_by_text("Спасибо: ваш отзыв принят.").wait_for()
    axe(colleague)
