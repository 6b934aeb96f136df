"""Visits and calls of the past: what is taken, what is refused, and that they are in the portal once."""

import itertools
from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.accounts.models import User
from portal.check import broken_rules
from portal.contacts.models import Contact, Suspension
from portal.db import db, technical
from portal.exchange import running
from portal.exchange.models import ImportRow
from portal.patronage.models import Patronage
from tests.client import Client
from tests.counting import counted
from tests.exchange.imports import bring, close_month, codes, looked, seen, start
from tests.factories import make_consent, make_family, make_patronage, make_user
from tests.together import at_once

HEAD = ["Дата", "Время", "Семья", "Специалист", "Вид", "Результат", "Длительность, мин", "Содержание"]


@pytest.fixture
def head(app: Flask) -> User:
    return make_user("head")


@pytest.fixture
def worker(app: Flask) -> User:
    return make_user("specialist", last_name="Туров", first_name="Филарет", middle_name="Юльевич")


@pytest.fixture
def patronage(worker: User) -> Patronage:
    today = clock.today()
    family = make_family("Ивушкина")
    days = {"opened_on": today - timedelta(400), "enrolled_on": today - timedelta(380)}
    make_consent(family, today - timedelta(390))
    return make_patronage(family, lead=worker, **days)


def row(days: int = 30, **changes: object) -> list[object]:
    fields: dict[str, object] = {
        "day": clock.today() - timedelta(days), "time": "10:30", "family": "Ивушкина Мария Ивановна",
        "worker": "Туров Ф. Ю.", "kind": "визит", "result": "состоялся", "minutes": 45, "notes": "Беседа",
    }  # fmt: skip
    return list((fields | changes).values())


def own_contact(patronage: Patronage, worker: User) -> Contact:
    """A contact that took place in the portal's time."""
    contact = Contact(
        patronage_id=patronage.id, user_id=worker.id, kind="visit", state="done", day=clock.today(),
        starts_at=time(0), minutes=1, reason="", channel="", notes="", recommendations="", why="",
        created_by_id=worker.id, created_at=clock.now(), closed_at=clock.now(),
    )  # fmt: skip
    with technical() as s:
        s.add(contact)
    return contact


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Contact)) or 0


def test_rows_become_contacts_that_took_place(head: User, worker: User, patronage: Patronage) -> None:
    before = broken_rules()  # of a family that the consilium never saw
    rows = [HEAD, row(), row(31, kind="телефонный звонок"), row(32, result="не застали дома")]
    done = bring("contacts", rows, head)
    assert (done.state, done.made, done.refused, done.known) == ("done", 3, 0, 0)
    visit, call, failed = db.session.scalars(select(Contact).order_by(Contact.day.desc()))
    assert (visit.patronage_id, visit.user_id, visit.kind, visit.state) == (
        patronage.id,
        worker.id,
        "visit",
        "done",
    )
    assert (visit.starts_at, visit.minutes, visit.notes) == (time(10, 30), 45, "Беседа")
    assert call.kind == "call" and call.reason
    assert (failed.state, failed.why) == ("not_at_home", "не застали дома")
    assert broken_rules() == before


def test_the_pages_say_where_the_entry_of_a_contact_of_the_past_stands(
    app: Flask, head: User, worker: User, patronage: Patronage
) -> None:
    family_id, client = patronage.family_id, Client(app, worker)
    client.get(f"/papers/families/{family_id}")
    papers = client.page.xpath("string(//main)")
    bring("contacts", [HEAD, row(), row(32, result="не застали дома")], head)
    client.get(f"/papers/families/{family_id}")
    assert client.page.xpath("string(//main)") == papers, "no paper of it is called missing"
    own = own_contact(patronage, worker)
    visit, failed = db.session.scalars(select(Contact.id).where(Contact.id != own.id).order_by(Contact.id))
    client.get(f"/families/{family_id}/contacts")
    assert len(client.page.xpath("//small[contains(., 'в прежнем журнале')]")) == 1
    client.get(f"/contacts/{visit}")
    assert "перенесён из прежнего журнала" in client.text
    assert not client.page.xpath("//*[@id='contact-steps']"), "nobody is asked for steps of what is long over"
    client.get(f"/contacts/{failed}")
    assert "перенесён из прежнего журнала" not in client.text
    client.get(f"/contacts/{own.id}")
    assert "перенесён" not in client.text and client.page.xpath("//*[@id='contact-steps']")


