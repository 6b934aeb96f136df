"""What is typed when a family's file goes out or comes in."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, FieldList, StringField
from wtforms.validators import InputRequired, Length

from portal.access import LARGEST_ID
from portal.accounts.models import User
from portal.choosing import RadioField, SelectField
from portal.family_files.handing_out import Wanted
from portal.family_files.told import Person
from portal.web import Form

REASONS = {
    "hand_over": _l("Hand-over to another center that goes on with the family"),
    "request": _l("Request of the family for its own data (152-FZ, article 14)"),
}
FORMER_COLLEAGUE = 0


def _line(text: Any) -> Any:
    return " ".join(text.split()) if isinstance(text, str) else text


class HandOutForm(Form):
    """Why a file leaves the center, and to whom."""

    reason = RadioField(
        _l("What for"),
        [InputRequired(_l("Choose why the file is handed out."))],
        choices=list(REASONS.items()),
    )
    to = StringField(
        _l("To whom"),
        [InputRequired(_l("Say who gets the file.")), Length(max=200, message=_l("200 characters at most."))],
        filters=[_line],
    )
    basis = StringField(
        _l("On what paper"),
        [
            InputRequired(_l("Name the paper: a letter, an application, with its number and date.")),
            Length(max=300, message=_l("300 characters at most.")),
        ],
        filters=[_line],
    )
    aware = BooleanField(
        _l("I know that the file is not encrypted, and carry it as personal data are carried"),
        [InputRequired(_l("Confirm it: whoever gets hold of the file reads all of it."))],
    )

    def wanted(self) -> Wanted:
        """What was typed."""
        return Wanted(self.reason.data, self.to.data, self.basis.data)


class ArchiveForm(Form):
    """The file that another center has handed over."""

    file = FileField(_l("File of a family"), [InputRequired(_l("Choose the file."))])


def _id(text: Any) -> int:
    return min(int(text), LARGEST_ID)


class BringInForm(Form):
    """Who of the former center's colleagues is whom here; and whether it is another family of the same name."""

    people = FieldList(SelectField(coerce=_id))
    create_anyway = BooleanField(_l("This is another family: bring it in as a new one"))

    def offer(self, people: Sequence[Person], colleagues: Sequence[User]) -> None:
        """Put a choice for each of them."""
        choices = [
            (FORMER_COLLEAGUE, _l("is nobody here: keep as a former colleague without a login")),
            *(
                (one.id, f"{one.full_name}, {one.position}" if one.position else one.full_name)
                for one in colleagues
            ),
        ]
        del self.people.entries[len(people) :]  # what nobody was asked
        while len(self.people.entries) < len(people):
            self.people.append_entry(FORMER_COLLEAGUE)
        for entry, person in zip(self.people.entries, people, strict=False):
            entry.choices = choices
            entry.label.text = f"{person.name}, {person.position}" if person.position else person.name
