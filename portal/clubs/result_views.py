"""Pages of what clubs have reached, and of who might join one."""

from contextlib import suppress
from datetime import date
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal import audit, clock, lists
from portal.access import Permission, requires
from portal.clubs import board, columns, results, surveys, taking
from portal.clubs import program_queries as programs
from portal.clubs import survey_queries as queries
from portal.clubs.models import Club
from portal.clubs.queries import own_club
from portal.clubs.results import Period
from portal.clubs.survey_forms import AimForm
from portal.clubs.survey_words import INTEREST_WORDS, SKILL_WORDS
from portal.db import db
from portal.lists import takeable, takeable_form
from portal.rules.names import normalise
from portal.web import go, render

bp = Blueprint("results", __name__)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
SOURCE_WORDS = {
    "recipient": _l("recipients"),
    "staff": _l("employees"),
    "guest": _l("guests"),
}


@bp.context_processor
def _context() -> dict[str, Any]:
    return {
        "skill_words": SKILL_WORDS,
        "interest_words": INTEREST_WORDS,
        "source_words": SOURCE_WORDS,
        "mean_text": _mean,
        "change_text": lambda value: ("+" if round(value, 1) > 0 else "") + _mean(value),
    }


def _mean(value: float) -> str:
    """«4,6»."""
    return str(format_decimal(round(value, 1)))


def _period() -> Period:
    """The days asked for; else this month and the eleven before it."""
    today = clock.today()
    year, month = (today.year, 1) if today.month == 12 else (today.year - 1, today.month + 1)
    return Period(_day("from", date(year, month, 1)), _day("until", today))


def _day(name: str, default: date) -> date:
    day = default
    with suppress(ValueError):
        day = date.fromisoformat(request.args.get(name, ""))
    return min(max(day, EARLIEST), LATEST)


@bp.route("/results", methods=["GET", "POST"])
@requires(Permission.CLUB_ROSTER)
@takeable
def overall() -> Response:
    """All clubs in a period: sessions, attendance, satisfaction; no names."""
    period = _period()
    reached, liked = results.by_club(period), results.satisfaction(period)
    rows = [
        (club, *reached.get(club.id, (results.Attendance(), 0)), results.mean_of(liked.get(club.id, {})))
        for club in board.all_clubs()
        if club.id in reached or not club.closed_on
    ]
    if lists.asked():
        return lists.give("clubs.results", _("Results of clubs"), columns.OVERALL, rows)
    total = results.total(one for one, _served in reached.values())
    return render("clubs/results.html", period=period, rows=rows, total=total)


@bp.route("/<int:club_id>/results", methods=["GET", "POST"])
@requires(Permission.CLUB_MANAGE, of=own_club)
@takeable
def of_club(club: Club) -> Response:
    """What a club has reached in a period, by month and by recipient; skills before and after, satisfaction."""
    period = _period()
    recipients, skills = results.by_recipient(period, club.id), results.skills(club.id)
    seen = queries.families([row for row, _one in recipients] + [row for row, *_sums in skills.people])
    audit.look_at_several(current_user.id, seen, "club.results")
    months = results.by_month(period, club.id)
    if lists.asked():
        return taking.of_results(months, recipients, skills)
    return render(
        "clubs/club_results.html",
        club=club,
        period=period,
        months=months,
        total=results.total(months.values()),
        recipients=recipients,
        skills=skills,
        liked=results.satisfaction(period).get(club.id, {}),
        mean_of=results.mean_of,
        topics=_topics(club.id),
    )


def _topics(club_id: int) -> tuple[int, int] | None:
    """How many topics of the program in force were given, and of how many."""
    program = programs.version_of(db.session(), club_id, "in_force")
    if program is None:
        return None
    keys = [normalise(topic.title) for topic in programs.topics_of(db.session(), program.id)]
    given = programs.given_topics(club_id)
    return sum(key in given for key in keys), len(keys)


@bp.route("/<int:club_id>/suggestions", methods=["GET", "POST"])
@requires(Permission.CLUB_MANAGE, of=own_club)
@takeable_form
def suggestions(club: Club) -> Response:
    """What the club is about, and who might join it; they are added on the page of its group."""
    if lists.asked():
        found = results.suggestions(club)[1]
        seen = queries.families(one.person for one in found)
        audit.look_at_several(current_user.id, seen, "club.suggestions")
        return lists.give("club.suggestions", _("Who might join"), columns.SUGGESTED, found)
    form, club_id = AimForm(obj=club, data={"codes": sorted(queries.about(club.id))}), club.id
    if form.validate_on_submit():
        with form.rules():
            ages = (form.age_from.data, form.age_to.data)
            surveys.aim(club_id, current_user.id, form.codes.data or [], form.audience.data, ages)
            return go(url_for(".suggestions", club_id=club_id), _("Saved."))
    club = queries.club_now(club_id)
    week, found = results.suggestions(club)
    audit.look_at_several(current_user.id, queries.families(one.person for one in found), "club.suggestions")
    return render("clubs/suggestions.html", form=form, club=club, week=week, found=found)
