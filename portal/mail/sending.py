"""Sending what lies in the outbox: by whichever process comes first, each mail once.

A mail is claimed before it is handed over, and its fate is written down after that. Whoever dies in between leaves it
claimed: some minutes later it is called unclear, and shown to the administrator, rather than sent twice.
"""

import secrets
import smtplib
import threading
import time
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from flask import Flask, current_app
from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import User
from portal.db import db, technical
from portal.mail import outbox
from portal.mail.models import Mail
from portal.mail.smtp import NotSent, Unclear, connected, hand_over

LOOK_EVERY = 10  # seconds
AFTER = (1, 5, 15, 60, 240)  # minutes until the next try; from then on the last of them
LOST_AFTER = timedelta(minutes=10)  # much longer than a server may keep us waiting


def send_due() -> int:
    """Send what is due; gives how many went. Nothing is done where no server is set."""
    if not outbox.is_on():
        return 0
    _tidy()
    due = _due()
    if not due:
        return 0
    try:
        with connected(current_app.config["MAIL_SERVER"]) as smtp:
            return sum(_send(smtp, mail_id) for mail_id in due)
    except NotSent as broken:
        _fail_together(due, broken.code)
        return 0


def _due() -> list[int]:
    query = select(Mail.id).where(Mail.state == "waiting", Mail.next_at <= clock.now())
    ids = list(db.session.scalars(query.order_by(Mail.id).limit(100)))
    db.session.rollback()
    return ids


def _tidy() -> None:
    """What nobody needs any more is dropped; what was claimed long ago is unclear."""
    now = clock.now()
    old = (Mail.state == "waiting") & (Mail.useless_at <= now)
    lost = (Mail.state == "sending") & (Mail.claimed_at < now - LOST_AFTER)
    if db.session.scalar(select(Mail.id).where(old | lost).limit(1)) is not None:
        db.session.rollback()
        with technical() as s:
            s.execute(update(Mail).where(old).values(state="dropped"))
            s.execute(update(Mail).where(lost).values(state="unclear", problem="lost"))
    db.session.rollback()


def _send(smtp: smtplib.SMTP, mail_id: int) -> bool:
    """Claim the mail, hand it over, write down what came of it."""
    claim = secrets.token_hex(16)
    if not _claimed(mail_id, claim):
        return False
    mail, address = _read(mail_id)
    if not address:
        _settle(mail, claim, "dropped")
        return False
    try:
        hand_over(smtp, _message(mail, address), address)
    except NotSent as broken:
        _settle(mail, claim, "waiting", broken.code)
        return False
    except Unclear:
        _settle(mail, claim, "unclear", "lost")
        return False
    _settle(mail, claim, "sent")
    return True


def _claimed(mail_id: int, claim: str) -> bool:
    """Whether it is ours: of two processes the database gives it to one."""
    now = clock.now()
    query = update(Mail).where(Mail.id == mail_id, Mail.state == "waiting", Mail.next_at <= now)
    with technical() as s:
        taken = s.execute(query.values(state="sending", claim=claim, claimed_at=now).returning(Mail.id))
        return taken.scalar() is not None


def _read(mail_id: int) -> tuple[Mail, str]:
    """The mail, and where it goes: nowhere once the colleague has left or has no address any more."""
    query = select(Mail, User.email, User.dismissed_on).join(User, User.id == Mail.user_id)
    query = query.where(Mail.id == mail_id).execution_options(populate_existing=True)
    mail, address, dismissed_on = db.session.execute(query).one()
    db.session.expunge(mail)
    db.session.rollback()
    return mail, "" if dismissed_on else address


def _settle(mail: Mail, claim: str, state: str, problem: str = "") -> None:
    """Only by whoever holds the claim: what the administrator has let go again meanwhile is theirs."""
    tries, now = mail.tries + 1, clock.now()
    later = now + timedelta(minutes=AFTER[min(tries, len(AFTER)) - 1])
    values = {"state": state, "problem": problem, "tries": tries, "next_at": later}
    with technical() as s:
        query = update(Mail).where(Mail.id == mail.id, Mail.claim == claim)
        s.execute(query.values(**values, sent_at=now if state == "sent" else None))
    if problem:
        _log_failure(problem)


def _fail_together(ids: list[int], problem: str) -> None:
    """There was no line to the server: all that was due waits for the next try."""
    now = clock.now()
    with technical() as s:
        for mail in s.scalars(select(Mail).where(Mail.id.in_(ids), Mail.state == "waiting")):
            mail.tries, mail.problem = mail.tries + 1, problem
            mail.next_at = now + timedelta(minutes=AFTER[min(mail.tries, len(AFTER)) - 1])
    _log_failure(problem)


def _log_failure(problem: str) -> None:
    """The log names neither readers nor subjects."""
    current_app.logger.warning("mail not sent", extra={"kind": problem})


def _message(mail: Mail, address: str) -> EmailMessage:
    message, sender = EmailMessage(), current_app.config["MAIL_FROM"]
    message["From"], message["To"], message["Subject"] = sender, address, mail.subject
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = f"<{mail.reference}.{mail.user_id}.{mail.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    if mail.calendar:
        method = "CANCEL" if "METHOD:CANCEL" in mail.calendar else "PUBLISH"
        message.add_attachment(
            mail.calendar.encode(),
            maintype="text",
            subtype="calendar",
            filename="meeting.ics",
            params={"method": method, "charset": "utf-8"},
        )
    return message


def keep_sending(app: Flask) -> None:
    """Look every few seconds, in a thread of its own, whether a mail is due; nothing where no server is set."""
    if not app.config["MAIL_SERVER"]:
        return

    def watch() -> None:
        while True:
            with app.app_context():
                try:
                    send_due()
                except Exception as error:
                    app.logger.error("mail stopped", extra={"kind": type(error).__name__})
                finally:
                    db.session.remove()
            time.sleep(LOOK_EVERY)

    threading.Thread(target=watch, name="mail", daemon=True).start()
