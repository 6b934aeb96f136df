"""What time it is: the only place where the portal asks."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flask import current_app

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _pretended.get() or datetime.now(UTC)


@contextlib.contextmanager
def pretend(moment: datetime) -> Iterator[None]:
    """Inside, it is this moment: the demo center has a past, made by the same actions as the present."""
    token = _pretended.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _pretended.reset(token)


def zone() -> ZoneInfo:
    """The centre's time zone."""
    return ZoneInfo(current_app.config["TIMEZONE"])


def today() -> date:
    """The day it is at the centre."""
    return now().astimezone(zone()).date()


def local(moment: datetime) -> datetime:
    """The moment as a clock on the centre's wall shows it."""
    return moment.astimezone(zone())


def wall() -> datetime:
    """This moment as a clock on the centre's wall shows it, without a zone."""
    return local(now()).replace(tzinfo=None)


def start_of(day: date) -> datetime:
    """The moment at which the day begins at the centre."""
    return datetime.combine(day, time(), zone())
