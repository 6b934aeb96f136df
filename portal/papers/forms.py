"""The forms of the register of papers."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from portal.families.forms import WithScan
from portal.families.member_rows import Day
from portal.web import Form


class RegisterForm(Form):
    """The day of a paper."""

    day = Day(_l("Date of the paper"), [InputRequired(_l("Enter the date of the paper."))])


class SignedForm(WithScan):
    """The signed paper."""

    signed_on = Day(_l("Signed on"), [InputRequired(_l("Enter the day of the signature."))])

    def validate(self, extra_validators: object = None) -> bool:
        """A paper is signed when its scan is there."""
        fine = super().validate(extra_validators)
        if fine and self.cleaned is None:
            self.scan.errors = [str(_l("Choose the scan of the signed paper."))]
            return False
        return bool(fine)


class VoidForm(Form):
    """Why a paper is void."""

    reason = TextAreaField(
        _l("Why it is void"), [InputRequired(_l("Say why the paper is void.")), Length(max=500)]
    )
