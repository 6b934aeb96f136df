"""The rows of a plan's form: goals, and the measures of each."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, HiddenField, TextAreaField, ValidationError
from wtforms import Form as PlainForm
from wtforms.validators import Optional

from portal.choosing import SelectField
from portal.families.member_rows import Day, longest, one_line
from portal.plans.content import new_key
from portal.rules.plan_content import Goal, Measure, Responsible

MOST_GOALS, MOST_MEASURES = 15, 15
LONGEST_ROW = 1000
_KEY = re.compile(r"[0-9a-f]{32}")
_WHO = re.compile(r"(user|member):[1-9]\d{0,8}|body:[a-z_]{1,40}")


class Row(PlainForm):
    """A row that can be taken out and put back before the plan is saved; `key` follows it through the versions."""

    key = HiddenField()
    gone = HiddenField()

    @property
    def is_gone(self) -> bool:
        """Whether it was taken out."""
        return bool(self.gone.data)

    @property
    def known_key(self) -> str:
        """The key of a row that was saved before, or nothing."""
        text = str(self.key.data or "")
        return text if _KEY.fullmatch(text) else ""


class MeasureRow(Row):
    """What is to be done; a row left empty is nothing."""

    text = TextAreaField(_l("What is to be done"), [longest(LONGEST_ROW)], filters=[one_line])
    due_on = Day(_l("Due"), [Optional()])
    who = SelectField(_l("Responsible"), validate_choice=False)
    family_part = TextAreaField(_l("The family's part"), [longest(LONGEST_ROW)], filters=[one_line])
    leisure = BooleanField(_l("Joint leisure event at the center"))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into it: who answers is chosen from the start."""
        typed = (self.text.raw_data or []) + (self.due_on.raw_data or []) + (self.family_part.raw_data or [])
        return not self.text.data and not any(str(one).strip() for one in typed)

    def validate_text(self, field: TextAreaField) -> None:
        """A measure says what is done."""
        if not field.data:
            raise ValidationError(_("Say what is to be done."))

    def validate_who(self, field: SelectField) -> None:
        """Somebody answers for it; whether they may is for the rules to say."""
        if not _WHO.fullmatch(field.data or ""):
            raise ValidationError(_("Choose from the list."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Nothing to check in a row that is empty or taken out; else it has its day."""
        if self.is_gone or self.is_empty:
            return True
        fine: bool = super().validate(extra_validators)
        if self.due_on.data is None and not self.due_on.errors:
            self.due_on.errors = [_("Say by when.")]
            return False
        return fine

    def value(self, key: str) -> Measure:
        """The measure."""
        kind, _colon, ref = self.who.data.partition(":")
        return Measure(
            key,
            self.text.data,
            self.due_on.data,
            Responsible(kind, ref),
            "leisure" if self.leisure.data else "ordinary",
            self.family_part.data or "",
        )


class GoalRow(Row):
    """What is to change in a sphere of life."""

    sphere = SelectField(_l("Life sphere"), validate_choice=False)
    text = TextAreaField(_l("Goal"), [longest(LONGEST_ROW)], filters=[one_line])
    measures = FieldList(FormField(MeasureRow), _l("Measures"), max_entries=MOST_MEASURES)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into a new goal and its measures."""
        own = self.text.data or self.sphere.data or self.known_key
        return not own and all(row.form.is_empty for row in self.measures.entries)

    def validate(self, extra_validators: Any = None) -> bool:
        """Nothing to check in a goal that is empty or taken out."""
        return self.is_gone or self.is_empty or super().validate(extra_validators)

    def validate_sphere(self, field: SelectField) -> None:
        """The sphere is one of the word list."""
        if field.data not in {code for code, _label in field.choices or ()} or not field.data:
            raise ValidationError(_("Choose the life sphere."))

    def validate_text(self, field: TextAreaField) -> None:
        """A goal says what is to change."""
        if not field.data:
            raise ValidationError(_("Say what is to change."))

    def value(self, used: set[str]) -> Goal:
        """The goal with its measures; new rows get a key, and none is used twice."""
        own = fresh(self, used)
        rows = [row.form for row in self.measures.entries if not row.form.is_gone and not row.form.is_empty]
        measures = tuple(row.value(fresh(row, used)) for row in rows)
        return Goal(own, self.sphere.data, self.text.data, measures)


def fresh(row: Row, used: set[str]) -> str:
    """The row's key, or a new one where it has none or somebody else has it."""
    key = row.known_key if row.known_key not in used else ""
    key = key or new_key()
    used.add(key)
    return key