def test_headings_in_another_order_and_dates_as_text_serial_and_date(
    head: User, worker: User, patronage: Patronage
) -> None:
    day = clock.today() - timedelta(40)
    serial = float((day - date(1899, 12, 30)).days)
    rows = [
        ["Вид посещения", "ФИО родителя", "Дата выхода", "Кто проводил (специалист)", "Итог"],
        ["посещение на дому", "ивушкина мария ивановна", f"{day:%d.%m.%Y}", "Туров Филарет Юльевич", "да"],
        ["видеозвонок", "Ивушкина М. И.", serial, "Туров Филарет Юльевич", ""],
        ["прием в центре", "Ивушкина", datetime(day.year, day.month, day.day), "туров филарет юльевич", "+"],
    ]  # fmt: skip
    found = seen("contacts", rows, head)
    assert codes(found) == ["accepted"] * 3
    assert {one.facts["day"] for one in found.rows} == {day}
    assert [one.facts["starts_at"] for one in found.rows] == [time(9), time(10), time(10, 30)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"day": "31.02.2025"}, "impossible_date"),
        ({"day": "весной"}, "unreadable_date"),
        ({"day": ""}, "no_date"),
        ({"days": -1}, "future_day"),
        ({"days": 390}, "before_enrollment"),
        ({"family": "Несуществующая Анна"}, "unknown_family"),
        ({"family": ""}, "no_family"),
        ({"worker": "Никто Н. Н."}, "unknown_worker"),
        ({"worker": ""}, "no_worker"),
        ({"kind": "телеграмма"}, "unknown_kind"),
        ({"result": "как обычно"}, "unknown_result"),
        ({"kind": "звонок", "result": "не впустили"}, "unknown_result"),
        ({"minutes": "долго"}, "unreadable_minutes"),
        ({"minutes": 999}, "bad_length"),
        ({"time": "утром"}, "unreadable_time"),
        ({"time": "03:00"}, "bad_hours"),
        ({"notes": "x" * 5000}, "text_too_long"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_is_refused(
    head: User, patronage: Patronage, changes: dict[str, object], code: str
) -> None:
    days, fields = changes.get("days", 30), {name: value for name, value in changes.items() if name != "days"}
    assert codes(seen("contacts", [HEAD, row(days, **fields)], head)) == [code]  # type: ignore[arg-type]


def test_of_two_families_of_one_name_the_number_decides(head: User, patronage: Patronage) -> None:
    other = make_family("Ивушкина")
    make_patronage(other, opened_on=clock.today() - timedelta(90), enrolled_on=clock.today() - timedelta(80))
    found = seen("contacts", [HEAD, row(), row(family=f"№ {other.number}")], head)
    assert codes(found) == ["several_families", "accepted"]
    assert found.rows[1].facts["family_id"] == other.id


def test_a_closed_month_stays_closed(head: User, patronage: Patronage) -> None:
    day = clock.today() - timedelta(60)
    close_month(day, head)
    assert codes(seen("contacts", [HEAD, row(60)], head)) == ["closed"]


def test_nobody_was_visited_while_suspended(head: User, patronage: Patronage) -> None:
    with technical() as s:
        day = clock.today() - timedelta(30)
        s.add(Suspension(patronage_id=patronage.id, starts_on=day, ends_on=day))
    assert codes(seen("contacts", [HEAD, row(30), row(31)], head)) == ["was_suspended", "accepted"]


def test_the_specialist_is_at_one_place_at_a_time(head: User, patronage: Patronage) -> None:
    other = make_patronage(
        make_family("Рябинина"), opened_on=patronage.opened_on, enrolled_on=patronage.enrolled_on
    )
    assert other.id
    rows = [HEAD, row(), row(family="Рябинина Мария Ивановна", time="11:00"), row(time="10:30")]
    found = seen("contacts", rows, head)
    assert codes(found) == ["accepted", "overlap", "double"]
    assert found.rows[2].same == found.rows[0].place


def test_the_same_file_again_changes_nothing(head: User, patronage: Patronage) -> None:
    rows = [HEAD, row(), row(31, time=""), row(31, time="", kind="звонок")]
    assert bring("contacts", rows, head).made == 3
    again = bring("contacts", rows, head)
    assert (again.made, again.known, count()) == (0, 3, 3)


def test_what_the_portal_has_already_is_not_made_twice(
    head: User, worker: User, patronage: Patronage
) -> None:
    day, now = clock.today() - timedelta(30), clock.now()
    with technical() as s:
        s.add(
            Contact(
                patronage_id=patronage.id, user_id=worker.id, kind="visit", state="not_at_home", day=day,
                starts_at=time(10, 30), minutes=60, created_by_id=worker.id, created_at=now, closed_at=now,
            )
        )  # fmt: skip
    assert codes(seen("contacts", [HEAD, row()], head)) == ["known"]


def test_a_contact_counts_towards_the_norm(head: User, patronage: Patronage) -> None:
    bring("contacts", [HEAD, row(1)], head)
    due = db.session.get_one(Patronage, patronage.id, populate_existing=True).next_contact_on
    assert due is not None and due > clock.today()


def test_five_thousand_rows_are_read_in_a_few_statements(head: User, worker: User) -> None:
    enrolled = clock.today() - timedelta(400)
    families = [make_family(f"Семейкина{letter}") for letter in "абвгдежзик"]
    for one in families:
        make_patronage(one, opened_on=enrolled, enrolled_on=enrolled)
    rows = [HEAD] + [
        row(1 + number // 20, family=f"№ {families[number % 10].number}", time=f"{8 + number % 10}:00",
            kind="звонок" if number % 20 > 9 else "визит", minutes=5, worker="Туров Ф. Ю.",
            result="не ответили" if number % 20 > 9 else "да")
        for number in range(5000)
    ]  # fmt: skip
    import_id = start("contacts", rows, head)
    steps: list[int] = []
    with counted() as statements:
        running.run(import_id, head, lambda _done, _total: steps.append(len(statements)))
    assert looked(import_id).made == 5000 == count()
    assert len(steps) == 20
    each = [after - before for before, after in itertools.pairwise(steps)]
    assert max(each) < 60, each
    assert db.session.scalar(select(func.count()).select_from(ImportRow)) == 5000


def test_an_import_that_was_interrupted_goes_on(
    head: User, patronage: Patronage, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [HEAD, *(row(days) for days in range(1, 301))]
    import_id = start("contacts", rows, head)

    def stop(done: int, _total: int) -> None:
        raise RuntimeError(f"the power went at {done}")

    with pytest.raises(RuntimeError):
        running.run(import_id, head, stop)
    assert (looked(import_id).state, looked(import_id).done, count()) == ("running", 250, 250)
    running.run(import_id, head)
    assert (looked(import_id).state, looked(import_id).made, count()) == ("done", 300, 300)


def test_two_at_once_make_each_contact_once(app: Flask, head: User, patronage: Patronage) -> None:
    rows = [HEAD, *(row(days) for days in range(1, 41))]
    one, other = start("contacts", rows, head), start("contacts", rows, head)
    user = db.session.get_one(User, head.id)
    _ = user.roles
    db.session.expunge(user)
    runs = [lambda n=n: running.run(n, user) for n in (one, other, one)]
    assert at_once(app, *runs) == ["done"] * 3
    assert count() == 40
    assert sorted((looked(one).made, looked(other).made)) == [0, 40]
    assert looked(one).state == looked(other).state == "done"
