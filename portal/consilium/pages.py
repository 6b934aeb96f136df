"""What the pages of the consilium share: the blueprint, and the answer of a meeting's buttons."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_login import current_user

from portal import clock
from portal.consilium import coming, invitations, labels, preparing, wording
from portal.consilium.live import live, state_of
from portal.consilium.models import Meeting
from portal.db import db
from portal.patronage.labels import REGIMES
from portal.rules import RuleBroken
from portal.settings import queries as settings
from portal.web import go, is_fragment, render, words

bp = Blueprint("consilium", __name__, url_prefix="/consilium")


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of the consilium, for its templates."""
    return {"labels": labels, "decided": wording.decided, "details": wording.details}


def meeting_page(
    meeting: Meeting,
    problem: str | None = None,
    status: int = 200,
    notice: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The live page of a meeting as the user may see it, or for htmx its fragment.

    `notice`: what a button has done besides what shows, "" for nothing; it stays until the next button, whatever
    news come to the page. `typed`: a ballot that was refused.
    """
    found = live(current_user, meeting)
    early = meeting.status in preparing.EARLY
    looks_ahead = meeting.status == "draft" or (early and not found.waiting)
    comes = [item.kind for item in coming.due(db.session(), meeting)] if looks_ahead else []
    return render(
        "consilium/meeting.html",
        fragment="consilium/_meeting.html",
        status=status,
        live=found,
        ready=found.waiting > 0 or comes != [] or (early and coming.fills(db.session(), meeting)),
        comes=comes,
        regimes=REGIMES,
        reason=lambda code: settings.word("removal_reasons", code),
        problem=problem,
        notice=notice,
        typed=typed or {},
        today=clock.today(),
        odd=preparing.oddities(meeting) if early else None,
        told=invitations.is_told(meeting),
    )


def unchanged(meeting: Meeting) -> bool:
    """Whether a page that asks for news has them already."""
    return is_fragment() and request.args.get("seen") == state_of(meeting)


def act(
    meeting_id: int,
    done: str | None,
    action: Callable[..., Any],
    *args: Any,
    say: Callable[[Any], str | None] | None = None,
) -> Response:
    """Do what a button of the meeting's page says, and show the page; a broken rule is said on it (409).

    `say` puts into words what the action gives, where that is more than `done`.
    """
    try:
        result = action(*args)
    except RuleBroken as broken:
        if is_fragment():
            raise
        return meeting_page(_now(meeting_id), words(broken), 409, typed=request.form)
    notice = say(result) if say else None
    if is_fragment():
        return meeting_page(_now(meeting_id), notice=notice or "")
    return go(url_for("consilium.meeting", meeting_id=meeting_id), notice or done)


def _now(meeting_id: int) -> Meeting:
    return db.session.get_one(Meeting, meeting_id, populate_existing=True)
