"""What may be typed into the pages of families, and the plain values it gives."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.access import LARGEST_ID
from portal.choosing import ManyField, SelectField
from portal.families.member_rows import Day, MinorRow, RepresentativeRow, lines, longest, one_line, one_phone
from portal.families.models import Family, FamilyMember
from portal.families.values import FamilyValues
from portal.rules import RuleBroken
from portal.rules.phones import find_phones, pretty_phone
from portal.web import LONGEST_TEXT, Form, words

MOST_MEMBERS = 30
ROWS = ("representatives", "minors")


class FamilyForm(Form):
    """A family's card."""

    representatives = FieldList(
        FormField(RepresentativeRow), _l("Legal representatives"), max_entries=MOST_MEMBERS
    )
    minors = FieldList(FormField(MinorRow), _l("Children of the family"), max_entries=MOST_MEMBERS)
    address = StringField(_l("Address"), [longest(500)], filters=[one_line])
    phone = StringField(_l("Main phone"), [longest(60)], filters=[one_line])
    other_phones = StringField(_l("Other phones"), [longest(200)], filters=[one_line])
    course_ended_on = Day(_l("End of the rehabilitation course"), [Optional()])
    categories = ManyField(
        _l("Categories"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    note = TextAreaField(_l("Note"), [longest(LONGEST_TEXT)], filters=[lines])
    version = HiddenField()
    create_anyway = BooleanField(_l("This is another family: create the card anyway"))

    def validate_phone(self, field: StringField) -> None:
        """A number that can be dialed."""
        if field.data:
            field.data = one_phone(field.data)

    def validate_other_phones(self, field: StringField) -> None:
        """Numbers that can be dialed, by comma."""
        parts = [part for part in (field.data or "").replace(";", ",").split(",") if part.strip()]
        for part in parts:
            if not find_phones(part):
                message = _("«%(part)s» is no full number. Write it with its area code.", part=part.strip())
                raise ValidationError(message)
        field.data = ", ".join(dict.fromkeys(phone for part in parts for phone in find_phones(part)))

    def validate_course_ended_on(self, field: Day) -> None:
        """A day of our time."""
        if field.data and not 2000 <= field.data.year <= clock.today().year + 2:
            raise ValidationError(_("Check the year of this date."))

    def validate_representatives(self, field: FieldList) -> None:
        """Somebody represents the family (R1)."""
        here = [row for row in field.entries if not row.form.is_empty and not row.form.left_on.data]
        if not here:
            raise ValidationError(_("Enter at least one legal representative."))

    def add_row(self, people: str) -> None:
        """One more empty row, as the button asked."""
        rows = self[people if people in ROWS else "minors"]
        if len(rows.entries) < MOST_MEMBERS:
            rows.append_entry()

    def values_of_family(self) -> FamilyValues:
        """What was typed, as the actions take it."""
        rows = [*self.representatives.entries, *self.minors.entries]
        return FamilyValues(
            members=tuple(row.form.values() for row in rows if not row.form.is_empty),
            address=self.address.data,
            phone=self.phone.data,
            other_phones=self.other_phones.data,
            note=self.note.data,
            course_ended_on=self.course_ended_on.data,
            categories=tuple(self.categories.data or ()),
        )


def start_of(family: Family, members: list[FamilyMember], version: str) -> dict[str, Any]:
    """The form's values at first: what the card holds."""
    return {
        "representatives": [_row(one) for one in members if one.kind == "representative"],
        "minors": [_row(one) for one in members if one.kind == "minor"],
        "address": family.address,
        "phone": pretty_phone(family.phone),
        "other_phones": ", ".join(
            pretty_phone(one.strip()) for one in family.other_phones.split(",") if one.strip()
        ),
        "course_ended_on": family.course_ended_on,
        "categories": [row.code for row in family.categories],
        "note": family.note,
        "version": version,
    }


def _row(member: FamilyMember) -> dict[str, Any]:
    return {
        "id": member.id,
        "last_name": member.last_name,
        "first_name": member.first_name,
        "middle_name": member.middle_name,
        "birth_date": member.birth_date,
        "birth_year": None if member.birth_date else member.birth_year,
        "relation": member.relation,
        "phone": pretty_phone(member.phone),
        "left_on": member.left_on,
    }


class WithScan(Form):
    """A form that takes a scan."""

    scan = FileField(_l("Scan of the paper"), [Optional()])
    cleaned: tuple[bytes, str] | None = None

    def validate_scan(self, field: FileField) -> None:
        """Judged by its content, and remade."""
        if field.data:
            from portal import scans  # what reads pictures and PDFs is large: only who takes a scan loads it

            try:
                self.cleaned = scans.clean(field.data.stream)
            except RuleBroken as broken:
                raise ValidationError(words(broken)) from None


def _id(text: Any) -> int:
    """An id that the database can hold: whether it may be chosen is for the rules to say."""
    return min(int(text), LARGEST_ID)


class ConsentForm(WithScan):
    """A written consent."""

    representative_id = SelectField(_l("Who gave it"), coerce=_id, validate_choice=False)
    given_on = Day(_l("Date of the consent"), [InputRequired(_l("Enter the date on the paper."))])
    minors_signed = ManyField(
        _l("Children who signed it too"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class ScanForm(WithScan):
    """A scan of a consent recorded earlier."""

    scan = FileField(_l("Scan of the paper"), [InputRequired(_l("Choose the file with the scan."))])


class WithdrawalForm(Form):
    """The withdrawal of a consent; nobody has to say why."""

    withdrawn_on = Day(_l("Date of the withdrawal"), [InputRequired(_l("Enter the date of the withdrawal."))])
    reason = TextAreaField(_l("Reason, if the representative named one"), [longest(2000)], filters=[lines])


class DeclineForm(Form):
    """The family wants no patronage."""

    reason = TextAreaField(
        _l("What the family said"),
        [DataRequired(_l("Write in a word or two why.")), longest(2000)],
        filters=[lines],
    )
