"""The names that a template may ask for, and those it has asked for."""

from typing import Any

from portal.papers.kind import Facts
from portal.papers.layouts import of_row


class Names:
    """The facts of a sample, with the rows that are being gone through."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._rows: list[tuple[str, Any]] = []
        self.used: set[str] = set()

    @property
    def in_rows(self) -> bool:
        """Whether a list is being gone through."""
        return bool(self._rows)

    def kind(self, name: str) -> str | None:
        """text | rows | names | any; None for a name that is not there. In a list nobody knows, any name is there."""
        found = self._found(name)
        if found is ...:
            return "any"
        kinds: dict[Any, str] = {str: "text", list: "rows", dict: "names"}
        return kinds.get(type(found))

    def _found(self, name: str) -> Any:
        found: Any = self._facts | ({"row": self._rows[-1][1]} if self._rows else {})
        for part in name.split("."):
            if found is ...:
                return ...
            if not isinstance(found, dict) or part not in found:
                return None
            found = found[part]
        return found

    def enter(self, name: str) -> None:
        """Go through a list."""
        found = self._found(name)
        self._rows.append((name, found[0] if isinstance(found, list) and found else ...))

    def leave(self) -> None:
        """The list is gone through."""
        if self._rows:
            self._rows.pop()

    def use(self, name: str) -> None:
        """Note that the template asks for it."""
        self.used.add(of_row(self._rows[-1][0], name) if self._rows else name)
