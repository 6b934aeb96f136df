"""What is typed into surveys of interests and into the scale of communication skills."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FieldList, FormField, HiddenField, IntegerField, StringField
from wtforms import Form as Part
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.choosing import ManyField, RadioField, SelectField
from portal.clubs.survey_words import AUDIENCE_WORDS, INTEREST_WORDS, SCORE_WORDS, SKILL_WORDS
from portal.clubs.surveys import Wishes
from portal.patronage.forms import one_line
from portal.rules.interests import OLDEST
from portal.rules.skills import SKILLS
from portal.web import Form, number_of

MOST_ROWS = 130  # a full club, and who has left it


def _interests(label: Any) -> ManyField:
    return ManyField(
        label, choices=list(INTEREST_WORDS.items()), widget=ListWidget(), option_widget=CheckboxInput()
    )


class WishesPart(Part):
    """What one recipient said."""

    member_id = HiddenField()
    codes = _interests(_l("Interests"))
    wishes = StringField(_l("Own wishes"), [Length(max=1000)], filters=[one_line])

    def said(self) -> Wishes:
        """As the actions take it."""
        return Wishes(frozenset(self.codes.data or ()), self.wishes.data or "")


class SurveyForm(Form):
    """A survey of a group, or of one recipient."""

    day = DateField(_l("Day of the survey"), [InputRequired(_l("Choose a day."))], default=clock.today)
    rows = FieldList(FormField(WishesPart), max_entries=MOST_ROWS)

    def answers(self) -> dict[int, Wishes]:
        """By recipient."""
        return {number_of(row.form.member_id.data): row.form.said() for row in self.rows}


def survey_of(people: Iterable[Any], known: Mapping[int, Any]) -> SurveyForm:
    """The form with the last answers of each."""
    rows = [
        {
            "member_id": str(one.id),
            "codes": sorted(known[one.id].codes) if one.id in known else [],
            "wishes": known[one.id].wishes if one.id in known else "",
        }
        for one in people
    ]
    return SurveyForm(data={"day": clock.today(), "rows": rows})


_age = NumberRange(0, OLDEST, _l("From 0 to %(oldest)s, or empty.", oldest=OLDEST))


class AimForm(Form):
    """For whom a club is and what it is about."""

    audience = RadioField(
        _l("The club is for"),
        [InputRequired(_l("Choose for whom the club is."))],
        choices=list(AUDIENCE_WORDS.items()),
    )
    age_from = IntegerField(_l("Minors from, years"), [Optional(), _age])
    age_to = IntegerField(_l("Minors up to, years"), [Optional(), _age])
    codes = _interests(_l("The club is about"))


class ScoresPart(Part):
    """The six scores of a participant; all of them, or none."""

    member_id = HiddenField()
    contact = SelectField(SKILL_WORDS["contact"])
    listening = SelectField(SKILL_WORDS["listening"])
    rules = SelectField(SKILL_WORDS["rules"])
    conflict = SelectField(SKILL_WORDS["conflict"])
    empathy = SelectField(SKILL_WORDS["empathy"])
    support = SelectField(SKILL_WORDS["support"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SKILLS:
            self[name].choices = [("", "—"), *((str(n), f"{n} — {word}") for n, word in SCORE_WORDS.items())]

    def scores(self) -> dict[str, int]:
        """Those that were given."""
        return {name: int(self[name].data) for name in SKILLS if self[name].data}

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A row that was begun is finished; what lacks is named at its field."""
        valid: bool = super().validate(*args, **kwargs)
        for name in SKILLS if valid and self.scores() else ():
            if not self[name].data:
                self[name].errors = [_l("Give a score from 0 to 4.")]
                valid = False
        return valid


class SkillsForm(Form):
    """The scale for a whole group."""

    day = DateField(_l("Day of the assessment"), [InputRequired(_l("Choose a day."))], default=clock.today)
    rows = FieldList(FormField(ScoresPart), max_entries=MOST_ROWS)

    def scores(self) -> dict[int, dict[str, int]]:
        """By participant; who has none is left out."""
        found = {number_of(row.form.member_id.data): row.form.scores() for row in self.rows}
        return {key: scores for key, scores in found.items() if scores}

    def validate_day(self, field: DateField) -> None:
        """Not of a day to come."""
        if isinstance(field.data, date) and field.data > clock.today():
            raise ValidationError(_l("This day is still to come. Choose today or an earlier day."))


def skills_of(people: Iterable[Any], known: Mapping[int, Mapping[str, int]]) -> SkillsForm:
    """The form with the scores that are there."""
    rows = [
        {"member_id": str(one.id)} | {name: str(score) for name, score in known.get(one.id, {}).items()}
        for one in people
    ]
    return SkillsForm(data={"day": clock.today(), "rows": rows})
