"""What is typed about the centre."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from portal.choosing import ManyField, RadioField
from portal.rules.follow_ups import LONGEST_TERM
from portal.rules.names import clean
from portal.web import Form

_days = NumberRange(1, 366, _l("A whole number from 1 to 366."))


class SettingsForm(Form):
    """The settings an administrator may change while the portal runs."""

    centre_name = StringField(_l("Name of the center"), [InputRequired(_l("Fill this in.")), Length(max=120)])
    centre_details = TextAreaField(
        _l("Address and telephone of the center"),
        [Length(max=500)],
        filters=[lambda text: (text or "").strip()],
    )
    director = StringField(
        _l("Director: last, first and middle name"),
        [Length(max=150)],
        filters=[lambda text: clean(text or "")],
    )
    director_position = StringField(
        _l("Position of the director"), [Length(max=120)], filters=[lambda text: clean(text or "")]
    )
    quorum_share = RadioField(
        _l("Quorum of the consilium"),
        choices=[
            ("two_thirds", _l("two thirds of the members")),
            ("half", _l("half of the members")),
        ],
    )
    majority = RadioField(
        _l("A decision is carried by a majority"),
        choices=[("present", _l("of the members present")), ("roll", _l("of all members on the roll"))],
    )
    vote_reasons = BooleanField(_l("A vote needs its reason"))
    minutes_days = IntegerField(
        _l("Minutes are signed within, working days"),
        [NumberRange(1, 20, _l("A whole number from 1 to 20."))],
    )
    extract_days = IntegerField(
        _l("The family gets its extract within, working days"),
        [NumberRange(1, LONGEST_TERM, _l("A whole number from 1 to 10."))],
    )
    term_reminder = IntegerField(
        _l("A short term comes before the consilium so many days before its end"), [_days]
    )
    signing_age = IntegerField(
        _l("A minor signs the consent too from the age of"),
        [NumberRange(0, 18, _l("A whole number from 0 to 18."))],
    )
    gap_emergency = IntegerField(_l("Emergency regime: warn after so many days without a contact"), [_days])
    gap_planned = IntegerField(_l("Planned regime: warn after so many days without a contact"), [_days])
    gap_control = IntegerField(_l("Control regime: warn after so many days without a contact"), [_days])
    visits_a_day = IntegerField(
        _l("Visits a day at most, when a month is planned"),
        [NumberRange(1, 12, _l("A whole number from 1 to 12."))],
    )
    call_channels = ManyField(
        _l("Families are called by"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    survey_days = IntegerField(
        _l("Survey of living conditions within, working days"),
        [NumberRange(1, 30, _l("A whole number from 1 to 30."))],
    )


class DayForm(Form):
    """A day that is off or worked here against the country's table."""

    day = DateField(_l("Day"), [InputRequired(_l("Say on which day."))])
    kind = RadioField(
        _l("What it is here"),
        [InputRequired(_l("Choose one of the two."))],
        choices=[("off", _l("a day off")), ("worked", _l("a working day"))],
    )
    note = StringField(_l("Why"), [Length(max=200)], filters=[lambda text: clean(text or "")])


class TakeBackForm(Form):
    """A day that is to be again what the country's table says."""

    day = DateField(validators=[InputRequired()])
