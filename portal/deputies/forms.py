"""What is typed about deputies."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField
from wtforms.validators import InputRequired

from portal.choosing import ManyField, SelectField
from portal.deputies.labels import REASONS
from portal.web import Form

_day = InputRequired(_l("Enter the date."))


class DeputyForm(Form):
    """Who is away, who stands in, from when until when; and, once they are shown, which contacts change hands."""

    user_id = SelectField(_l("Who is away"), coerce=int)
    deputy_id = SelectField(_l("Who stands in"), coerce=int)
    starts_on = DateField(_l("First day"), [_day])
    ends_on = DateField(_l("Last day"), [_day])
    reason = SelectField(_l("Reason"), choices=list(REASONS.items()), default="leave")
    contacts = ManyField(_l("Planned contacts"), coerce=int)
    shown = HiddenField()  # for whom and which days the contacts were shown

    def offer(self, away: list[tuple[int, str]], deputies: list[tuple[int, str]]) -> None:
        """The colleagues to choose from."""
        nobody = [(0, _l("Choose a colleague…"))]
        self.user_id.choices, self.deputy_id.choices = [*nobody, *away], [*nobody, *deputies]

    def offer_contacts(self, ids: Iterable[int]) -> None:
        """The contacts that can be ticked."""
        self.contacts.choices = [(one, str(one)) for one in ids]

    @property
    def said(self) -> str:
        """For whom and which days: contacts are shown anew when it changes."""
        return f"{self.user_id.data}-{self.deputy_id.data}-{self.starts_on.data}-{self.ends_on.data}"
