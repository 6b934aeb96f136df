"""What is typed into a diagnosis: its texts, and a score and a note for each sphere of life in use."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.choosing import RadioField
from portal.diagnosis import labels
from portal.diagnosis.actions import Findings
from portal.diagnosis.models import TEXTS
from portal.patronage.forms import paragraphs
from portal.web import LONGEST_TEXT, Form

LONGEST_NOTE = 1000
_too_long = _l("The text is too long: at most %(max)d characters fit.")


def _of_scale(_form: Any, field: Field) -> None:
    if field.data is not None and field.data not in labels.SCALE:
        raise ValidationError(_l("Choose from the list."))


def _number(text: Any) -> int | None:
    """A number of one digit; anything else is out of every scale."""
    if text is None or text == "":
        return None
    return int(text) if str(text) in "0123456789" else -1


class _Scale(RadioField):
    """A score from 0 to 4, or none yet."""

    def __init__(self, label: Any, words: Mapping[int, Any], **kwargs: Any) -> None:
        choices = [(number, f"{number} — {word}") for number, word in words.items()]
        super().__init__(label, [_of_scale], choices=choices, coerce=_number, validate_choice=False, **kwargs)


def _text(name: str) -> TextAreaField:
    label, hint = labels.TEXTS[name]
    rules = [Length(max=LONGEST_TEXT, message=_too_long)]
    return TextAreaField(label, rules, filters=[paragraphs], description=hint or "")


class DiagnosisForm(Form):
    """The diagnosis, partial or whole; `for_spheres` gives the class with a field for each sphere."""

    spheres: Mapping[str, str] = {}
    version = HiddenField()
    copied_from = HiddenField()
    day = DateField(_l("Date of the diagnosis"), [InputRequired(_l("Enter the date."))])
    crisis_depth = _Scale(_l("Depth of the crisis"), labels.DEPTHS)

    def findings(self) -> Findings:
        """What was typed, as the actions take it."""
        return Findings(
            day=self.day.data,
            depth=self.crisis_depth.data,
            texts={name: self[name].data for name in TEXTS},
            scores={code: (self.score_field(code).data, self.note_field(code).data) for code in self.spheres},
        )

    def score_field(self, code: str) -> Any:
        """The score of a sphere."""
        return self[f"score_{code}"]

    def note_field(self, code: str) -> Any:
        """The note on a sphere."""
        return self[f"note_{code}"]


for _name in TEXTS:
    setattr(DiagnosisForm, _name, _text(_name))


def for_spheres(spheres: Mapping[str, str]) -> type[DiagnosisForm]:
    """The form with a score and a note for each of the spheres (labels by code)."""
    fields: dict[str, Any] = {"spheres": spheres}
    for code, label in spheres.items():
        fields[f"score_{code}"] = _Scale(label, labels.SCALE)
        note = _l("What shows it: %(sphere)s", sphere=label)
        rules = [Length(max=LONGEST_NOTE, message=_too_long)]
        fields[f"note_{code}"] = TextAreaField(note, rules, filters=[paragraphs])
    return type("DiagnosisForm", (DiagnosisForm,), fields)


class RemarkForm(Form):
    """Why a head returns a diagnosis."""

    remark = TextAreaField(
        _l("What is to be mended"),
        [
            InputRequired(_l("Say what is to be mended: the author reads it.")),
            Length(max=2000, message=_too_long),
        ],
        filters=[paragraphs],
    )
