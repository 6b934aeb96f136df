"""The steps of a club's session by the four stages of CLUB 5, marked on a phone like those of a contact."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, request, url_for
from flask_login import current_user

from portal.access import Permission, may, requires
from portal.clubs import queries as clubs
from portal.clubs.models import Club, ClubSession
from portal.db import db
from portal.procedures import session_runs
from portal.procedures.forms import NoteForm
from portal.procedures.marking import Asked
from portal.procedures.pages import bp
from portal.rules import RuleBroken
from portal.rules.sessions import Status
from portal.web import go, is_fragment, render, words


def _own(user: Any, session_id: int, _part: str) -> ClubSession | None:
    return clubs.own_session(user, session_id)


@bp.get("/clubs/sessions/<int:session_id>/run")
@requires(Permission.CLUB_ROSTER, of=clubs.get_session)
def session_run(session: ClubSession) -> Response:
    """The steps of the session; nothing is begun by looking."""
    return _page(session)


def _page(session: ClubSession, status: int = 200, **wrong: Any) -> Response:
    return render("procedures/session_run.html", status=status, **(_values(session) | wrong))


def _values(session: ClubSession) -> dict[str, Any]:
    club, sheet = db.session.get_one(Club, session.club_id), session_runs.sheet(session)
    works = clubs.owns(current_user, club) and may(current_user, Permission.ATTENDANCE_MARK)
    return {
        "session": session,
        "club": club,
        "sheet": sheet,
        "works": works and session.status != Status.CANCELLED,
        "marks": works and session.status != Status.CANCELLED and not sheet.finished,
        "mark_at": _mark_at(session.id),
        "refused": {},
        "typed": {},
    }


def _mark_at(session_id: int) -> Callable[[str], str]:
    return lambda code: url_for(".mark_session", session_id=session_id, code=code)


@bp.post("/clubs/sessions/<int:session_id>/run/steps/<code>")
@requires(Permission.ATTENDANCE_MARK, of=_own)
def mark_session(session: ClubSession) -> Response:
    """One step: its mark, its note, or both."""
    code, session_id = str((request.view_args or {})["code"]), session.id
    form, refused = NoteForm(), ""
    if form.validate():
        asked = Asked(code, request.form.get("mark") or None, form.note.data, form.changes.data)
        try:
            session_runs.mark_step(session_id, current_user.id, asked)
        except RuleBroken as broken:
            refused = words(broken)
    else:
        refused = " ".join(str(text) for texts in form.errors.values() for text in texts)
    found = clubs.own_session(current_user, session_id)
    return _marked(found, code, refused, form.note.data or "") if found else abort(404)


def _marked(session: ClubSession, code: str, refused: str, typed: str) -> Response:
    status = 422 if refused else 200
    wrong: dict[str, Any] = {"refused": {code: refused}, "typed": {code: typed}} if refused else {}
    if not is_fragment():
        if refused:
            return _page(session, 422, **wrong)
        return go(url_for(".session_run", session_id=session.id, _anchor=f"step-{code}"))
    values = _values(session)
    line = values["sheet"].line(code)
    if line is None:
        abort(404)
    return render("procedures/_step.html", status=status, line=line, **(values | wrong))
