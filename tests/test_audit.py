"""The chain of the audit log: written with the change, and whatever is done to it is found."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from portal import audit, clock
from portal.audit import AuditEntry, Event
from portal.consilium.models import Decision, Item, Meeting, MeetingSeat, Vote
from portal.db import atomic, db, is_sqlite, technical
from portal.settings import actions as settings
from portal.settings import queries as setting_values
from portal.settings.models import Setting
from tests.factories import make_family, make_patronage, make_user

FROZEN = ("audit_entries", "votes", "decisions", "family_looks")


@pytest.fixture
def chain(app: Flask) -> int:
    """The number of the last entry of a chain with a few entries."""
    user = make_user("admin")
    for number in range(5):
        settings.change_settings(user.id, centre_name=f"Центр {number}")
    last = audit.count()
    assert audit.verify() == (last, None)
    return last


def _unfreeze(table: str = "audit_entries") -> None:
    """What an intruder with the key of the database would do first."""
    db.session.remove()
    with db.engine.begin() as connection:
        if is_sqlite():
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
        else:
            connection.execute(text(f"DROP TRIGGER {table}_frozen ON {table}"))


def _tamper(statement: str, **values: object) -> None:
    with technical() as session:
        session.execute(text(statement), values)
    db.session.remove()


def _change(last: int) -> str:
    _tamper("UPDATE audit_entries SET data = replace(data, 'Центр 2', 'Центр 7')")
    return f"entry {last - 2} was changed"


def _change_the_actor(last: int) -> str:
    _tamper("UPDATE audit_entries SET actor_id = NULL WHERE id = :id", id=last)
    return f"entry {last} was changed"


def _change_the_time(last: int) -> str:
    _tamper(
        "UPDATE audit_entries SET at = :at WHERE id = :id", at=clock.now().replace(tzinfo=None), id=last - 1
    )
    return f"entry {last - 1} was changed"


def _remove_from_the_middle(last: int) -> str:
    _tamper("DELETE FROM audit_entries WHERE id = :id", id=last - 2)
    return f"entry {last - 2} is missing"


def _remove_the_first(last: int) -> str:
    _tamper("DELETE FROM audit_entries WHERE id = 1")
    return "entry 1 is missing"


def _remove_the_last(last: int) -> str:
    _tamper("DELETE FROM audit_entries WHERE id = :id", id=last)
    return f"entry {last} is missing"


def _remove_all(last: int) -> str:
    _tamper("DELETE FROM audit_entries")
    return "entry 1 is missing"


def _add(last: int) -> str:
    columns = "at, actor_id, event, kind, object_id, data, previous, hash"
    _tamper(
        f"INSERT INTO audit_entries (id, {columns})"
        f" SELECT id + 1, {columns} FROM audit_entries WHERE id = {last}"
    )
    return f"entry {last + 1} does not follow entry {last}"


def _move(last: int) -> str:
    for old, new in ((last, 9999), (last - 1, last), (9999, last - 1)):
        _tamper("UPDATE audit_entries SET id = :new WHERE id = :old", old=old, new=new)
    return f"entry {last - 1} does not follow entry {last - 2}"


def _renumber_over_a_gap(last: int) -> str:
    _tamper("DELETE FROM audit_entries WHERE id = :id", id=last - 1)
    _tamper("UPDATE audit_entries SET id = :new WHERE id = :old", old=last, new=last - 1)
    return f"entry {last - 1} does not follow entry {last - 2}"


def _cut_the_tail_and_mend_the_head(last: int) -> str:
    _tamper("DELETE FROM audit_entries WHERE id = :id", id=last)
    _tamper(
        "UPDATE audit_head SET last_id = :id, hash = (SELECT hash FROM audit_entries WHERE id = :id)",
        id=last - 1,
    )
    return "the head of the chain was changed"


def _remove_the_head(last: int) -> str:
    _tamper("DELETE FROM audit_head")
    return "the head of the chain is missing"


def _spoil_the_time(last: int) -> str:
    moment = "'spoiled'" if is_sqlite() else "'2001-01-01'"
    _tamper(f"UPDATE audit_entries SET at = {moment} WHERE id = :id", id=last - 2)
    return f"entry {last - 2} was changed"


def _remove_everything(last: int) -> str:
    _tamper("DELETE FROM audit_entries")
    _tamper("DELETE FROM audit_head")
    return "the log is empty"


TAMPERINGS = (
    _change, _change_the_actor, _change_the_time, _remove_from_the_middle, _remove_the_first,
    _remove_the_last, _remove_all, _add, _move, _renumber_over_a_gap, _cut_the_tail_and_mend_the_head,
    _remove_the_head, _spoil_the_time, _remove_everything,
)  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda one: one.__name__.strip("_"))
def test_the_first_bad_entry_is_named(app: Flask, chain: int, tamper: Callable[[int], str]) -> None:
    _unfreeze()
    fault = tamper(chain)
    found = audit.verify()[1]
    assert found is not None
    assert found.startswith(fault)
    answer = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert answer.exit_code == 1
    assert fault in answer.output


def test_a_whole_chain_is_said_to_be_whole(app: Flask, chain: int) -> None:
    answer = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert (answer.exit_code, answer.output) == (0, f"ok: {chain} entries\n")


def test_another_instance_cannot_forge_an_entry(app: Flask, chain: int) -> None:
    """Without the key of the instance nobody makes an entry that fits."""
    app.config["AUDIT_KEY"] = b"another" * 4
    settings.change_settings(make_user("admin").id, centre_name="Подделка")
    app.config["AUDIT_KEY"] = app.config["AUDIT_KEY"][::-1]
    assert audit.verify()[1] is not None


def test_entries_hold_old_and_new_values(app: Flask) -> None:
    admin = make_user("admin")
    settings.change_settings(admin.id, centre_name="Первый")
    settings.change_settings(admin.id, centre_name="Второй")
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.event, entry.actor_id) == (Event.SETTINGS_CHANGED, admin.id)
    assert entry.data == '{"new": {"centre_name": "Второй"}, "old": {"centre_name": "Первый"}}'


def test_a_change_without_an_event_is_refused(app: Flask) -> None:
    def silently() -> None:
        with atomic() as s:
            s.merge(Setting(name="centre_name", value='"Молча"'))

    with pytest.raises(RuntimeError, match="audit event"):
        silently()
    assert setting_values.value("centre_name") != "Молча"


def test_an_event_whose_change_fails_is_not_kept(app: Flask, chain: int) -> None:
    def failing() -> None:
        with atomic() as s:
            audit.record(s, Event.SETTINGS_CHANGED, None, Setting(name="all"))
            raise ValueError("the change failed")

    with pytest.raises(ValueError, match="the change failed"):
        failing()
    assert audit.verify() == (chain, None)


def test_atomic_does_not_nest(app: Flask) -> None:
    def nested() -> None:
        with atomic(), atomic():
            pass

    with pytest.raises(RuntimeError, match="nest"):
        nested()


def test_writers_at_once_keep_the_chain_whole(app: Flask) -> None:
    admin, before = make_user("admin").id, audit.count()
    db.session.remove()
    failures: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            with app.app_context():
                for number in range(5):
                    settings.change_settings(admin, centre_name=f"{writer}-{number}")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert audit.verify() == (before + 40, None)


def _rows_of_frozen_tables() -> None:
    """One row in each table that nobody may change."""
    user, patronage = make_user("member"), make_patronage(make_family())
    day, moment = clock.today(), clock.now()
    with technical() as s:
        meeting = Meeting(
            number=1,
            year=day.year,
            held_on=day,
            starts_at=moment.time(),
            status="open",
            created_by_id=user.id,
        )
        s.add(meeting)
        s.flush()
        item = Item(
            meeting_id=meeting.id, position=1, kind="remove", patronage_id=patronage.id, status="voting"
        )
        s.add(item)
        s.add(
            MeetingSeat(meeting_id=meeting.id, user_id=user.id, seat="member", votes=True, presence="present")
        )
        s.flush()
        s.add(Vote(item_id=item.id, user_id=user.id, choice="for", cast_at=moment))
        s.add(
            Decision(
                year=day.year,
                number=1,
                item_id=item.id,
                patronage_id=patronage.id,
                kind="remove",
                carried=True,
                decided_on=day,
            )
        )
    audit.look(user.id, patronage.family_id, "card")


@pytest.mark.parametrize("table", FROZEN)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET id = id + 1000"])
def test_the_database_keeps_what_must_stay(app: Flask, table: str, statement: str) -> None:
    _rows_of_frozen_tables()
    before = db.session.scalar(select(func.count()).select_from(text(table)))
    assert before
    db.session.remove()
    with pytest.raises(DatabaseError, match=f"tr_{table}_frozen|rows of this table stay"):
        _tamper(statement.format(table))
    assert db.session.scalar(select(func.count()).select_from(text(table))) == before
