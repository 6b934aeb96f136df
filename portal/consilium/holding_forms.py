"""What is typed while a meeting is held: recusals, votes entered for others, dissenting opinions."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.choosing import RadioField, SelectField
from portal.consilium.labels import BALLOT
from portal.patronage.forms import one_line, paragraphs
from portal.rules.voting import LONGEST_REASON
from portal.web import LONGEST_TEXT, Form

_short = Length(max=500, message=_l("The text is too long: at most %(max)d characters fit."))
_reason_fits = Length(max=LONGEST_REASON, message=_l("The text is too long: at most %(max)d characters fit."))
_fits = Length(max=LONGEST_TEXT, message=_l("The text is too long: at most %(max)d characters fit."))
_member = InputRequired(_l("Choose the member."))


class _MemberForm(Form):
    user_id = SelectField(_l("Member"), [_member])

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        """The members to choose from."""
        self.user_id.choices = [("", _("Choose a member…")), *((str(id_), name) for id_, name in people)]


class RecusalForm(Form):
    """One's own recusal."""

    reason = StringField(
        _l("Reason of the recusal"), [InputRequired(_l("Say in a word what the recusal is for.")), _short],
        filters=[one_line],
    )  # fmt: skip


class MemberRecusalForm(_MemberForm):
    """A recusal entered for a member."""

    reason = StringField(
        _l("Reason of the recusal"), [InputRequired(_l("Say in a word what the recusal is for.")), _short],
        filters=[one_line],
    )  # fmt: skip


class EnteredVoteForm(_MemberForm):
    """The vote of a member without a device."""

    choice = RadioField(
        _l("The member's vote"),
        [InputRequired(_l("Choose for, against or abstain."))],
        choices=[(code, label) for code, (_kind, label) in BALLOT.items()],
    )
    reason = TextAreaField(_l("Reason of the vote"), [_reason_fits], filters=[paragraphs])


class DissentForm(Form):
    """A dissenting opinion."""

    body = TextAreaField(
        _l("Dissenting opinion"),
        [InputRequired(_l("Write your opinion first.")), _fits],
        filters=[paragraphs],
    )
