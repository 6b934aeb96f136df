"""Pages that prove something: one's own votes, and the paper of the minutes against the database."""

import io
from typing import Any

from flask import Response, current_app, make_response, request, url_for
from flask_login import current_user

from portal.access import Permission, requires
from portal.accounts import queries as accounts
from portal.consilium import own_check, paper_check, proof_words, queries, receipts
from portal.consilium.minutes_models import Minutes
from portal.consilium.models import Item, Meeting
from portal.consilium.pages import bp
from portal.db import db
from portal.rules import N_, RuleBroken
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


@bp.get("/meetings/<int:meeting_id>/minutes/qr")
@requires(Permission.MEETING_VIEW, of=queries.get_meeting)
def minutes_qr(meeting: Meeting) -> Response:
    """The address of `verify_minutes` for the minutes as they are offered, as a picture."""
    import segno  # no other page draws one: the start need not wait for it

    row = db.session.get(Minutes, meeting.id)
    if row is None or row.offered_at is None:
        raise RuleBroken("not_offered", N_("The minutes are not offered for signing yet: there is no code."))
    picture = io.BytesIO()
    code = segno.make(_address(meeting.id, row.digest), error="m", micro=False)
    code.save(picture, kind="svg", scale=3, border=2, dark="#000")
    answer = make_response(picture.getvalue())
    answer.content_type = "image/svg+xml"
    return answer


def _address(meeting_id: int, code: str) -> str:
    """Where the paper leads for years to come: to the portal's own address, whichever its printer has used."""
    base = current_app.config["PORTAL_URL"]
    path = url_for(".verify_minutes", meeting_id=meeting_id, code=code, _external=not base)
    return f"{base}{path}"
