"""What is typed about a session by those who were there."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import ListWidget

from portal.choosing import RadioField, SelectField
from portal.families.member_rows import lines
from portal.web import Form

LONGEST = 2000
LIKED = [
    ("5", _l("Very much")),
    ("4", _l("I liked it")),
    ("3", _l("So-so")),
    ("2", _l("Not much")),
    ("1", _l("Not at all")),
]
SOURCES = {"recipient": _l("participant"), "staff": _l("colleague"), "guest": _l("guest")}


class FeedbackForm(Form):
    """The two questions."""

    liked = RadioField(
        _l("How did you like the session?"),
        [InputRequired(_l("Choose one answer."))],
        choices=LIKED,
        widget=ListWidget(prefix_label=False),
    )
    text = TextAreaField(
        _l("What was good, what could be better?"),
        [Length(max=LONGEST, message=_l("At most %(max)d characters: please shorten the text."))],
        filters=[lines],
    )

    def answer(self) -> dict[str, Any]:
        """What the actions take."""
        return {"liked": int(self.liked.data), "text": self.text.data or ""}


class PaperForm(FeedbackForm):
    """The same from paper."""

    source = SelectField(
        _l("Who speaks"), [InputRequired(_l("Choose one answer."))], choices=list(SOURCES.items())
    )
