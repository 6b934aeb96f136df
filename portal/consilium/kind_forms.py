"""What is typed about the other kinds of items; to enroll and to remove: `forms`."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length, Optional

from portal.choosing import RadioField
from portal.consilium.forms import EnrollForm, ItemForm, RemoveForm
from portal.consilium.labels import TERMS
from portal.patronage.forms import one_line
from portal.patronage.labels import REGIMES
from portal.rules.items import Kind


class NoteForm(ItemForm):
    """To refuse a family, and to ratify an emergency start: the family says it all."""


class RegimeForm(ItemForm):
    """Another regime."""

    regime = RadioField(
        _l("New regime"), [InputRequired(_l("Choose the regime."))], choices=list(REGIMES.items())
    )


class TermForm(ItemForm):
    """Another term (R5)."""

    term = RadioField(_l("New term"), [InputRequired(_l("Choose the term."))], choices=list(TERMS.items()))
    ends_on = DateField(_l("End of a short term"), [Optional()])


class ExtendForm(ItemForm):
    """A later end of a short term (R5)."""

    ends_on = DateField(_l("New end of the term"), [InputRequired(_l("Enter the date."))])


class TransferForm(ItemForm):
    """To which center the family is handed over."""

    place = StringField(
        _l("Where to: the center"),
        [InputRequired(_l("Name the center that the family is handed over to.")), Length(max=200)],
        filters=[one_line],
    )


class QuestionForm(ItemForm):
    """A free question: of no family."""

    question = StringField(
        _l("Question"), [InputRequired(_l("Write the question.")), Length(max=300)], filters=[one_line]
    )

    def offer(self, families: Any) -> None:
        """There is no family to choose."""
        del self.patronage_id


FORMS: dict[str, type[ItemForm]] = {
    Kind.ENROLL: EnrollForm,
    Kind.REFUSE: NoteForm,
    Kind.REMOVE: RemoveForm,
    Kind.REGIME: RegimeForm,
    Kind.TERM: TermForm,
    Kind.EXTEND: ExtendForm,
    Kind.RATIFY: NoteForm,
    Kind.TRANSFER: TransferForm,
    Kind.QUESTION: QuestionForm,
}
