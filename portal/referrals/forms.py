"""What is typed about referrals and supporting links."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Optional

from portal.choosing import RadioField, SelectField
from portal.families.member_rows import Day, longest, one_phone
from portal.patronage.forms import one_line, paragraphs
from portal.referrals import labels
from portal.referrals.links import CONTENT, LinkValues
from portal.web import LONGEST_TEXT, Form

_fill = _l("Fill this in.")
_needed = InputRequired(_fill)


def _said(_form: Any, field: Any) -> None:
    """Blanks say nothing."""
    if not field.data:
        raise ValidationError(_fill)


class _Due(Form):
    due_on = Day(_l("Answer due by"), [InputRequired(_l("Enter the date."))])
    remind_on = Day(_l("Remind on"), [Optional()])


class PostponeForm(_Due):
    """Another due date."""


class ReferralForm(_Due):
    """A referral that is sent."""

    body = SelectField(_l("Body of prevention"), [InputRequired(_l("Choose to whom."))])
    addressee = StringField(_l("Addressee"), [_needed, longest(300), _said], filters=[one_line])
    request = TextAreaField(
        _l("What is asked"), [_needed, longest(LONGEST_TEXT), _said], filters=[paragraphs]
    )
    passes = RadioField(
        _l("Are personal data passed on?"),
        [InputRequired(_l("Choose: without a ground no personal data are passed on."))],
        choices=list(labels.PASSES.items()),
        validate_choice=False,
    )
    law = StringField(_l("Provision of law"), [longest(300)], filters=[one_line])
    sent_on = Day(_l("Sent on"), [InputRequired(_l("Enter the date."))])

    def referral(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        values = self.values()
        passes = values.pop("passes")
        return values | {"personal_data": passes != "none", "ground": passes if passes != "none" else None}


class AnswerForm(Form):
    """What was answered, and when."""

    answered_on = Day(_l("Answered on"), [InputRequired(_l("Enter the date."))])
    answer = TextAreaField(_l("Answer in short"), [longest(LONGEST_TEXT)], filters=[paragraphs])
    version = HiddenField()


class EndForm(Form):
    """Why a referral ends without an answer."""

    to = RadioField(
        _l("What happened"),
        [InputRequired(_l("Choose what happened."))],
        choices=list(labels.ENDS.items()),
        validate_choice=False,
    )
    why = StringField(_l("In detail"), [_needed, longest(500), _said], filters=[one_line])


class LinkForm(Form):
    """Somebody who can support the family."""

    kind = SelectField(_l("Kind"), choices=list(labels.LINKS.items()))
    who = StringField(_l("Who it is"), [_needed, longest(100), _said], filters=[one_line])
    name = StringField(_l("Name"), [longest(200)], filters=[one_line])
    phone = StringField(_l("Phone"), [longest(60)], filters=[one_line])
    helps_with = TextAreaField(_l("What they can help with"), [longest(1000)], filters=[paragraphs])
    version = HiddenField()

    def validate_phone(self, field: StringField) -> None:
        """A number that can be dialed."""
        if field.data:
            field.data = one_phone(field.data)

    def link(self) -> LinkValues:
        """What was typed."""
        return LinkValues(**{name: self.data[name] for name in CONTENT})
