"""What is typed about minutes: what was said, a password, the scan of a paper."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.choosing import ManyField, RadioField
from portal.consilium.labels import UNSIGNED
from portal.families.forms import WithScan
from portal.families.member_rows import longest
from portal.patronage.forms import paragraphs
from portal.rules.names import clean
from portal.web import LONGEST_TEXT, Form, number_of

_fits = longest(LONGEST_TEXT)
_OF_ITEM = "discussion_"


class TextForm(Form):
    """What was said: at each item, and besides them. Made for the items of one meeting by `text_form`."""

    version = HiddenField()
    heard = TextAreaField(_l("What else was said"), [_fits], filters=[paragraphs])

    def discussions(self) -> dict[int, str]:
        """What was typed, by item."""
        return {
            int(name.removeprefix(_OF_ITEM)): field.data or ""
            for name, field in self._fields.items()
            if name.startswith(_OF_ITEM)
        }

    def at(self, item_id: int) -> Any:
        """The field of an item."""
        return self[f"{_OF_ITEM}{item_id}"]

    def differs(self, heard: str, items: Iterable[Any]) -> list[tuple[Any, str, str]]:
        """(label, what stands there now, what is typed here) where the two differ."""
        pairs = [(self.at(item["id"]), item["discussion"]) for item in items] + [(self["heard"], heard)]
        return [(field.label.text, now, field.data) for field, now in pairs if now != (field.data or "")]


def text_form(heard: str, version: int, items: list[Any]) -> TextForm:
    """The form filled with what is written so far; a field for each item."""
    fields = {
        f"{_OF_ITEM}{item['id']}": TextAreaField(
            _("Item %(number)s: heard, spoke", number=number), [_fits], filters=[paragraphs]
        )
        for number, item in enumerate(items, 1)
    }
    filled = {f"{_OF_ITEM}{item['id']}": item["discussion"] for item in items}
    form: TextForm = type("MinutesForm", (TextForm,), fields)(
        data=filled | {"heard": heard, "version": version}
    )
    return form


class SignForm(Form):
    """One's own password under what is on the screen."""

    seen = HiddenField()
    password = PasswordField(_l("Your password"), [InputRequired(_l("Enter your password."))])


class UnsignedForm(Form):
    """Why a member does not sign."""

    seen = HiddenField()
    member = RadioField(_l("Who does not sign"), [InputRequired(_l("Choose the member."))], coerce=number_of)
    how = RadioField(
        _l("What is the matter"),
        [InputRequired(_l("Choose why there is no signature."))],
        choices=list(UNSIGNED.items()),
    )
    reason = StringField(
        _l("In a few words"),
        [InputRequired(_l("Write in a few words why there is no signature.")), longest(500)],
        filters=[lambda text: clean(text or "")],
    )


class PaperForm(WithScan):
    """A paper signed by hand."""

    seen = HiddenField()
    signers = ManyField(
        _l("Whose signatures are on the paper"),
        [InputRequired(_l("Choose whose signatures are on the paper."))],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    scan = FileField(_l("Scan of the paper"), [InputRequired(_l("Choose the file with the scan."))])
