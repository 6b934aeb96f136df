"""What is entered of a program, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Result:
    """Planned and reached in one direction; `state` is empty until it is judged."""

    planned: str = ""
    reached: str = ""
    state: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not (self.planned or self.reached or self.state)


@dataclass(frozen=True)
class ProgramValues:
    """The content of a program; results by the code of their direction."""

    kind: str
    setting: str
    starts_on: date
    ends_on: date | None = None
    number: str = ""
    body: str = ""
    current: bool = True
    results: Mapping[str, Result] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskValues:
    """A home task: who set it, what is to be done, how often, between which days."""

    author_id: int
    body: str
    starts_on: date
    how_often: str = ""
    ends_on: date | None = None
    direction: str | None = None
