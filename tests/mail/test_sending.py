"""Letters go once, whatever fails: the server, the line, the process, or two processes at the same time."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import User
from portal.audit import Event, record
from portal.db import atomic, db, technical
from portal.mail import outbox, sending
from portal.mail.models import Mail
from portal.mail.outbox import Letter
from tests.client import Client
from tests.consilium.test_races import at_once
from tests.factories import make_user
from tests.mail.server import Post, serving
from tests.refusals import refuses

LETTER = Letter("Тема", "Текст\n.точка в начале\n")


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    with serving() as post:
        app.config.update(
            MAIL_SERVER=post.url,
            MAIL_FROM="portal@center.example",
            PORTAL_URL="https://portal.center.example",
        )
        yield post


def write(*readers: User, letter: Letter = LETTER, reference: str = "letter-1") -> None:
    with atomic() as s:
        for reader in readers:
            outbox.add(s, reader.id, reference, letter, clock.now() + timedelta(days=3))
            record(s, Event.ACCOUNT_CHANGED, reader.id, reader)


def reader(address: str = "one@center.example") -> User:
    user = make_user("member")
    with technical() as s:
        s.execute(update(User).where(User.id == user.id).values(email=address))
    return user


def mails() -> list[Mail]:
    db.session.rollback()
    return list(db.session.scalars(select(Mail).order_by(Mail.id).execution_options(populate_existing=True)))


def later(minutes: int) -> object:
    return clock.pretend(clock.now() + timedelta(minutes=minutes))


def test_a_letter_goes_once(app: Flask, post: Post) -> None:
    write(reader())
    assert sending.send_due() == 1
    assert sending.send_due() == 0
    ((to, letter),) = post.taken
    assert to == "one@center.example"
    assert (letter["Subject"], letter["From"]) == ("Тема", "portal@center.example")
    assert ".точка в начале" in letter.get_content()
    (mail,) = mails()
    assert mail.state == "sent" and mail.sent_at is not None


def test_without_a_server_nothing_is_sent(app: Flask) -> None:
    write(reader())
    assert sending.send_due() == 0
    assert [mail.state for mail in mails()] == ["waiting"]


def test_what_is_rolled_back_was_never_written(app: Flask, post: Post) -> None:
    user = reader()
    with pytest.raises(ZeroDivisionError), atomic() as s:
        outbox.add(s, user.id, "letter-1", LETTER, clock.now())
        raise ZeroDivisionError
    assert mails() == []


def test_a_server_that_is_away_is_tried_again(app: Flask, post: Post) -> None:
    write(reader(), reader("two@center.example"))
    app.config["MAIL_SERVER"] = "smtp://127.0.0.1:9"
    assert sending.send_due() == 0
    assert {(mail.state, mail.problem, mail.tries) for mail in mails()} == {("waiting", "server", 1)}
    app.config["MAIL_SERVER"] = post.url
    assert sending.send_due() == 0, "not before its time"
    with later(2):
        assert sending.send_due() == 2
    assert post.readers == ["one@center.example", "two@center.example"]
    assert {mail.problem for mail in mails()} == {""}


@pytest.mark.parametrize(
    ("word", "answer", "problem"),
    [
        ("RCPT", "550 no such", "address"),
        ("MAIL", "553 not you", "sender"),
        ("DATA", "554 no", "refused"),
        ("RSET", "421 too many", "server"),
    ],
)
def test_a_refusal_is_told_and_tried_again(
    app: Flask, post: Post, word: str, answer: str, problem: str
) -> None:
    write(reader())
    post.refuses[word] = answer
    assert sending.send_due() == 0
    assert [(mail.state, mail.problem) for mail in mails()] == [("waiting", problem)]
    assert outbox.failing() == 1
    post.refuses.clear()
    with later(2):
        assert sending.send_due() == 1
    assert len(post.taken) == 1


def test_one_refused_address_does_not_hold_the_others(app: Flask, post: Post) -> None:
    write(reader(""), reader("two@center.example"))
    assert sending.send_due() == 1
    assert [mail.state for mail in mails()] == ["dropped", "sent"], (
        "without an address there is nowhere to send"
    )


def test_a_password_never_travels_in_the_open(app: Flask, post: Post) -> None:
    write(reader())
    app.config["MAIL_SERVER"] = f"smtp://portal:secret@127.0.0.1:{post.port}"
    assert sending.send_due() == 0
    assert [mail.problem for mail in mails()] == ["encryption"]


def test_an_answer_that_did_not_come_is_unclear_and_not_sent_twice(app: Flask, post: Post) -> None:
    user, admin = reader(), make_user("admin")
    write(user)
    post.hangs_up_after_the_letter = True
    assert sending.send_due() == 0
    assert [(mail.state, mail.problem) for mail in mails()] == [("unclear", "lost")]
    post.hangs_up_after_the_letter = False
    with later(600):
        assert sending.send_due() == 0, "it may have arrived"
    client = Client(app, admin)
    client.get("/")
    assert "Неотправленные письма" in client.text
    client.get("/settings/mail/")
    assert "могло дойти" in client.text
    client.post(f"/settings/mail/{mails()[0].id}/again")
    assert sending.send_due() == 1
    with refuses("mail_gone"):
        outbox.send_again(mails()[0].id, admin.id)
    client.get("/")
    assert "Неотправленные письма" not in client.text


def test_a_process_that_died_while_sending_leaves_it_unclear(
    app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(reader())

    def dies(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(sending, "hand_over", dies)
        sending.send_due()
    assert [mail.state for mail in mails()] == ["sending"]
    assert sending.send_due() == 0
    with later(15):
        assert sending.send_due() == 0
        assert [mail.state for mail in mails()] == ["unclear"]
    assert post.taken == []


def test_two_processes_send_each_letter_once(app: Flask, post: Post) -> None:
    for number in range(6):
        write(reader(f"r{number}@center.example"), reference=f"letter-{number}")
    at_once(app, *[sending.send_due] * 3)
    assert post.readers == [f"r{number}@center.example" for number in range(6)]
    assert {mail.state for mail in mails()} == {"sent"}


def test_what_nobody_needs_any_more_is_dropped(app: Flask, post: Post) -> None:
    write(reader())
    with later(4 * 24 * 60):
        assert sending.send_due() == 0
    assert [mail.state for mail in mails()] == ["dropped"]


def test_what_never_went_is_shown_for_a_month_after_it_was_of_use(app: Flask, post: Post) -> None:
    write(reader())
    post.refuses["RCPT"] = "550 no such"
    assert sending.send_due() == 0
    assert [row.is_late for row in outbox.failures()] == [False]
    post.refuses.clear()
    with later(4 * 24 * 60):
        assert sending.send_due() == 0
        assert [(row.state, row.is_late) for row in outbox.failures()] == [("dropped", True)]
        assert outbox.failing() == 0, "nothing is left to do"
        client = Client(app, make_user("admin"))
        client.get("/settings/mail/")
        assert "больше не нужно" in client.text
        assert not client.page.xpath("//form[contains(@action, '/again')]")
    with later(31 * 24 * 60):
        assert outbox.failures() == []


def test_whoever_has_left_gets_nothing(app: Flask, post: Post) -> None:
    user = reader()
    write(user)
    with technical() as s:
        s.execute(update(User).where(User.id == user.id).values(dismissed_on=clock.today()))
    assert sending.send_due() == 0
    assert post.taken == []


def test_the_log_names_nobody(app: Flask, post: Post, caplog: pytest.LogCaptureFixture) -> None:
    app.logger.propagate = True
    app.logger.setLevel("INFO")
    write(reader("secret.person@center.example"))
    post.refuses["RCPT"] = "550 secret.person@center.example is unknown"
    sending.send_due()
    said = " ".join(f"{one.getMessage()} {vars(one)}" for one in caplog.records)
    assert "mail not sent" in said
    assert "secret.person" not in said and "Тема" not in said
