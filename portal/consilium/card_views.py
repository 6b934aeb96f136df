"""The card of an item: a member looks at it before the meeting, and marks it as read."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, clock
from portal.access import Permission, requires
from portal.consilium import papers, queries, reading, speakers
from portal.consilium.card import item_card
from portal.consilium.held import held
from portal.consilium.labels import LACKS
from portal.consilium.models import Item
from portal.consilium.pages import bp
from portal.contacts import labels as contact_labels
from portal.diagnosis import labels as diagnosis_labels
from portal.families import labels as family_labels
from portal.intake import labels as intake_labels
from portal.memory import unchanged
from portal.patronage import labels as patronage_labels
from portal.plans import labels as plan_labels
from portal.rules import RuleBroken
from portal.rules.names import FullName
from portal.settings import queries as settings
from portal.web import go, refuse, render, words

WORDS: dict[str, Any] = {
    "regimes": patronage_labels.REGIMES,
    "patronage_labels": patronage_labels,
    "diagnosis_labels": diagnosis_labels,
    "plan_labels": plan_labels,
    "contact_labels": contact_labels,
    "intake_labels": intake_labels,
    "family_labels": family_labels,
    "word": settings.word,
}


@bp.get("/items/<int:item_id>")
@requires(Permission.MEETING_VIEW, of=queries.get_item)
def item(item: Item) -> Response:
    """The card of an item: what a member needs in a minute."""
    card = item_card(current_user, item)
    if card.family is not None:
        audit.look(current_user.id, card.family.id, "consilium.item")
    lacks = [_said(broken, card.family is not None) for broken in card.lacks]
    reason = settings.word("removal_reasons", item.reason)
    beside = unchanged(("beside the item", item.id), lambda: _beside(item))
    return render(
        "consilium/item.html",
        card=card,
        item=item,
        reason=reason,
        lacks=lacks,
        held=held(current_user, item, card.family is not None),
        papers=beside["papers"] if card.is_open else None,
        speaker=beside["speaker"],
        short=lambda row: FullName(row.last_name, row.first_name, row.middle_name).short,
        full=lambda row: FullName(row.last_name, row.first_name, row.middle_name).full,
        today=clock.today(),
        **WORDS,
    )


def _beside(item: Item) -> dict[str, Any]:
    """What lies beside the card, of plain values; read once after each change."""
    return {"papers": papers.papers_of(item.id), "speaker": speakers.speaker_of(item)}


def _said(broken: RuleBroken, whole: bool) -> str:
    """What an item lacks, in full with what to do; in a word, without names, where the family is not open."""
    return words(broken) if whole else str(LACKS[broken.code])


@bp.post("/items/<int:item_id>/read")
@requires(Permission.VOTE_CAST, of=queries.get_item)
def read(item: Item) -> Response:
    """The member has read the card: on to the next one that is not read yet, or back to the meeting."""
    item_id, meeting_id = item.id, item.meeting_id
    try:
        reading.mark_read(item_id, current_user.id, request.form.get("seen", ""))
    except RuleBroken as broken:
        return refuse(broken, url_for(".item", item_id=item_id))
    following = reading.next_unread(current_user.id, item_id)
    if following is None:
        return go(url_for(".meeting", meeting_id=meeting_id), _("You have read all items of this meeting."))
    return go(url_for(".item", item_id=following), _("Marked as read. This is the next item."))
