"""Pages of surveys: interests of a group, of one recipient, their summary; communication skills before and after."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import audit, clock, lists
from portal.access import Permission, requires
from portal.clubs import board, roster, surveys
from portal.clubs import survey_queries as queries
from portal.clubs.columns import of_interests
from portal.clubs.models import Club
from portal.clubs.queries import own_club
from portal.clubs.survey_forms import SkillsForm, SurveyForm, skills_of, survey_of
from portal.clubs.survey_words import GROUP_WORDS, INTEREST_WORDS, POINT_WORDS, SCORE_WORDS, SKILL_WORDS
from portal.lists import takeable
from portal.rules.interests import counted, group_of
from portal.rules.skills import POINTS
from portal.web import go, render

bp = Blueprint("surveys", __name__)


@bp.context_processor
def _context() -> dict[str, Any]:
    return {
        "interest_words": INTEREST_WORDS,
        "group_words": GROUP_WORDS,
        "point_words": POINT_WORDS,
        "skill_words": SKILL_WORDS,
        "score_words": SCORE_WORDS,
    }


@bp.route("/interests", methods=["GET", "POST"])
@requires(Permission.CLUB_ROSTER)
@takeable
def interests() -> Response:
    """What recipients would like, by age and audience; and the search for whom to ask."""
    wanted, club_id = request.args.get("q", "").strip()[:100], request.args.get("club", type=int)
    all_clubs = [club for club in board.all_clubs() if not club.closed_on]
    chosen = next((club for club in all_clubs if club.id == club_id), None)
    people = queries.group(chosen.id) if chosen else queries.asked()
    known = queries.latest([one.id for one in people] if chosen else None)
    today = clock.today()
    said = [
        (group_of(one.kind, roster.age_of(one, today)), known[one.id].codes)
        for one in people
        if one.id in known
    ]
    counts = counted(said)
    groups = [code for code in GROUP_WORDS if any(group == code for group, _codes in said)]
    if lists.asked():
        shown = of_interests(groups)
        return lists.give("interests", _("Interests of recipients"), shown, counts.items())
    return render(
        "clubs/interests.html",
        fragment="clubs/_to_ask.html",
        counts=counts,
        groups=groups,
        asked=len(said),
        people=len(people),
        clubs=all_clubs,
        club=chosen,
        wanted=wanted,
        found=roster.candidates(0, wanted),
    )


@bp.route("/interests/<int:member_id>", methods=["GET", "POST"])
@requires(Permission.CLUB_MANAGE, of=queries.recipient)
def one(person: Any) -> Response:
    """The survey of one recipient, whether they go to a club or not."""
    audit.look(current_user.id, person.family_id, "club.survey")
    return _survey([person], url_for(".interests"), None)


@bp.route("/<int:club_id>/survey", methods=["GET", "POST"])
@requires(Permission.CLUB_MANAGE, of=own_club)
def group(club: Club) -> Response:
    """The survey of a whole group on one page; only what differs from the last one is recorded."""
    people = queries.group(club.id)
    audit.look_at_several(current_user.id, queries.families(people), "club.survey")
    return _survey(people, url_for("clubs.show", club_id=club.id), club)


def _survey(people: list[Any], back: str, club: Club | None) -> Response:
    known = queries.latest([one.id for one in people])
    form = SurveyForm() if request.method == "POST" else survey_of(people, known)
    club_id, allowed = (club.id if club else None), {one.id for one in people}
    if form.validate_on_submit():
        with form.rules():
            answers = {key: said for key, said in form.answers().items() if club or key in allowed}
            number = surveys.record_interests(answers, form.day.data, current_user.id, club_id)
            done = ngettext("%(num)s survey is recorded.", "%(num)s surveys are recorded.", number)
            return go(back, done if number else _("Nothing has changed."))
    return render("clubs/survey.html", form=form, club=club, people=_by_id(people), known=known, back=back)


def _by_id(people: Iterable[Any]) -> dict[str, Any]:
    return {str(one.id): one for one in people}


@bp.route("/<int:club_id>/skills", methods=["GET", "POST"])
@requires(Permission.CLUB_MANAGE, of=own_club)
def skills(club: Club) -> Response:
    """Communication skills of the group before or after the club (CLUB 1)."""
    point = request.args.get("point", "before")
    point = point if point in POINTS else "before"
    club_id, people = club.id, queries.group(club.id, with_former=True)
    audit.look_at_several(current_user.id, queries.families(people), "club.skills")
    known = queries.skills_of_club(club_id)
    here = {key: points.get(point, {}) for key, points in known.items()}
    form = SkillsForm() if request.method == "POST" else skills_of(people, here)
    if form.validate_on_submit():
        with form.rules():
            number = surveys.assess(club_id, point, form.scores(), form.day.data, current_user.id)
            done = ngettext("%(num)s assessment is saved.", "%(num)s assessments are saved.", number)
            back = url_for("clubs.results.of_club", club_id=club_id)
            return go(back, done if number else _("Nothing has changed."))
    return render(
        "clubs/skills.html",
        form=form,
        club=club,
        point=point,
        people=_by_id(people),
        known={str(key): scores for key, scores in here.items()},
        before={str(key): points.get("before", {}) for key, points in known.items()},
    )
