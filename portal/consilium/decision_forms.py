"""What is typed after a decision: on which day the family was told, on which it got its extract."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import InputRequired

from portal.families.member_rows import Day
from portal.web import Form, number_of


class _Noted(Form):
    seen_day = HiddenField()

    @property
    def was(self) -> date | None:
        """The day that stood there when the form was opened, or None."""
        number = number_of(self.seen_day.data)
        return date.fromordinal(number) if 0 < number <= date.max.toordinal() else None


class ToldForm(_Noted):
    """The family was told."""

    told_on = Day(_l("Family told on"), [InputRequired(_l("Say on which day."))])


class ExtractForm(_Noted):
    """The family has its extract."""

    extract_on = Day(_l("Extract given on"), [InputRequired(_l("Say on which day."))])


def filled(kind: type[_Noted], name: str, day: date | None, today: date, **options: Any) -> Any:
    """A form for the day that stands there, or else proposing today."""
    data = {name: day or today, "seen_day": str(day.toordinal()) if day else ""}
    return kind(data=data, **options)
