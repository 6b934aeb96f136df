"""The forms of the wizard: the file, and what its headings mean."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms.validators import InputRequired

from portal.choosing import SelectField
from portal.exchange.kinds import Heading, Kind
from portal.exchange.questions import Question
from portal.web import Form


class WorkbookForm(Form):
    """The workbook as a file."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])


def headings_form(kind: Kind, headings: Sequence[Heading], asked: Sequence[Question] = ()) -> Form:
    """A form with what is asked of the workbook, and a choice for each heading: the field it means, or none."""
    offered = sorted(kind.fields, key=lambda one: not one.required)
    choices = [("", _("not used"))] + [(one.code, _(one.title)) for one in offered]
    fields: dict[str, Any] = {one.name: _choice(one) for one in asked}
    fields |= {
        f"h{place}": SelectField(
            one.text, choices=choices, default=one.field, validate_choice=True, description=_sample(one)
        )
        for place, one in enumerate(headings)
    }
    form: Form = type("HeadingsForm", (Form,), fields)()
    return form


def _choice(one: Question) -> SelectField:
    needed = [InputRequired(_l("Choose one."))] if one.required else []
    return SelectField(one.label, needed, choices=list(one.choices), default=one.chosen, description=one.hint)


def meant(form: Form, headings: Sequence[Heading]) -> dict[str, str]:
    """What was chosen, by the heading as it is remembered."""
    return {one.key: str(form[f"h{place}"].data or "") for place, one in enumerate(headings)}


def _sample(one: Heading) -> str:
    return str(_("Stands there: %(sample)s", sample=one.sample)) if one.sample else ""
