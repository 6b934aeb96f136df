"""What is typed on a run, and into a new version of a procedure."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Part
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.choosing import SelectField
from portal.patronage.forms import one_line, paragraphs
from portal.rules.procedures import LONGEST, MOST_STEPS, PHASES, SHORTEST, Step, Template, in_order
from portal.web import Form

LONGEST_NOTE = 2_000
_TEXT, _HELP = Length(max=500), Length(max=1000)


class NoteForm(Form):
    """The note of a step, and how often it was changed when the page was drawn."""

    note = TextAreaField(_l("Note on the step"), [Length(max=LONGEST_NOTE)], filters=[paragraphs])
    changes = IntegerField(validators=[Optional()])


class RaiseForm(Form):
    """What the head is told."""

    note = TextAreaField(
        _l("What happened"),
        [InputRequired(_l("Say in a few words what happened.")), Length(max=LONGEST_NOTE)],
        filters=[paragraphs],
    )
    colleague = SelectField(_l("Whose recommendations"), coerce=int, validate_choice=True)

    def offer(self, colleagues: list[tuple[int, str]] | None) -> None:
        """Who may have given the task; None where nobody is asked for."""
        if colleagues is None:
            del self.colleague
        else:
            self.colleague.choices = colleagues


class WhyForm(Form):
    """Why required steps were left out."""

    why = StringField(_l("Why steps were left out"), [Length(max=500)], filters=[one_line])


class StepPart(Part):
    """A step of a template."""

    code = HiddenField()
    stage = HiddenField()
    choice = HiddenField()
    text_ru = TextAreaField(_l("Step"), [InputRequired(_l("Write the step, or remove it.")), _TEXT])
    required = BooleanField(_l("Required"))
    help_ru = TextAreaField(_l("What to say or ask"), [_HELP])
    text_en = TextAreaField(_l("Step in English"), [_TEXT])
    help_en = TextAreaField(_l("What to say or ask, in English"), [_HELP])


_limit = NumberRange(SHORTEST, LONGEST, _l("From %(a)s to %(b)s minutes, or empty.", a=SHORTEST, b=LONGEST))


class TemplateForm(Form):
    """A version that is being written: nothing is kept before it is published."""

    steps = FieldList(FormField(StepPart), max_entries=MOST_STEPS)
    preparation = IntegerField(_l("Preparation, minutes"), [Optional(), _limit])
    contact = IntegerField(_l("Contact, minutes"), [Optional(), _limit])
    recording = IntegerField(_l("Recording, minutes"), [Optional(), _limit])
    starts_on = DateField(_l("In force from"), [InputRequired(_l("Say from which day on."))])
    note = StringField(_l("What changes and why"), [Length(max=500)], filters=[one_line])
    based_on = HiddenField()

    def template(self, code: str) -> Template:
        """What was typed, as the rules take it."""
        steps = in_order(code, (_step(one.form.data) for one in self.steps))
        return Template(code, steps, {phase: self[phase].data for phase in PHASES})

    def rows(self) -> list[dict[str, Any]]:
        """The steps as typed, in their order."""
        return [dict(one.form.data) for one in self.steps]


def _step(typed: dict[str, Any]) -> Step:
    texts = {name: paragraphs(typed[name]) for name in ("text_ru", "text_en", "help_ru", "help_en")}
    kept = {name: (typed[name] or "")[:30] for name in ("code", "stage", "choice")}
    return Step(**kept, **texts, required=bool(typed["required"]))
