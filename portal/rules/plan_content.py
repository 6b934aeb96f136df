"""What is written in a plan, what a correction keeps of it, and how two versions differ (R17).

BY: «план должен своевременно корректироваться с учетом результатов выполнения отдельных этапов (мероприятий)».
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple


class Responsible(NamedTuple):
    """Who answers for a measure: exactly one of a colleague, a member of the family, a prevention body."""

    kind: str  # user | member | body
    ref: str  # an id, or the code of the word list


@dataclass(frozen=True)
class Measure:
    """What is to be done; `key` follows it through the versions. `closed`: it has its result."""

    key: str
    text: str
    due_on: date
    responsible: Responsible
    kind: str = "ordinary"  # or leisure: a joint event with the family at the center (REG 3)
    family_part: str = ""
    closed: bool = False


@dataclass(frozen=True)
class Goal:
    """What is to change in a life sphere, and by which measures."""

    key: str
    sphere: str
    text: str
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True)
class Content:
    """All that is written in a version."""

    aim: str = ""
    resources: str = ""
    wishes: str = ""
    family_part: str = ""
    goals: tuple[Goal, ...] = ()

    @property
    def measures(self) -> dict[str, Measure]:
        """All measures by their keys."""
        return {measure.key: measure for goal in self.goals for measure in goal.measures}


TEXTS = ("aim", "resources", "wishes", "family_part")
GOAL_FIELDS = ("sphere", "text")
MEASURE_FIELDS = ("text", "due_on", "responsible", "kind", "family_part")


class Change(NamedTuple):
    """One line of a difference: `of` text, goal or measure; `how` added, removed or changed; `fields` differ."""

    of: str
    how: str
    old: Content | Goal | Measure | None
    new: Content | Goal | Measure | None
    fields: tuple[str, ...] = ()


def shortened(text: str, most: int = 60) -> str:
    """The beginning of a text, to name it by."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def keep_closed(stored: Content, typed: Content) -> Content:
    """What was typed, with the measures that have their result as they stand: a correction carries them along."""
    closed = {key: one for key, one in stored.measures.items() if one.closed}
    goals, seen = [], set()
    for goal in typed.goals:
        own = next((one for one in stored.goals if one.key == goal.key), None)
        kept = tuple(one for one in own.measures if one.closed) if own else ()
        goals.append(
            replace(goal, measures=kept + tuple(one for one in goal.measures if one.key not in closed))
        )
        seen.add(goal.key)
    for goal in stored.goals:
        left = tuple(one for one in goal.measures if one.closed)
        if goal.key not in seen and left:
            goals.append(replace(goal, measures=left))
    return replace(typed, goals=tuple(goals))


def difference(old: Content, new: Content) -> list[Change]:
    """What is new, gone and changed, in the order of the new version; what is gone comes last."""
    texts = _fields(TEXTS, old, new)
    found = [Change("text", "changed", old, new, texts)] if texts else []
    goals = {goal.key: goal for goal in old.goals}
    measures, kept = old.measures, new.measures
    for goal in new.goals:
        found += _compared("goal", goals.get(goal.key), goal, GOAL_FIELDS)
        for measure in goal.measures:
            found += _compared("measure", measures.get(measure.key), measure, MEASURE_FIELDS)
    there = {goal.key for goal in new.goals}
    for goal in old.goals:
        if goal.key not in there:
            found.append(Change("goal", "removed", goal, None))
        found += [Change("measure", "removed", one, None) for one in goal.measures if one.key not in kept]
    return found


def _compared(
    of: str, old: Goal | Measure | None, new: Goal | Measure, names: tuple[str, ...]
) -> list[Change]:
    if old is None:
        return [Change(of, "added", None, new)]
    fields = _fields(names, old, new)
    return [Change(of, "changed", old, new, fields)] if fields else []


def _fields(names: tuple[str, ...], old: object, new: object) -> tuple[str, ...]:
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))
