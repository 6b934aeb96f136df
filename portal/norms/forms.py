"""What is typed about norms."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from portal.choosing import SelectField
from portal.norms.models import REGIMES
from portal.patronage.forms import one_line
from portal.rules.norm_changes import MOST
from portal.rules.norms import Norm, Unit
from portal.web import Form

UNITS = [("week", _l("a week")), ("month", _l("a month")), ("quarter", _l("a quarter"))]
_needed = InputRequired(_l("Fill this in."))
_count = NumberRange(0, MOST, _l("A whole number from 0 to %(most)s.", most=MOST))


class NormsForm(Form):
    """The norms of each regime from a day on."""

    starts_on = DateField(_l("In force from"), [_needed])
    emergency_count = IntegerField(_l("Emergency: contacts"), [_needed, _count], default=2)
    emergency_unit = SelectField(_l("Emergency: in"), choices=UNITS, default="week")
    planned_count = IntegerField(_l("Planned: contacts"), [_needed, _count], default=1)
    planned_unit = SelectField(_l("Planned: in"), choices=UNITS, default="month")
    control_count = IntegerField(_l("Control: contacts"), [_needed, _count], default=1)
    control_unit = SelectField(_l("Control: in"), choices=UNITS, default="quarter")
    basis = StringField(_l("Basis: the order or decree"), [_needed, Length(max=300)], filters=[one_line])

    def norms(self) -> dict[str, Norm]:
        """The norms typed, by regime."""
        typed: dict[str, Any] = self.data
        return {name: Norm(typed[f"{name}_count"], Unit(typed[f"{name}_unit"])) for name in REGIMES}


class ExemptionForm(Form):
    """Days on which a family owes no contact, and why."""

    first = DateField(_l("From"), [_needed])
    last = DateField(_l("Until, this day included"), [_needed])
    reason = StringField(
        _l("Reason: a stay in hospital, at a sanatorium, a departure…"),
        [_needed, Length(max=500)],
        filters=[one_line],
    )


class EndForm(Form):
    """The day with which an exemption ends."""

    last = DateField(_l("Last day"), [_needed])
