"""What is typed about programs and home tasks."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FormField, HiddenField, StringField, TextAreaField, ValidationError
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Optional

from portal.choosing import RadioField, SelectField
from portal.families.member_rows import Day, longest
from portal.patronage.forms import one_line, paragraphs
from portal.programs import labels
from portal.programs.values import ProgramValues, Result, TaskValues
from portal.web import LONGEST_TEXT, Form

PREFIX = "in_"  # of the fields of a direction
LONGEST_RESULT = 4000
_states = [("", _l("not judged yet")), *((code, label) for code, (_color, label) in labels.OUTCOMES.items())]


class ResultForm(PlainForm):
    """Planned and reached in one direction."""

    planned = TextAreaField(
        _l("What was planned"), [longest(LONGEST_RESULT)], filters=[paragraphs], render_kw={"rows": 3}
    )
    reached = TextAreaField(
        _l("What was reached"), [longest(LONGEST_RESULT)], filters=[paragraphs], render_kw={"rows": 3}
    )
    state = SelectField(_l("Is it reached?"), choices=_states, default="")

    def validate_planned(self, field: TextAreaField) -> None:
        """A judgment is of something."""
        if self.state.data and not (field.data or self.reached.data):
            raise ValidationError(_l("Say what was planned."))


class ProgramForm(Form):
    """A program; the fields of the directions are added by program_form()."""

    member_id = SelectField(_l("Child"), coerce=int)
    kind = RadioField(_l("Kind of program"), choices=list(labels.KINDS.items()), default="ipr")
    number = StringField(_l("Number of the program"), [longest(60)], filters=[one_line])
    setting = RadioField(_l("Course"), choices=list(labels.SETTINGS.items()), default="inpatient")
    starts_on = Day(_l("Course from"), [InputRequired(_l("Enter the date."))])
    ends_on = Day(_l("Course until"), [Optional()])
    body = TextAreaField(_l("About the program"), [longest(LONGEST_TEXT)], filters=[paragraphs])
    current = BooleanField(_l("This is the program of now"), default=True)
    version = HiddenField()

    @property
    def directions(self) -> list[Any]:
        """The fields of the directions, in their order."""
        return [field for field in self if field.name.startswith(PREFIX)]

    def program(self) -> ProgramValues:
        """What was typed."""
        results = {
            field.name.removeprefix(PREFIX): Result(
                field.form.planned.data, field.form.reached.data, field.form.state.data
            )
            for field in self.directions
        }
        names = ("kind", "number", "setting", "starts_on", "ends_on", "body", "current")
        return ProgramValues(**{name: self.data[name] for name in names}, results=results)


def program_form(directions: tuple[tuple[str, str], ...], **options: Any) -> ProgramForm:
    """A form with the directions of the word list."""
    fields = {f"{PREFIX}{code}": FormField(ResultForm, label) for code, label in directions}
    made: ProgramForm = type("ProgramForm", (ProgramForm,), fields)(**options)
    return made


def filled(values: ProgramValues) -> dict[str, Any]:
    """The stored content as the form's data."""
    start = {name: getattr(values, name) for name in ("kind", "number", "setting", "starts_on", "ends_on")}
    results = {
        f"{PREFIX}{code}": {"planned": one.planned, "reached": one.reached, "state": one.state}
        for code, one in values.results.items()
    }
    return start | {"body": values.body, "current": values.current} | results


class TaskForm(Form):
    """A home task."""

    body = TextAreaField(
        _l("What the family does with the child"),
        [InputRequired(_l("Fill this in.")), longest(4000)],
        filters=[paragraphs],
    )
    how_often = StringField(_l("How often"), [longest(200)], filters=[one_line])
    direction = SelectField(_l("Direction"))
    author_id = SelectField(_l("Who has set it"), coerce=int)
    starts_on = Day(_l("First day"), [InputRequired(_l("Enter the date."))])
    ends_on = Day(_l("Last day"), [Optional()])

    def validate_body(self, field: TextAreaField) -> None:
        """Blanks are no task."""
        if not field.data:
            raise ValidationError(_l("Fill this in."))

    def task(self) -> TaskValues:
        """What was typed."""
        return TaskValues(
            author_id=self.author_id.data,
            body=self.body.data,
            how_often=self.how_often.data,
            direction=self.direction.data or None,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
        )
