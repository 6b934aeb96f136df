"""What may be typed into the pages of families, and the plain values it gives."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms import (
    Form as PlainForm,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock, files
from portal.families.models import Family, FamilyMember
from portal.families.values import FamilyValues, MemberValues
from portal.rules import RuleBroken
from portal.rules.names import FullName, clean, tidy_name
from portal.rules.phones import find_phones, pretty_phone
from portal.web import LONGEST_TEXT, Form, words

MOST_YEARS = 110
MOST_MEMBERS = 30
EMPTY_ROWS = {"representatives": 1, "minors": 1}


def one_line(text: str | None) -> str:
    """Typed text as one clean line."""
    return clean(text or "")


def lines(text: str | None) -> str:
    """Typed text without control characters; line breaks stay."""
    return "\n".join(clean(line) for line in (text or "").splitlines()).strip()


def _name(text: str | None) -> str:
    return tidy_name(text or "")


def longest(most: int) -> Length:
    """At most so many characters."""
    return Length(max=most, message=_l("At most %(max)d characters: please shorten the text."))


class Day(DateField):
    """A date as the browser's field sends it, or as people write it (22.11.2026)."""

    def __init__(self, label: Any, validators: Any = (), **options: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d.%m.%Y"], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse what was typed. Raises ValueError in words."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("There is no such date. Write it like 22.11.2026.")) from None
        if self.data is not None and self.data.year < 1000:
            raise ValueError(_("There is no such date. Write it like 22.11.2026."))


class Year(IntegerField):
    """A year of four digits."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse what was typed. Raises ValueError in words."""
        text = valuelist[0].strip() if valuelist else ""
        if text and not (text.isascii() and text.isdecimal() and len(text) == 4):
            self.data = None
            raise ValueError(_("Write the year with four digits, like 2014."))
        self.data = int(text) if text else None


class MemberRow(PlainForm):
    """One person of a family; a row left empty is nobody."""

    id = HiddenField()
    last_name = StringField(_l("Last name"), [longest(100)], filters=[_name])
    first_name = StringField(_l("First name"), [longest(100)], filters=[_name])
    middle_name = StringField(_l("Patronymic"), [longest(100)], filters=[_name])
    birth_date = Day(_l("Birth date"), [Optional()])
    birth_year = Year(_l("or only the year"), [Optional()])
    relation = StringField(_l("Who it is to the children"), [longest(60)], filters=[one_line])
    phone = StringField(_l("Phone"), [longest(60)], filters=[one_line])
    left_on = Day(_l("Left the family on"), [Optional()])

    kind = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into a new row."""
        typed = [text for field in self if field.short_name != "id" for text in field.raw_data or ()]
        return not self.member_id and not any(text.strip() for text in typed)

    @property
    def member_id(self) -> int | None:
        """The person on the card whom the row changes."""
        text = str(self.id.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else None

    def validate(self, extra_validators: Any = None) -> bool:
        """Nothing to check in an empty row."""
        return self.is_empty or super().validate(extra_validators)

    def validate_last_name(self, field: StringField) -> None:
        """Everybody has a name."""
        if not field.data:
            raise ValidationError(_("Enter the last name."))

    def validate_first_name(self, field: StringField) -> None:
        """Everybody has a name."""
        if not field.data:
            raise ValidationError(_("Enter the first name."))

    def validate_birth_date(self, field: Day) -> None:
        """Born already, and not before anybody who lives."""
        if field.data:
            _check_birth(field.data.year, field.data)

    def validate_birth_year(self, field: Year) -> None:
        """Born already, and not before anybody who lives."""
        if field.data is not None and not (self.birth_date.data or self.birth_date.errors):
            _check_birth(field.data, None)

    def validate_phone(self, field: StringField) -> None:
        """A number that can be dialed."""
        if field.data:
            field.data = _one_phone(field.data)

    def validate_left_on(self, field: Day) -> None:
        """Nobody leaves tomorrow."""
        if field.data and field.data > clock.today():
            raise ValidationError(_("This day has not come yet."))

    def values(self) -> MemberValues:
        """The person."""
        return MemberValues(
            kind=self.kind,
            name=FullName(self.last_name.data, self.first_name.data, self.middle_name.data),
            relation=self.relation.data if self.kind == "representative" else "",
            birth_date=self.birth_date.data,
            birth_year=self.birth_year.data,
            phone=self.phone.data if self.kind == "representative" else "",
            left_on=self.left_on.data,
            id=self.member_id,
        )


def _check_birth(year: int, day: date | None) -> None:
    today = clock.today()
    if year > today.year or (day and day > today):
        raise ValidationError(_("This birth date has not come yet."))
    if year < today.year - MOST_YEARS:
        raise ValidationError(_("This is more than %(years)s years ago. Check the year.", years=MOST_YEARS))


def _one_phone(text: str) -> str:
    found = find_phones(text)
    if len(found) != 1:
        raise ValidationError(_("Enter one number with its area code, like +7 912 345-67-89."))
    return found[0]


class RepresentativeRow(MemberRow):
    """A legal representative."""

    kind = "representative"


class MinorRow(MemberRow):
    """A child: a birth date, or at least its year, is known."""

    kind = "minor"

    def validate(self, extra_validators: Any = None) -> bool:
        """Of a child the birth is known, to the year at least."""
        fine = super().validate(extra_validators)
        unknown = not (self.birth_date.data or self.birth_year.data)
        if not self.is_empty and unknown and not (self.birth_date.errors or self.birth_year.errors):
            self.birth_date.errors = [_("Enter the birth date, or at least the year.")]
            return False
        return fine


class FamilyForm(Form):
    """A family's card."""

    representatives = FieldList(
        FormField(RepresentativeRow), _l("Legal representatives"), max_entries=MOST_MEMBERS
    )
    minors = FieldList(FormField(MinorRow), _l("Children"), max_entries=MOST_MEMBERS)
    address = StringField(_l("Address"), [longest(500)], filters=[one_line])
    phone = StringField(_l("Main phone"), [longest(60)], filters=[one_line])
    other_phones = StringField(_l("Other phones"), [longest(200)], filters=[one_line])
    course_ended_on = Day(_l("End of the rehabilitation course"), [Optional()])
    categories = SelectMultipleField(
        _l("Categories"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    note = TextAreaField(_l("Note"), [longest(LONGEST_TEXT)], filters=[lines])
    version = HiddenField()
    create_anyway = BooleanField(_l("This is another family: create the card anyway"))

    def validate_phone(self, field: StringField) -> None:
        """A number that can be dialed."""
        if field.data:
            field.data = _one_phone(field.data)

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
        rows = self[people if people in EMPTY_ROWS else "minors"]
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
            try:
                self.cleaned = files.clean(field.data.stream)
            except RuleBroken as broken:
                raise ValidationError(words(broken)) from None


class ConsentForm(WithScan):
    """A written consent."""

    representative_id = SelectField(_l("Who gave it"), coerce=int)
    given_on = Day(_l("Date of the consent"), [InputRequired(_l("Enter the date on the paper."))])
    minors_signed = SelectMultipleField(
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
