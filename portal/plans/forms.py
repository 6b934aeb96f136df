"""What is typed about a plan."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, HiddenField, TextAreaField, ValidationError
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Optional

from portal import clock
from portal.access import LARGEST_ID
from portal.choosing import RadioField
from portal.families.member_rows import Day, longest
from portal.patronage.forms import paragraphs
from portal.plans import labels
from portal.plans.actions import OPEN_MARK, Result
from portal.plans.rows import MOST_GOALS, MOST_MEASURES, GoalRow
from portal.rules.plan_content import TEXTS, Content, Goal, Measure
from portal.rules.plans import Outcome
from portal.web import LONGEST_TEXT, Form

_BUTTON = re.compile(r"(goal|measure|drop|keep)(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


def _text(name: str) -> TextAreaField:
    return TextAreaField(labels.TEXTS[name], [longest(LONGEST_TEXT)], filters=[paragraphs])


class PlanForm(Form):
    """A plan: what it aims at, and its goals with their measures."""

    aim = _text("aim")
    resources = _text("resources")
    wishes = _text("wishes")
    family_part = _text("family_part")
    goals = FieldList(FormField(GoalRow), _l("Goals and measures"), max_entries=MOST_GOALS)
    revision = HiddenField()
    known = HiddenField()  # the keys of all rows that the form was filled from

    def offer(self, spheres: list[tuple[str, str]], people: dict[str, list[tuple[str, str]]]) -> None:
        """The spheres, and those who can answer for a measure, by groups."""
        for goal in self.goals.entries:
            goal.form.sphere.choices = [("", _("Choose the sphere…")), *spheres]
            for measure in goal.form.measures.entries:
                measure.form.who.choices = people

    def press(self, button: str) -> str:
        """Add, take out or put back a row, as the button asked; gives the id of the field to go on with."""
        found = _BUTTON.fullmatch(button)
        verb, *places = found.groups() if found else ("", None, None)
        goal, measure = (None if one is None else int(one) for one in places)
        if verb == "goal" and len(self.goals.entries) < MOST_GOALS:
            return str(self._add_goal().form.text.id)
        if goal is None or goal >= len(self.goals.entries):
            return ""
        rows = self.goals.entries[goal].form
        if verb == "measure":
            return self._add_measure(rows)
        if verb in ("drop", "keep"):
            if measure is not None and measure < len(rows.measures.entries):
                rows = rows.measures.entries[measure].form
            rows.gone.data = "1" if verb == "drop" else ""
        return ""

    def _add_goal(self) -> Any:
        entry = self.goals.append_entry()
        entry.form.measures.append_entry()
        return entry

    def _add_measure(self, rows: GoalRow) -> str:
        if len(rows.measures.entries) >= MOST_MEASURES:
            return ""
        return str(rows.measures.append_entry().form.text.id)

    @property
    def known_keys(self) -> set[str]:
        """The keys of the rows that were there then."""
        return set(str(self.known.data or "").split())

    def content(self) -> Content:
        """What was typed."""
        used: set[str] = set()
        rows = [row.form for row in self.goals.entries if not row.form.is_gone and not row.form.is_empty]
        texts = {name: self[name].data or "" for name in TEXTS}
        return Content(**texts, goals=tuple(row.value(used) for row in rows))

    def meet(self, stored: Content, revision: int) -> None:
        """Go on from what somebody else saved meanwhile: rows that they added stand in this form too."""
        known = self.known_keys
        goals = {row.form.known_key: row.form for row in self.goals.entries}
        here = {one.form.known_key for rows in goals.values() for one in rows.measures.entries} | set(goals)
        for goal in stored.goals:
            if goal.key in goals:
                for one in _open(goal):
                    if one.key not in known | here and len(goals[goal.key].measures) < MOST_MEASURES:
                        goals[goal.key].measures.append_entry(_measure(one))
            elif goal.key not in known and len(self.goals.entries) < MOST_GOALS:
                self.goals.append_entry(_goal(goal))
        self.revision.data, self.known.data = str(revision), keys_of(stored)


def keys_of(content: Content) -> str:
    """The keys of all goals and measures."""
    return " ".join([*(goal.key for goal in content.goals), *content.measures])


def start_of(content: Content, revision: int) -> dict[str, Any]:
    """The form's values at first; an empty plan begins with one goal and one measure."""
    goals = [_goal(goal) for goal in content.goals] or [{"measures": [{}]}]
    texts = {name: getattr(content, name) for name in TEXTS}
    return texts | {"goals": goals, "revision": str(revision), "known": keys_of(content)}


