"""What is typed about alerts."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.alerts import labels
from portal.choosing import RadioField, SelectField
from portal.patronage.forms import paragraphs
from portal.patronage.queries import Colleague
from portal.rules.alerts import BY_HAND, Decision
from portal.web import Form

LONGEST = 4_000
_long = Length(max=LONGEST)


def _choices(people: list[Colleague]) -> list[tuple[int, Any]]:
    return [(0, _l("nobody")), *((one.id, one.short_name) for one in people)]


class RaiseForm(Form):
    """Telling the head."""

    kind = RadioField(
        _l("What has happened"),
        [InputRequired(_l("Choose what has happened."))],
        choices=[(str(kind), labels.KINDS[kind][1]) for kind in BY_HAND],
    )
    text = TextAreaField(
        _l("In your words"),
        [InputRequired(_l("Say what has happened: the head decides on your words.")), _long],
        filters=[paragraphs],
    )
    colleague_id = SelectField(_l("Whose task was ignored"), coerce=int, default=0)

    def offer(self, people: list[Colleague]) -> None:
        """Who may be the author of the home task."""
        self.colleague_id.choices = _choices(people)


class DecideForm(Form):
    """The head's decision."""

    decision = RadioField(_l("What is to be done"), [InputRequired(_l("Choose what is to be done."))])
    answer = TextAreaField(
        _l("Your words to the specialist"),
        [InputRequired(_l("Say in a few words why, and what to mind.")), _long],
        filters=[paragraphs],
    )
    assignee_id = SelectField(_l("Who carries it out"), coerce=int, default=0)
    due_on = DateField(_l("By which day"), [Optional()])
    colleague_id = SelectField(_l("Author of the task"), coerce=int, default=0)

    def offer(self, decisions: tuple[Decision, ...], people: list[Colleague]) -> None:
        """What may be decided, and who may carry it out or be the author of the task."""
        self.decision.choices = [(str(one), labels.DECISIONS[one]) for one in decisions]
        self.assignee_id.choices, self.colleague_id.choices = _choices(people), _choices(people)


class CloseForm(Form):
    """What came of it."""

    outcome = TextAreaField(
        _l("What came of it"), [InputRequired(_l("Say what came of it.")), _long], filters=[paragraphs]
    )
