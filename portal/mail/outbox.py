"""What lays mails into the outbox, and what the administrator does with those that did not go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.accounts.models import User
from portal.audit import Event
from portal.db import atomic, db
from portal.mail.models import Mail
from portal.rules import N_, RuleBroken

SHOWN = 100
SHOWN_DAYS = 30  # for which the administrator sees what never went and is of no use any more
_failing = or_(Mail.state == "unclear", and_(Mail.state == "waiting", Mail.problem != ""))


@dataclass(frozen=True)
class Letter:
    """A mail as its reader gets it, with a calendar file."""

    subject: str
    body: str
    calendar: str = ""


def is_on() -> bool:
    """Whether a mail server is set: without one no mail is written at all."""
    return bool(current_app.config["MAIL_SERVER"])


def add(s: Session, user_id: int, reference: str, letter: Letter, useless_at: datetime) -> None:
    """Inside a transaction: a mail to the colleague, to be sent after it; one for each reference.

    What has not been sent till `useless_at` is not sent any more.
    """
    now = clock.now()
    mail = Mail(user_id=user_id, reference=reference, written_at=now, next_at=now, useless_at=useless_at)
    mail.subject, mail.body, mail.calendar = letter.subject, letter.body, letter.calendar
    s.add(mail)


def outrun(s: Session, references: Sequence[str]) -> None:
    """Inside a transaction: what has not gone yet under these references says what is no longer true."""
    still = (Mail.reference.in_(references), Mail.state != "sent", Mail.useless_at > clock.now())
    s.execute(update(Mail).where(*still).values(useless_at=clock.now()))


def failing() -> int:
    """How many mails did not go, and would still be of use."""
    query = select(func.count()).select_from(Mail).where(_failing, Mail.useless_at > clock.now())
    return db.session.scalar(query) or 0


def failures(most: int = SHOWN) -> list[Any]:
    """The mails that did not go with their readers, the latest first; `is_late` are those of no use any more."""
    now, late = clock.now(), or_(Mail.state == "dropped", Mail.useless_at <= clock.now())
    never = and_(Mail.state != "sent", Mail.problem != "", Mail.written_at > now - timedelta(SHOWN_DAYS))
    name = (User.last_name, User.first_name, User.middle_name, User.email)
    columns = (Mail.id, Mail.user_id, Mail.subject, Mail.state, Mail.problem, Mail.tries)
    query = select(*columns, Mail.next_at, Mail.claimed_at, Mail.written_at, late.label("is_late"), *name)
    query = query.join(User, User.id == Mail.user_id).where(or_(and_(_failing, Mail.useless_at > now), never))
    return list(db.session.execute(query.order_by(Mail.id.desc()).limit(most)))


def counts() -> dict[str, int]:
    """How many mails there are in each state."""
    query = select(Mail.state, func.count()).group_by(Mail.state)
    return {row[0]: row[1] for row in db.session.execute(query)}


def get_mail(_user: Any, mail_id: int) -> Mail | None:
    """A mail of the outbox, else None."""
    return db.session.get(Mail, mail_id)


def send_again(mail_id: int, actor_id: int) -> None:
    """Let a mail that failed, or whose fate is unclear, be sent at once. Raises mail_gone."""
    with atomic() as s:
        mail = s.get_one(Mail, mail_id, with_for_update=True, populate_existing=True)
        if mail.state not in ("waiting", "unclear") or mail.useless_at <= clock.now():
            raise RuleBroken("mail_gone", N_("This mail has been sent meanwhile, or is needed no more."))
        old, mail.state = mail.state, "waiting"
        mail.next_at, mail.claim = clock.now(), ""
        audit.record(s, Event.MAIL_SENT_AGAIN, actor_id, mail, old={"state": old})
