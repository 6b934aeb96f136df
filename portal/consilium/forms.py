"""What is typed about the consilium."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from portal.access import LARGEST_ID
from portal.choosing import ManyField, RadioField, SelectField
from portal.consilium.labels import MEETING_KINDS, SEATS, TERMS
from portal.patronage.forms import one_line, paragraphs
from portal.patronage.labels import REGIMES
from portal.web import LONGEST_TEXT, Form

_needed = InputRequired(_l("Fill this in."))
_fits = Length(max=LONGEST_TEXT, message=_l("The text is too long: at most %(max)d characters fit."))


def _is_id(_form: Form, field: SelectField) -> None:
    """An id: whether it can be chosen is for the rules to say, in better words."""
    text = field.data or ""
    if not (text.isascii() and text.isdecimal() and int(text) <= LARGEST_ID):
        raise ValidationError(_("Choose the family."))


class MeetingForm(Form):
    """When and where the consilium meets."""

    held_on = DateField(_l("Date"), [InputRequired(_l("Enter the date."))])
    starts_at = TimeField(_l("Time"), [InputRequired(_l("Enter the time."))])
    place = StringField(_l("Place"), [_needed, Length(max=200)], filters=[one_line])
    kind = RadioField(_l("Kind"), choices=list(MEETING_KINDS.items()), default="regular")
    note = TextAreaField(_l("Note for the members"), [_fits], filters=[paragraphs])


class ItemForm(Form):
    """What all kinds of items have: the family and a note. A changed item keeps its family."""

    patronage_id = SelectField(
        _l("Family"), [InputRequired(_l("Choose the family.")), _is_id], validate_choice=False
    )
    speaker_id = SelectField(_l("Speaker"), filters=[lambda chosen: chosen or ""])
    note = TextAreaField(_l("Note for the members"), [_fits], filters=[paragraphs])

    def speakers(self, people: list[tuple[str, str]]) -> None:
        """The colleagues who may speak on it."""
        self.speaker_id.choices = [("", _("The lead specialist")), *people]

    def offer(self, families: list[tuple[int, str]] | None) -> None:
        """The families to choose from; None for a changed item."""
        if families is not None:
            self.patronage_id.choices = [
                ("", _("Choose a family…")),
                *((str(id_), name) for id_, name in families),
            ]
        else:
            del self.patronage_id

    def values(self) -> dict[str, Any]:
        """What was typed, with ids as numbers."""
        values = super().values()
        for name in ("patronage_id", "lead_id"):
            if name in values:
                values[name] = int(values[name])
        values["speaker_id"] = int(values["speaker_id"]) if values["speaker_id"] else None
        return values


class EnrollForm(ItemForm):
    """The proposal to enroll a family."""

    regime = RadioField(
        _l("Regime"), [InputRequired(_l("Choose the regime."))], choices=list(REGIMES.items())
    )
    term = RadioField(_l("Term"), [InputRequired(_l("Choose the term."))], choices=list(TERMS.items()))
    ends_on = DateField(_l("End of a short term"), [Optional()])
    lead_id = SelectField(_l("Lead specialist"), [InputRequired(_l("Choose the lead specialist."))])
    involved = ManyField(_l("Involved specialists"), coerce=int)
    course_reason = TextAreaField(_l("Why without a finished course"), [_fits], filters=[paragraphs])

    def people(self, leads: list[tuple[int, str]], all_: list[tuple[int, str]]) -> None:
        """The colleagues to choose from."""
        self.lead_id.choices = [("", _("Choose a colleague…")), *((str(id_), name) for id_, name in leads)]
        self.involved.choices = all_


class RemoveForm(ItemForm):
    """The proposal to remove a family."""

    reason = SelectField(
        _l("Reason of the removal"), [InputRequired(_l("Choose the reason of the removal."))]
    )

    def reasons(self, words: Sequence[tuple[str, str]]) -> None:
        """The word list of reasons."""
        self.reason.choices = [("", _("Choose a reason…")), *words]


class DeferForm(Form):
    """Why an item is put off, until when, and what is asked for until then."""

    why = TextAreaField(
        _l("Why it is put off"),
        [InputRequired(_l("Say in a word why the item is put off.")), Length(max=500)],
        filters=[paragraphs],
    )
    until_on = DateField(_l("Until when"), [Optional()])
    asked = TextAreaField(_l("What is asked for until then"), [Length(max=500)], filters=[paragraphs])


class SeatForm(Form):
    """A colleague's seat on the roll."""

    user_id = SelectField(_l("Colleague"), [InputRequired(_l("Choose a colleague."))])
    seat = SelectField(_l("Seat"), choices=list(SEATS.items()), default="member")
    votes = BooleanField(_l("Has a vote"), default=True)

    def offer(self, people: list[tuple[int, str]]) -> None:
        """The colleagues to choose from."""
        self.user_id.choices = [("", _("Choose a colleague…")), *((str(id_), name) for id_, name in people)]
