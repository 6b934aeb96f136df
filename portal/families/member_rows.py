"""The rows of people in a family's form, and the kinds of fields it is made of."""

import re
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, StringField, ValidationError
from wtforms import Form as PlainForm
from wtforms.validators import Length, Optional

from portal import clock
from portal.families.values import MemberValues
from portal.rules.names import FullName, clean, tidy_name
from portal.rules.phones import find_phones

MOST_YEARS = 110
_SPELLED = re.compile(r"(?:[^\W\d_]|[ '’ʼ.\-\u0300-\u036f])+")


def one_line(text: str | None) -> str:
    """Typed text as one clean line."""
    return clean(text or "")


def lines(text: str | None) -> str:
    """Typed text without control characters; line breaks stay."""
    return "\n".join(clean(line) for line in (text or "").splitlines()).strip()


def _name(text: str | None) -> str:
    return tidy_name(text or "")


def _letters(_form: Any, field: StringField) -> None:
    """Names are letters; pictures and digits come from a slip of the keyboard."""
    if field.data and not _SPELLED.fullmatch(field.data):
        raise ValidationError(
            _("A name is written in letters: «%(name)s» has other signs.", name=field.data[:60])
        )


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
    last_name = StringField(_l("Last name"), [longest(100), _letters], filters=[_name])
    first_name = StringField(_l("First name"), [longest(100), _letters], filters=[_name])
    middle_name = StringField(_l("Patronymic"), [longest(100), _letters], filters=[_name])
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
            field.data = one_phone(field.data)

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


def one_phone(text: str) -> str:
    """The one number of the text as E.164. Raises ValidationError for none or several."""
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
