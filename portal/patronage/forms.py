"""What is typed about assignments and the closing analysis."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.choosing import ManyField, SelectField
from portal.rules.names import clean
from portal.web import LONGEST_TEXT, Form

SHORTEST_ANALYSIS = 20
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def paragraphs(text: str | None) -> str:
    """Text of several lines as it is kept: one kind of line end, no control or direction marks."""
    return _CONTROLS.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()


def one_line(text: str | None) -> str:
    """A line of visible text."""
    return clean(text or "")


class ColleagueForm(Form):
    """A colleague out of those who may be given a family; whether they may is for the rules to say."""

    to_id = SelectField(_l("Colleague"), [InputRequired(_l("Choose a colleague."))], validate_choice=False)

    def offer(self, choices: list[tuple[int, str]]) -> None:
        """The colleagues to choose from."""
        self.to_id.choices = [("", _l("Choose a colleague…")), *((str(key), label) for key, label in choices)]

    def validate_to_id(self, field: Any) -> None:
        """Only ids come from the list."""
        if not re.fullmatch(r"\d{1,9}", field.data or ""):
            raise ValidationError(_l("Choose a colleague."))

    @property
    def chosen(self) -> int:
        """The id of the colleague."""
        return int(self.to_id.data)


class HandOverForm(ColleagueForm):
    """To whom, from which day, why."""

    to_id = SelectField(_l("To whom"), [InputRequired(_l("Choose a colleague."))], validate_choice=False)
    day = DateField(_l("Starting on"), [InputRequired(_l("Enter the date."))])
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Say why: it stays in the history.")), Length(max=500)],
        filters=[one_line],
    )


class HandOverSeveralForm(HandOverForm):
    """The same for several families of a colleague at once."""

    assignments = ManyField(_l("Families"), coerce=int)

    def validate_assignments(self, field: Any) -> None:
        """At least one."""
        if not field.data:
            raise ValidationError(_l("Tick at least one family."))


class AnalysisForm(Form):
    """The closing analysis of the work with a family."""

    body = TextAreaField(
        _l("Analysis of the work with the family"),
        [
            InputRequired(_l("Write the analysis.")),
            Length(min=SHORTEST_ANALYSIS, message=_l("Write a little more: %(min)d characters at least.")),
            Length(max=LONGEST_TEXT, message=_l("The text is too long: at most %(max)d characters fit.")),
        ],
        filters=[paragraphs],
    )


class EmergencyForm(Form):
    """Why a family needs help at once."""

    why = TextAreaField(
        _l("Why help is needed at once"),
        [
            InputRequired(_l("Say why the family needs help at once: the consilium will read it.")),
            Length(max=LONGEST_TEXT, message=_l("The text is too long: at most %(max)d characters fit.")),
        ],
        filters=[paragraphs],
    )
