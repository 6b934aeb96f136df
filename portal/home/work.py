"""What the first page is made of: figures that link to their lists, and short lists of what is next."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A number with its name; `kind` is its color."""

    label: Any
    value: int
    url: str | None = None
    icon: str = "list-check"
    kind: str = "info"
    note: Any = None


@dataclass(frozen=True)
class Row:
    """A line of a list."""

    title: Any
    sub: Any = ""
    url: str | None = None
    badge: tuple[str, Any] | None = None


@dataclass(frozen=True)
class Section:
    """A short list with a heading, what to say when it is empty, and where the whole list is."""

    id: str
    title: Any
    rows: list[Row]
    icon: str
    nothing: Any
    url: str | None = None
    label: Any = None


@dataclass
class Work:
    """The first page."""

    alarms: list[tuple[Any, str]] = field(default_factory=list)  # text, url: before all else
    notices: list[tuple[str, Any, str | None]] = field(default_factory=list)  # kind, text, url
    figures: list[Figure] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def add(self, *parts: Figure | Section) -> None:
        """Put figures and sections on the page; the same figure of two roles stands once."""
        for part in parts:
            if isinstance(part, Section):
                if part.id not in {section.id for section in self.sections}:
                    self.sections.append(part)
            elif part.url not in {figure.url for figure in self.figures} or part.url is None:
                self.figures.append(part)
