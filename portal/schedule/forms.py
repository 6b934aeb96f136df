"""What is typed when a proposed month is accepted."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FieldList, FormField, HiddenField, TimeField
from wtforms import Form as Row

from portal.access import LARGEST_ID
from portal.rules.month_plan import Proposal
from portal.web import Form, OptionalUnless

MOST = 300


class ProposalRow(Row):
    """One proposed contact: to be accepted, moved, or left out."""

    patronage_id = HiddenField()
    take = BooleanField(_l("Plan it"))
    day = DateField(_l("Day"), [OptionalUnless("take", _l("Choose a day."))])
    starts_at = TimeField(_l("Time"), [OptionalUnless("take", _l("Say at what time."))])

    @property
    def number(self) -> int:
        """The patronage, or 0 for what is no id."""
        text = str(self.patronage_id.data or "")
        return min(int(text), LARGEST_ID) if text.isascii() and text.isdecimal() and len(text) < 20 else 0


class MonthForm(Form):
    """The proposed contacts of a month."""

    rows = FieldList(FormField(ProposalRow), _l("Contacts"), max_entries=MOST)

    @classmethod
    def of(cls, proposals: list[Proposal]) -> "MonthForm":
        """The form as the portal proposes it; what has no room is not ticked."""
        return cls(
            formdata=None,
            data={
                "rows": [
                    {
                        "patronage_id": one.need.family,
                        "take": one.day is not None,
                        "day": one.day,
                        "starts_at": one.starts_at,
                    }
                    for one in proposals[:MOST]
                ]
            },
        )

    def accepted(self) -> list[Any]:
        """The rows that were ticked."""
        return [entry for entry in self.rows.entries if entry.form.take.data]
