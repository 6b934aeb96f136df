"""What is typed about an application, a survey and an agreement."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal import clock
from portal.access import LARGEST_ID
from portal.choosing import RadioField, SelectField
from portal.families.forms import WithScan
from portal.families.member_rows import Day, lines, longest, one_line
from portal.intake import labels
from portal.web import LONGEST_TEXT, Form

_needed = DataRequired(_l("Fill this in."))
_fits = longest(LONGEST_TEXT)


def _id(text: Any) -> int:
    """An id that the database can hold: whether it may be chosen is for the rules to say."""
    return min(int(text), LARGEST_ID)


class _Seen(Form):
    version = HiddenField()

    def typed(self) -> dict[str, Any]:
        """What was typed, without what the form carries for itself."""
        return {name: value for name, value in self.values().items() if name not in ("version", "scan")}

    def differs(self, row: Any, names: tuple[str, ...]) -> list[tuple[Any, str]]:
        """(label, what stands there now) of the texts that somebody else has left otherwise than typed here."""
        found = [(name, getattr(row, name)) for name in names if getattr(row, name) != self[name].data]
        return [(self[name].label.text, text) for name, text in found]


class IntakeForm(_Seen):
    """How the family came."""

    kind = RadioField(
        _l("How the family came"),
        [InputRequired(_l("Choose one of the two."))],
        choices=list(labels.KINDS.items()),
    )
    body = SelectField(_l("From whom the signal came"))
    received_on = Day(_l("Received on"), [InputRequired(_l("Say on which day."))])
    about = TextAreaField(_l("What it is about"), [_fits], filters=[lines])
    course_ended_on = Day(_l("End of the rehabilitation course"), [Optional()])
    course_reason = TextAreaField(_l("Why without a finished course"), [longest(2000)], filters=[lines])

    def validate_body(self, field: SelectField) -> None:
        """A signal comes from somebody."""
        if self.kind.data == "signal" and not field.data:
            raise ValidationError(_("Say from whom the signal came."))

    def validate_course_ended_on(self, field: Day) -> None:
        """A day of our time."""
        if field.data and not 2000 <= field.data.year <= clock.today().year + 2:
            raise ValidationError(_("Check the year of this date."))


class SurveyForm(_Seen):
    """The survey of living conditions."""

    done_on = Day(_l("Carried out on"), [InputRequired(_l("Say on which day."))])
    conducted_by_id = SelectField(_l("Who conducted it"), coerce=_id, validate_choice=False)
    present = StringField(_l("Who was present"), [longest(500)], filters=[one_line])
    late_reason = StringField(_l("Why later than in time"), [longest(500)], filters=[one_line])
    housing = TextAreaField(labels.TEXTS["housing"], [_needed, _fits], filters=[lines])
    income = TextAreaField(labels.TEXTS["income"], [_fits], filters=[lines])
    health = TextAreaField(labels.TEXTS["health"], [_fits], filters=[lines])
    upbringing = TextAreaField(labels.TEXTS["upbringing"], [_fits], filters=[lines])
    relations = TextAreaField(labels.TEXTS["relations"], [_fits], filters=[lines])
    needs = TextAreaField(labels.TEXTS["needs"], [_fits], filters=[lines])
    conclusion = TextAreaField(labels.TEXTS["conclusion"], [_needed, _fits], filters=[lines])


class AgreementForm(WithScan, _Seen):
    """An agreement on services."""

    number = StringField(_l("Number of the agreement"), [_needed, Length(max=40)], filters=[one_line])
    signed_on = Day(_l("Signed on"), [InputRequired(_l("Enter the date on the paper."))])
    representative_id = SelectField(_l("With which representative"), coerce=_id, validate_choice=False)


class EndForm(_Seen):
    """An agreement ends before the patronage does."""

    ended_on = Day(_l("Ended on"), [InputRequired(_l("Enter the date."))])
    reason = StringField(_l("Why it ends"), [_needed, longest(500)], filters=[one_line])
