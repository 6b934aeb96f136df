"""Pages of a month: which one the address asks for, its name, and the addresses of its neighbors."""

from datetime import date
from typing import Any

from babel.dates import format_date
from flask import request
from flask_babel import get_locale

from portal import clock
from portal.rules.norms import DAY, Unit, period_of

FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)


def month_asked() -> date:
    """The first day of `?month=2026-11`, or of the running month."""
    try:
        day = date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        day = clock.today()
    return period_of(Unit.MONTH, min(max(day, FIRST), LAST))[0]


def around(day: date) -> dict[str, Any]:
    """The month's name «Ноябрь 2026», and `2026-10`, `2026-12` as far as there are any."""
    first, last = period_of(Unit.MONTH, day)
    locale = str(get_locale())
    return {
        "day": day,
        "title": format_date(day, "LLLL y", locale=locale).capitalize(),
        "before": f"{first - DAY:%Y-%m}" if first > FIRST else None,
        "after": f"{last + DAY:%Y-%m}" if first < LAST else None,
    }
