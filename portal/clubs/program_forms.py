"""What is typed into the program of a club, and chosen to lay its topics out."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, HiddenField, StringField, TextAreaField
from wtforms import Form as Part
from wtforms.validators import InputRequired, Length

from portal.choosing import RadioField, SelectField
from portal.patronage.forms import one_line, paragraphs
from portal.rules.club_programs import MOST_TOPICS, TEXTS, TOPIC_FIELDS, Content, Topic, move
from portal.web import Form

_needed = InputRequired(_l("Fill this in."))
_TEXT = Length(max=3000)
MOVES = {"up": -1, "down": 1}


class SourceForm(Form):
    """What the next version starts from."""

    source = RadioField(_l("Start from"), [InputRequired(_l("Choose what to start from."))])


class TopicPart(Part):
    """A topic of the program."""

    title = StringField(
        _l("Topic"),
        [InputRequired(_l("Name the topic, or remove it.")), Length(max=300)],
        filters=[one_line],
    )
    goal = TextAreaField(_l("Goal"), [_TEXT], filters=[paragraphs])
    methods = TextAreaField(_l("Methods and course"), [_TEXT], filters=[paragraphs])
    props = TextAreaField(_l("What to prepare"), [_TEXT], filters=[paragraphs])


class ProgramForm(Form):
    """A draft; topics are added, moved and removed by its buttons, and kept when it is saved."""

    title = StringField(_l("Name of the program"), [_needed, Length(max=200)], filters=[one_line])
    aims = TextAreaField(_l("Aims"), [Length(max=5000)], filters=[paragraphs])
    audience = TextAreaField(_l("For whom"), [Length(max=2000)], filters=[paragraphs])
    why = StringField(_l("What this version changes, and why"), [Length(max=500)], filters=[one_line])
    topics = FieldList(FormField(TopicPart), max_entries=MOST_TOPICS)
    revision = HiddenField()

    def content(self) -> Content:
        """What was typed, as the rules take it."""
        texts = {name: self[name].data or "" for name in TEXTS}
        return Content(**texts, topics=tuple(Topic(**row) for row in self.rows()))

    def rows(self) -> list[dict[str, str]]:
        """The topics as typed, in their order."""
        return [{name: one.form[name].data or "" for name in TOPIC_FIELDS} for one in self.topics]


def filled(content: Content, why: str, revision: int) -> ProgramForm:
    """The form with what a draft says."""
    texts = {name: getattr(content, name) for name in TEXTS}
    topics = [vars(topic) for topic in content.topics]
    return ProgramForm(data=texts | {"why": why, "revision": str(revision), "topics": topics})


def rearranged(form: ProgramForm, asked: str) -> tuple[ProgramForm, int]:
    """The same form after a button: a topic more, less, or elsewhere; and the place to go on at."""
    rows, (verb, _sep, what) = form.rows(), asked.partition("-")
    at = int(what) if what.isdecimal() and len(what) < 4 and int(what) < len(rows) else -1
    if verb == "add" and len(rows) < MOST_TOPICS:
        rows.append(dict.fromkeys(TOPIC_FIELDS, ""))
        at = len(rows) - 1
    elif verb == "remove" and at >= 0:
        del rows[at]
        at = min(at, len(rows) - 1)
    elif verb in MOVES:
        rows, at = move(rows, at, MOVES[verb]), at + MOVES[verb]
    typed: dict[str, Any] = {name: form[name].data for name in (*TEXTS, "why", "revision")}
    return ProgramForm(formdata=None, data=typed | {"topics": rows}), at


class LayForm(Form):
    """Which topic the next session gets, and whether topics that are set already give way."""

    start = SelectField(_l("Begin with the topic"), coerce=int)
    over = BooleanField(_l("Also where a topic is set already"))
