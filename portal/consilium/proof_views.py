"""Pages that prove something: one's own votes, and the paper of the minutes against the database."""

from typing import Any

from flask import Response, request
from flask_login import current_user

from portal.access import Permission, requires
from portal.accounts import queries as accounts
from portal.consilium import own_check, paper_check, proof_words, queries, receipts
from portal.consilium.models import Item, Meeting
from portal.consilium.pages import bp
from portal.db import db
from portal.web import render


@bp.context_processor
def receipts_for_templates() -> dict[str, Any]:
    """`own_receipt(item_id)`: of the user's own vote."""
    return {"own_receipt": lambda item_id: receipts.own_receipt(item_id, current_user.id)}


@bp.get("/meetings/<int:meeting_id>/my-votes")
@requires(Permission.VOTE_CAST, of=queries.get_meeting)
def own_votes(meeting: Meeting) -> Response:
    """One's own votes of a meeting with their receipts, each checked; a receipt from paper finds its vote."""
    typed = request.args.get("receipt", "")[:40]
    receipt, vote = own_check.with_receipt(current_user.id, typed) if typed else ("", None)
    votes = own_check.checked(current_user.id, meeting)
    by = accounts.names({one.vote.entered_by_id for one in votes if one.vote and one.vote.entered_by_id})
    return render(
        "consilium/own_votes.html",
        meeting=meeting,
        votes=votes,
        by=by,
        said=proof_words,
        typed=typed,
        receipt=receipt,
        found=db.session.get_one(Item, vote.item_id) if vote else None,
    )


def _paper(user: Any, meeting_id: int, code: str) -> tuple[Meeting, str] | None:
    meeting = queries.get_meeting(user, meeting_id)
    return (meeting, code) if meeting else None


@bp.get("/meetings/<int:meeting_id>/verify/<code>")
@requires(Permission.MINUTES_VERIFY, of=_paper)
def verify_minutes(paper: tuple[Meeting, str]) -> Response:
    """Whether the paper of the minutes with this code and the database agree: the page behind the QR.

    It tells nothing of a family, so whoever watches over the log may compare too.
    """
    meeting, code = paper
    compared = paper_check.compare(meeting, code)
    return render(
        "consilium/verify.html",
        fragment="consilium/_verify.html",
        meeting=meeting,
        compared=compared,
        code=code,
        said=proof_words,
    )
