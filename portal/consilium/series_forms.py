"""What is typed about a series of meetings, and about the order of an agenda."""

from datetime import date, time
from typing import Any

from babel.dates import format_date, get_day_names
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portal import clock
from portal.choosing import ManyField, SelectField
from portal.patronage.forms import one_line, paragraphs
from portal.rules.series import LAST, MOST, Planned
from portal.rules.workdays import SATURDAY
from portal.web import LONGEST_TEXT, Form

WHICH = {
    1: _l("first (of the month)"),
    2: _l("second (of the month)"),
    3: _l("third (of the month)"),
    4: _l("fourth (of the month)"),
    5: _l("fifth, where there is one"),
    LAST: _l("last (of the month)"),
}
AHEAD = 13  # months to choose the first one from
START = {"which": "3", "weekday": "1", "months": MOST, "starts_at": time(14)}


def month_name(day: date) -> str:
    """«ноябрь 2026»."""
    return format_date(day, "LLLL y", locale=str(get_locale()))


def _day(text: Any) -> date:
    return text if isinstance(text, date) else date.fromisoformat(str(text))


class SeriesForm(Form):
    """Which weekday of the month, from when, how often, at what time and where."""

    which = SelectField(_l("Which of the month"), choices=[(str(n), name) for n, name in WHICH.items()])
    weekday = SelectField(_l("Day of the week"))
    month = SelectField(_l("From the month"))
    months = IntegerField(
        _l("For how many months"),
        [
            InputRequired(_l("A whole number from 1 to 12.")),
            NumberRange(1, MOST, _l("A whole number from 1 to 12.")),
        ],
    )
    starts_at = TimeField(_l("Time"), [InputRequired(_l("Enter the time."))])
    place = StringField(_l("Place"), [DataRequired(_l("Fill this in.")), Length(max=200)], filters=[one_line])
    note = TextAreaField(_l("Note for the members"), [Length(max=LONGEST_TEXT)], filters=[paragraphs])
    days = ManyField(_l("Days"), coerce=_day)
    seen = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        locale = str(get_locale())
        names = get_day_names("wide", "stand-alone", locale)
        self.weekday.choices = [(str(n), names[n]) for n in range(SATURDAY)]
        first, months = clock.today().replace(day=1), []
        for _ in range(AHEAD):
            months.append((f"{first:%Y-%m}", month_name(first)))
            first = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
        self.month.choices = months
        self.days.choices = []

    def offer(self, days: list[Planned]) -> None:
        """The days that may be ticked."""
        self.days.choices = [(one.day, "") for one in days if one.day]

    @property
    def asked(self) -> tuple[date, int, int, int]:
        """First month, how many, the weekday and which of the month."""
        month = date.fromisoformat(f"{self.month.data}-01")
        return month, int(self.months.data or 0), int(self.weekday.data), int(self.which.data)

    @property
    def seen_ids(self) -> set[int]:
        """The meetings that whoever plans has seen in the preview."""
        return {int(one) for one in (self.seen.data or "").split(",") if one.isdecimal() and len(one) < 10}
