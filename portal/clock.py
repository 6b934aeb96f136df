"""What time it is: the only place where the portal asks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def zone() -> ZoneInfo:
    """The centre's time zone."""
    return ZoneInfo(current_app.config["TIMEZONE"])


def today() -> date:
    """The day it is at the centre."""
    return now().astimezone(zone()).date()


def local(moment: datetime) -> datetime:
    """The moment as a clock on the centre's wall shows it."""
    return moment.astimezone(zone())
