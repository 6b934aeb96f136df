"""What is asked before many papers are made."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.choosing import ManyField, RadioField, SelectField
from portal.jobs.work import Params
from portal.months import FIRST, LAST
from portal.rules import N_, RuleBroken
from portal.rules.weekly_limit import week_of
from portal.web import Form

FORMS = [
    ("pdf", _l("One PDF")),
    ("zip", _l("Archive with PDF")),
    ("docx", _l("Archive with DOCX")),
]
WHOSE = {
    "mine": _l("Mine, and of those I stand in for"),
    "family": _l("Of this family"),
    "all": _l("Of the whole department"),
}
JOURNALS = {
    "mine": _l("My entries"),
    "center": _l("The journal of the center"),
    "each": _l("A journal of each specialist"),
}
_chosen = InputRequired(_l("Choose one."))


class BulkForm(Form):
    """What every place asks: in which form."""

    file = RadioField(_l("File"), [_chosen], choices=FORMS, default="pdf")

    def params(self) -> Params:
        """The job's parameters, codes and numbers."""
        return {"as": self.file.data}


class _Whose(BulkForm):
    whose = RadioField(_l("Whose"), [_chosen], default="mine")

    def offer(self, *names: str) -> None:
        """Among whose papers there is a choice; the whole department's for who sees it, who often leads no family."""
        self.whose.choices = [(name, WHOSE[name]) for name in names]
        if not self.is_submitted():
            self.whose.data = names[-1]
        elif self.whose.data not in names:
            self.whose.data = names[0]

    def params(self) -> Params:
        """Besides: whose."""
        return super().params() | {"whose": self.whose.data}


class WeekForm(_Whose):
    """Sheets of a week."""

    week = DateField(_l("Any day of the week"), [InputRequired(_l("Say which week."))])

    def params(self) -> Params:
        """Besides: the Monday."""
        day = min(max(self.week.data, FIRST), LAST - timedelta(7))
        return super().params() | {"day": week_of(day).isoformat()}


class JournalForm(BulkForm):
    """Journals of a month or a quarter."""

    period = SelectField(_l("Period"), [_chosen], coerce=int)
    of = RadioField(_l("Whose"), [_chosen], default="mine")

    def offer(
        self, periods: list[tuple[int, str]], whose: list[str], departments: Mapping[str, list[int]]
    ) -> None:
        """The periods, and among whose journals there is a choice; of a department those who work there."""
        self.period.choices = periods
        self.of.choices = [(name, JOURNALS[name]) for name in whose]
        self.of.choices += [
            (of_department(name), _("Each specialist: %(department)s", department=name))
            for name in departments
        ]
        self.workers = {of_department(name): workers for name, workers in departments.items()}

    def params(self) -> Params:
        """Besides: the period by its number, and whose."""
        found = super().params() | {"period": self.period.data}
        if self.of.data in self.workers:
            return found | {"of": "each", "workers": self.workers[self.of.data]}
        return found | {"of": self.of.data}


def of_department(department: str) -> str:
    """The department as one among the choices."""
    return f"of {department}"


class _Codes(BulkForm):
    codes = ManyField(_l("Which papers"), widget=ListWidget(), option_widget=CheckboxInput())

    def offer_codes(self, choices: list[tuple[str, Any]]) -> None:
        """The kinds of papers that the user prints there."""
        self.codes.choices = choices
        if not self.is_submitted() and not self.codes.data:
            self.codes.data = [code for code, _title in choices]

    def params(self) -> Params:
        """Besides: the kinds, in the order of the offer."""
        chosen = [code for code, _title in self.codes.choices if code in (self.codes.data or [])]
        if not chosen:
            raise RuleBroken("no_codes", N_("Choose at least one kind of paper."))
        return super().params() | {"codes": chosen}


class MeetingForm(_Codes):
    """Papers after a meeting."""


class FamiliesForm(_Whose):
    """Papers of families."""

    code = RadioField(_l("Which papers"), [_chosen])

    def offer_codes(self, choices: list[tuple[str, Any]]) -> None:
        """The kinds of papers that the user prints of families."""
        self.code.choices = choices
        if not self.is_submitted() and not self.code.data and choices:
            self.code.data = choices[0][0]

    def params(self) -> Params:
        """Besides: the kind."""
        return super().params() | {"codes": [self.code.data]}
