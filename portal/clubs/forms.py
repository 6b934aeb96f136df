"""What is typed about clubs and sessions."""

from datetime import time
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import DateField, FormField, IntegerField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from portal import clock
from portal.choosing import SelectField
from portal.clubs.words import WEEKDAYS
from portal.rules.names import clean
from portal.rules.recipients import MOST_PLACES
from portal.rules.timetable import LONGEST, SHORTEST
from portal.web import Form

_needed = InputRequired(_l("Fill this in."))
_length = NumberRange(
    SHORTEST, LONGEST, _l("From %(shortest)s to %(longest)s minutes.", shortest=SHORTEST, longest=LONGEST)
)


def _line(text: str | None) -> str:
    return clean(text or "")


def _paragraphs(text: str | None) -> str:
    return "\n".join(clean(line) for line in (text or "").splitlines()).strip()


class WeeklyTimeForm(wtforms.Form):
    """A weekly time; without a weekday there is none."""

    weekday = SelectField(_l("Weekday"), choices=[("", _l("no time")), *WEEKDAYS], default="")
    starts_at = TimeField(_l("Start"), [Optional()])
    minutes = IntegerField(_l("Length, minutes"), [Optional(), _length], default=60)

    def validate_starts_at(self, start: TimeField) -> None:
        """A weekday needs its time."""
        if self.weekday.data and start.data is None:
            raise ValidationError(_l("Say at what time."))

    def weekly_time(self) -> tuple[int, time, int] | None:
        """(weekday, start, minutes), or None."""
        if not self.weekday.data:
            return None
        return int(self.weekday.data), self.starts_at.data, self.minutes.data or 60


class ClubForm(Form):
    """A club; the leader is chosen by the head only."""

    name = StringField(_l("Name of the club"), [_needed, Length(max=120)], filters=[_line])
    leader_id = SelectField(_l("Leader"), coerce=int)
    room = StringField(_l("Room"), [Length(max=80)], filters=[_line])
    about = TextAreaField(_l("What it is for"), [Length(max=5000)], filters=[_paragraphs])
    capacity = IntegerField(
        _l("Places in the group"),
        [_needed, NumberRange(1, MOST_PLACES, _l("From 1 to %(most)s places.", most=MOST_PLACES))],
        default=12,
    )
    first = FormField(WeeklyTimeForm, _l("First weekly time"))
    second = FormField(WeeklyTimeForm, _l("Second weekly time"))

    def club(self) -> dict[str, Any]:
        """What the actions take."""
        times = [part.form.weekly_time() for part in (self.first, self.second)]
        fields = {
            name: self[name].data
            for name in ("name", "leader_id", "room", "about", "capacity")
            if name in self
        }
        return {**fields, "times": [time for time in times if time]}


class SessionForm(Form):
    """A session."""

    day = DateField(_l("Day"), [InputRequired(_l("Choose a day."))])
    starts_at = TimeField(_l("Start"), [InputRequired(_l("Say at what time."))])
    minutes = IntegerField(_l("Length, minutes"), [_needed, _length], default=60)
    room = StringField(_l("Room"), [Length(max=80)], filters=[_line])
    topic = StringField(_l("Topic"), [_needed, Length(max=300)], filters=[_line])
    goal = TextAreaField(_l("Goal"), [_needed, Length(max=5000)], filters=[_paragraphs])


class MoveForm(Form):
    """Another day and time of a session."""

    day = DateField(_l("Day"), [InputRequired(_l("Choose a day."))])
    starts_at = TimeField(_l("Start"), [InputRequired(_l("Say at what time."))])


class PlanForm(Form):
    """What the sessions of a period have in common; its days are chosen beside."""

    topic = StringField(_l("Topic for all of them"), [Length(max=300)], filters=[_line])
    goal = TextAreaField(_l("Goal for all of them"), [Length(max=5000)], filters=[_paragraphs])


class CancelForm(Form):
    """Why a session does not take place."""

    reason = StringField(_l("Reason"), [_needed, Length(max=500)], filters=[_line])


class CloseForm(Form):
    """The last day of a club."""

    on = DateField(_l("Last day"), [InputRequired(_l("Choose a day."))], default=clock.today)
