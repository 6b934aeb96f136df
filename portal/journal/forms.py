"""What is typed about the journal."""

import base64
import binascii
import io
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from portal import clock
from portal.choosing import RadioField, SelectField
from portal.families.forms import ScanForm, WithScan
from portal.journal import labels
from portal.patronage.forms import one_line, paragraphs
from portal.rules import RuleBroken
from portal.rules.contacts import LONGEST, SHORTEST
from portal.rules.journal import signatures
from portal.web import LONGEST_TEXT, Form, words

PNG = "data:image/png;base64,"
_needed = InputRequired(_l("Fill this in."))
_too_long = _l("The text is too long: at most %(max)d characters fit.")


def _id(text: Any) -> int | None:
    return int(text) if str(text).isdecimal() and len(str(text)) < 10 else None


class SignForm(WithScan):
    """The recipient signs: on the screen, on paper, or refuses. A drawing that was taken survives an error."""

    how = RadioField(_l("How the service is confirmed"), [InputRequired(_l("Choose how."))])
    signer_id = SelectField(_l("Who signs"), coerce=_id, validate_choice=False)
    drawn = FileField(_l("Signature"))
    kept = HiddenField()
    refusal = StringField(_l("Why they refused"), [Length(max=500)], filters=[one_line])
    revision = HiddenField()
    drawing: tuple[bytes, str] | None = None

    def offer(self, kind: str, members: list[tuple[int, str]]) -> None:
        """The ways and the people to choose from."""
        self.how.choices = [(str(way), labels.WAYS[way]) for way in signatures(kind)]
        self.signer_id.choices = members

    def validate_drawn(self, field: FileField) -> None:
        """A small PNG, remade; else the one that an earlier try has kept."""
        if self.how.data != "drawn":
            return
        from portal import scans  # what reads pictures is large

        try:
            if field.data:
                self.drawing = scans.clean_drawing(field.data.stream)
                self.kept.data = PNG + base64.b64encode(self.drawing[0]).decode()
            elif (self.kept.data or "").startswith(PNG):
                raw = base64.b64decode(self.kept.data.removeprefix(PNG), validate=True)
                self.drawing = scans.clean_drawing(io.BytesIO(raw))
        except RuleBroken as broken:
            raise ValidationError(words(broken)) from None
        except binascii.Error:
            self.kept.data = ""

    @property
    def picture(self) -> tuple[bytes, str] | None:
        """The drawing, or the scan of the paper."""
        return {"drawn": self.drawing, "paper": self.cleaned}.get(self.how.data)


class PaperForm(ScanForm):
    """The scan of a paper that was signed earlier."""


class ChangeForm(Form):
    """What an entry says."""

    minutes = IntegerField(
        _l("Length, minutes"),
        [
            _needed,
            NumberRange(
                SHORTEST,
                LONGEST,
                _l("From %(shortest)s to %(longest)s minutes.", shortest=SHORTEST, longest=LONGEST),
            ),
        ],
    )
    summary = TextAreaField(
        _l("What was seen and said"), [Length(max=LONGEST_TEXT, message=_too_long)], filters=[paragraphs]
    )
    recommendations = TextAreaField(
        _l("Recommendations"), [Length(max=LONGEST_TEXT, message=_too_long)], filters=[paragraphs]
    )
    revision = HiddenField()

    def content(self) -> dict[str, Any]:
        """What the entry is to say."""
        return {
            "minutes": self.minutes.data,
            "summary": self.summary.data,
            "recommendations": self.recommendations.data,
        }


class CorrectForm(ChangeForm):
    """What a checked entry should have said, and why."""

    why = StringField(_l("What is corrected, and why"), [_needed, Length(max=500)], filters=[one_line])


class ReturnForm(Form):
    """Why an entry goes back to its worker."""

    remark = TextAreaField(
        _l("Remark"),
        [InputRequired(_l("Write what is to be mended.")), Length(max=1000, message=_too_long)],
        filters=[paragraphs],
    )
    revision = HiddenField()


class EnteredForm(Form):
    """The day on which services were entered into the state information system."""

    entered_on = DateField(_l("Entered on"), [InputRequired(_l("Choose a day."))], default=clock.today)
