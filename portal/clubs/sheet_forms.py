"""What is typed while a session is held and summed up."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.patronage.forms import one_line, paragraphs
from portal.web import Form

_long = Length(max=5000)


class TopicForm(Form):
    """R15: what the session is about."""

    topic = StringField(
        _l("Topic"), [InputRequired(_l("Fill this in.")), Length(max=300)], filters=[one_line]
    )
    goal = TextAreaField(_l("Goal"), [InputRequired(_l("Fill this in.")), _long], filters=[paragraphs])


class SumUpForm(TopicForm):
    """The analysis of a session that was held, what was used, and what becomes of the steps left open."""

    analysis = TextAreaField(
        _l("Analysis of the session"),
        [InputRequired(_l("Write how the session went.")), _long],
        filters=[paragraphs],
    )
    equipment = TextAreaField(_l("Equipment used"), [_long], filters=[paragraphs])
    consumables = TextAreaField(_l("Consumables used"), [_long], filters=[paragraphs])
    gone_through = BooleanField(_l("These steps were gone through as well"))
    why = StringField(_l("Or say why they were left out"), [Length(max=500)], filters=[one_line])
    signed = BooleanField(_l("All who came have signed the sheet of attendance"))
    submits = False

    def ask(self, *, steps: bool, signatures: bool, topic: bool, submits: bool) -> None:
        """Leave out what there is nothing to say about; `submits`: it goes to the journal by this."""
        self.submits = submits
        gone = [name for name in ("gone_through", "why") if not steps]
        gone += [] if signatures else ["signed"]
        for name in gone + ([] if topic else ["topic", "goal"]):
            delattr(self, name)

    def validate_why(self, why: StringField) -> None:
        """Steps that are open were done, or somebody says why not."""
        if not self.gone_through.data and not why.data:
            raise ValidationError(_l("Say that the steps were gone through, or why they were left out."))

    def validate_signed(self, signed: BooleanField) -> None:
        """R13: nothing goes to the journal without a signature."""
        if self.submits and not signed.data:
            raise ValidationError(
                _l("Have the sheet signed, or save now and take the signatures in the journal.")
            )

    def texts(self) -> dict[str, Any]:
        """What the session is summed up with."""
        names = ("analysis", "equipment", "consumables", "gone_through", "why")
        return {name: self[name].data for name in names if name in self}
