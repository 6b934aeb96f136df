"""Fields to choose in: they offer pairs of value and label, and say in the reader's words what was not offered."""

from collections.abc import Iterator
from typing import Any

import wtforms
from flask_babel import gettext as _
from wtforms import ValidationError
from wtforms.fields import Choice


class _OfPairs:
    """`choices` is a list of pairs, or such lists by their headings, or a function that gives one of them."""

    def __init__(self, *args: Any, choices: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = list(choices) if isinstance(choices, (list, tuple)) else choices

    def iter_choices(self) -> list[Choice]:
        """What is offered, and of it what is chosen; WTForms shows these."""
        return [one for _heading, group in self.iter_groups() for one in group]

    def has_groups(self) -> bool:
        """Whether there are headings."""
        return isinstance(self.choices, dict)

    def iter_groups(self) -> Iterator[tuple[str, list[Choice]]]:
        """The same by headings."""
        pairs = self.choices or ()
        for heading, group in pairs.items() if isinstance(pairs, dict) else [("", pairs)]:
            yield heading, [self._choice(value, label) for value, label in group]

    def _choice(self, value: Any, label: Any) -> Choice:
        return Choice(value, label, self._is_chosen(self.coerce(value)), {})  # type: ignore[attr-defined]

    def _is_chosen(self, value: Any) -> bool:
        return bool(value == self.data)  # type: ignore[attr-defined]


class SelectField(_OfPairs, wtforms.SelectField):
    """One of a list."""


class RadioField(_OfPairs, wtforms.RadioField):
    """One of a list that is seen whole."""


class ManyField(_OfPairs, wtforms.SelectMultipleField):
    """Several of a list; WTForms has no Russian for what is not in it."""

    def _is_chosen(self, value: Any) -> bool:
        return value in (self.data or ())

    def pre_validate(self, form: Any) -> None:
        """Raises ValidationError for a value that was not offered."""
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_("Choose from the list.")) from None