def _open(goal: Goal) -> list[Measure]:
    return [one for one in goal.measures if not one.closed]


def _goal(goal: Goal) -> dict[str, Any]:
    measures = [_measure(one) for one in _open(goal)]
    return {"key": goal.key, "sphere": goal.sphere, "text": goal.text, "measures": measures}


def _measure(one: Measure) -> dict[str, Any]:
    return {
        "key": one.key,
        "text": one.text,
        "due_on": one.due_on,
        "who": ":".join(one.responsible),
        "family_part": one.family_part,
        "leisure": one.kind == "leisure",
    }


class AgreeForm(Form):
    """When and with whom the plan was discussed."""

    day = Day(_l("Day of the talk"), [InputRequired(_l("Say on which day."))])
    member_id = RadioField(
        _l("Who of the family agreed"),
        [InputRequired(_l("Choose who agreed."))],
        coerce=str,
        validate_choice=False,
    )

    revision = HiddenField()

    def offer(self, people: list[tuple[int, str]]) -> None:
        """The representatives of the family."""
        self.member_id.choices = [(str(key), name) for key, name in people]

    @property
    def member(self) -> int:
        """The id of the representative; whether it may be this one is for the rules to say."""
        text = str(self.member_id.data or "")
        return min(int(text), LARGEST_ID) if text.isdecimal() and len(text) < 11 else 0


class ReturnForm(Form):
    """Why the head gives a plan back."""

    remark = TextAreaField(
        _l("What is to be mended"),
        [InputRequired(_l("Say what is to be mended.")), longest(2000)],
        filters=[paragraphs],
    )


class ResultRow(PlainForm):
    """What became of a measure."""

    id = HiddenField()
    seen = HiddenField()
    outcome = RadioField(_l("What became of it"), choices=[(c, t) for c, (_k, t) in labels.OUTCOMES.items()])
    done_on = Day(_l("Done on"), [Optional()])
    result = TextAreaField(_l("Result, or why not"), [longest(2000)], filters=[paragraphs])

    def validate_outcome(self, field: RadioField) -> None:
        """A result that was typed says whether the measure is done; one not done says why."""
        typed = self.result.data or (self.done_on.raw_data and self.done_on.raw_data[0])
        if field.data == Outcome.OPEN and self.seen.data == OPEN_MARK and typed:
            raise ValidationError(_("Choose what became of the measure."))

    def validate_result(self, field: TextAreaField) -> None:
        """Whoever says that it was not done says why."""
        if self.outcome.data in (Outcome.NOT_DONE, Outcome.DROPPED) and not field.data:
            raise ValidationError(_("Say why it was not done: the plan is corrected by that."))

    def validate_done_on(self, field: Day) -> None:
        """Not tomorrow."""
        if field.data and field.data > clock.today():
            raise ValidationError(_("This day has not come yet."))

    def value(self) -> Result | None:
        """What was typed of a measure."""
        text = str(self.id.data or "")
        if not text.isdecimal() or len(text) > 9:
            return None
        outcome, done_on = self.outcome.data, self.done_on.data
        if outcome == Outcome.DONE:  # today, when no day was given
            done_on = done_on or clock.today()
        return Result(int(text), outcome, done_on, self.result.data or "", self.seen.data or "")


class ResultsForm(Form):
    """What became of the measures of the plan in force."""

    measures = FieldList(FormField(ResultRow), _l("Measures"), max_entries=MOST_GOALS * MOST_MEASURES)

    def results(self) -> list[Result]:
        """What was typed."""
        found = (row.form.value() for row in self.measures.entries)
        return [one for one in found if one is not None]
