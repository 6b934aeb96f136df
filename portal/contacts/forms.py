"""What is typed about contacts."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.choosing import ManyField, RadioField, SelectField
from portal.contacts import labels
from portal.patronage.forms import one_line, paragraphs
from portal.rules.contacts import LONGEST, SHORTEST
from portal.web import LONGEST_TEXT, Form, OptionalUnless

_needed = InputRequired(_l("Fill this in."))
_minutes = NumberRange(
    SHORTEST, LONGEST, _l("From %(shortest)s to %(longest)s minutes.", shortest=SHORTEST, longest=LONGEST)
)


class _When(Form):
    day = DateField(_l("Day"), [InputRequired(_l("Say on which day."))])
    starts_at = TimeField(_l("Start"), [InputRequired(_l("Say at what time."))])


class _With(_When):
    minutes = IntegerField(_l("Length, minutes"), [_needed, _minutes], default=60)
    members = ManyField(_l("Who takes part"), coerce=int, widget=ListWidget(), option_widget=CheckboxInput())

    def offer_members(self, members: list[tuple[int, str]]) -> None:
        """Those of the family who can be ticked."""
        self.members.choices = members


class _Content(_With):
    notes = TextAreaField(_l("What was seen and said"), [Length(max=LONGEST_TEXT)], filters=[paragraphs])
    recommendations = TextAreaField(_l("Recommendations"), [Length(max=LONGEST_TEXT)], filters=[paragraphs])
    next_on = DateField(_l("Next contact on"), [Optional()])
    next_at = TimeField(_l("Time of the next contact"), [OptionalUnless("next_on", _l("Say at what time."))])

    def following(self) -> dict[str, Any] | None:
        """Day and time of the next contact, or None."""
        if "next_on" not in self or not self.next_on.data:
            return None
        return {"day": self.next_on.data, "starts_at": self.next_at.data}

    def plan_nothing(self) -> None:
        """The family is not on patronage now: no next contact is asked for."""
        del self.next_on, self.next_at


class _Kind(Form):
    kind = RadioField(_l("How"), choices=list(labels.KINDS.items()), default="visit")
    user_id = SelectField(_l("Specialist"), coerce=int)
    reason = StringField(_l("Why a call and not a visit"), [Length(max=500)], filters=[one_line])

    channel = SelectField(_l("By which channel"), default="")

    def offer_channels(self, channels: Iterable[str]) -> None:
        """How the center calls families."""
        self.channel.choices = [("", _l("not said")), *((one, labels.CHANNELS[one]) for one in channels)]

    def offer_workers(self, workers: list[tuple[int, str]]) -> None:
        """Who may go."""
        self.user_id.choices = workers


class PlanForm(_With, _Kind):
    """A contact to come, once or again and again."""

    every = SelectField(
        _l("Repeat"),
        default="",
        choices=[
            ("", _l("once only")),
            ("week", _l("every week")),
            ("two_weeks", _l("every two weeks")),
            ("four_weeks", _l("every four weeks")),
        ],
    )
    until = DateField(_l("Repeat until"), [OptionalUnless("every", _l("Say until when it repeats."))])

    def validate_until(self, field: DateField) -> None:
        """What repeats ends after its first day."""
        if self.every.data and field.data and self.day.data and field.data <= self.day.data:
            raise ValidationError(_l("The last day lies before the first. Change one of them."))


class RecordForm(_Content, _Kind):
    """A contact that took place without having been planned."""


class FinishForm(_Content):
    """A planned contact that took place."""

    why_open = StringField(_l("Why steps were left out"), [Length(max=500)], filters=[one_line])

    def ask_why(self) -> None:
        """Required steps are open: a sentence says why."""
        self.why_open.validators = [InputRequired(_l("Say in a sentence why.")), *self.why_open.validators]
        self.why_open.flags.required = True


class MoveForm(_When):
    """Another day or time."""

    why = StringField(_l("Why it is moved"), [Length(max=500)], filters=[one_line])


class CancelForm(Form):
    """Why it does not take place."""

    why = StringField(_l("Why it is cancelled"), [_needed, Length(max=500)], filters=[one_line])


class FailForm(Form):
    """The specialist went or called in vain."""

    outcome = RadioField(_l("What happened"), [InputRequired(_l("Choose what happened."))])
    why = StringField(_l("In detail"), [Length(max=500)], filters=[one_line])

    def offer(self, outcomes: list[str]) -> None:
        """What can have happened."""
        self.outcome.choices = [(code, labels.FAILURES[code]) for code in labels.FAILURES if code in outcomes]
