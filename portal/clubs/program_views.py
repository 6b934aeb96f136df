"""Pages of the program of a club: its versions, writing one, putting it in force, laying its topics out."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.access import Permission, requires
from portal.accounts import queries as accounts
from portal.clubs import program_queries as queries
from portal.clubs import programs
from portal.clubs.models import Club
from portal.clubs.program_forms import LayForm, ProgramForm, SourceForm, filled, rearranged
from portal.clubs.program_models import ClubProgram, ClubTopic
from portal.clubs.program_texts import TEMPLATES
from portal.clubs.program_words import STATUS_WORDS, TEXT_WORDS, TOPIC_WORDS
from portal.clubs.queries import get_club, own_club
from portal.db import db, look_again
from portal.rules import RuleBroken
from portal.rules import club_programs as rules
from portal.rules.names import normalise
from portal.web import attempt, go, number_of, refuse, render
from portal.web import words as told

bp = Blueprint("programs", __name__)


@bp.context_processor
def _context() -> dict[str, Any]:
    return {
        "program_words": STATUS_WORDS,
        "text_words": TEXT_WORDS,
        "topic_words": TOPIC_WORDS,
        "key_of": normalise,
    }


@bp.get("/<int:club_id>/program")
@requires(Permission.CLUB_VIEW, of=get_club)
def of_club(club: Club) -> Response:
    """The program in force with its topics, the draft, the versions before."""
    program = queries.version_of(db.session(), club.id, "in_force")
    return render(
        "clubs/program.html",
        club=club,
        program=program,
        topics=queries.topics_of(db.session(), program.id) if program else [],
        given=queries.given_topics(club.id),
        versions=queries.versions(club.id),
        draft=queries.version_of(db.session(), club.id, "draft"),
    )


@bp.route("/<int:club_id>/program/new", methods=["GET", "POST"])
@requires(Permission.CLUB_MANAGE, of=own_club)
def start(club: Club) -> Response:
    """Begin a version: from the one in force, from a template, from another club's program, or empty."""
    club_id, draft = club.id, queries.version_of(db.session(), club.id, "draft")
    if draft is not None and request.method == "GET":
        return go(
            url_for(".edit", club_program_id=draft.id), _("Go on with the draft that is there."), "info"
        )
    form = SourceForm()
    form.source.choices = _sources(club_id)
    form.source.data = form.source.data or form.source.choices[0][0]
    if form.validate_on_submit():
        kind, _sep, what = form.source.data.partition(":")
        with form.rules():
            template, source_id = (what, None) if kind == "template" else ("", number_of(what) or None)
            made = programs.start_program(club_id, current_user.id, template=template, source_id=source_id)
            return go(url_for(".edit", club_program_id=made), _("The draft is there: change what you need."))
    return render("clubs/program_start.html", form=form, club=club, templates=TEMPLATES)


def _sources(club_id: int) -> list[tuple[str, str]]:
    own = [row for row in queries.versions(club_id) if row.status != "draft"]
    found = [
        (f"program:{row.id}", _("Version %(number)s of this club", number=row.version) + f": {row.title}")
        for row in own[:1]
    ]
    found += [
        (f"template:{code}", _("Template: %(title)s", title=one.title)) for code, one in TEMPLATES.items()
    ]
    found += [(f"program:{row.id}", f"{row.club}: {row.title}") for row in queries.others_in_force(club_id)]
    return [*found, ("empty", _("An empty program"))]


@bp.get("/programs/<int:club_program_id>")
@requires(Permission.CLUB_VIEW, of=queries.get_program)
def show(program: ClubProgram) -> Response:
    """A version, and what it changes against the one before."""
    return render("clubs/program_version.html", **_sheet(program), club=get_club(None, program.club_id))


def _sheet(program: ClubProgram) -> dict[str, Any]:
    topics, last = queries.topics_of(db.session(), program.id), queries.before(program)
    content = queries.content_from(program, topics)
    old = queries.content_of(db.session(), last) if last else None
    return {
        "program": program,
        "topics": topics,
        "last": last,
        "changes": rules.difference(old, content) if old else [],
        "lacks": _lacks(content) if program.status == "draft" else "",
        "maker": accounts.names({program.made_by_id})[program.made_by_id],
    }


def _lacks(content: rules.Content) -> str:
    """What a draft has to say before it can be in force."""
    try:
        rules.check_ready(content)
    except RuleBroken as broken:
        return told(broken)
    return ""


@bp.route("/programs/<int:club_program_id>/edit", methods=["GET", "POST"])
@requires(Permission.CLUB_MANAGE, of=queries.own_program)
def edit(program: ClubProgram) -> Response:
    """Write a draft: its buttons arrange the topics, saving keeps them. The slower of two sees what was saved."""
    program_id, here = program.id, url_for(".show", club_program_id=program.id)
    if request.method == "GET":
        if program.status != "draft":
            return go(here)
        content = queries.content_of(db.session(), program)
        return _form(filled(content, program.why, program.revision), program)
    form = ProgramForm()
    if (asked := request.form.get("do", "save")) != "save":
        form, at = rearranged(form, asked)
        return _form(form, program, focus=at, status=200)
    if form.validate():
        try:
            typed = form.content()
            programs.save_program(program_id, current_user.id, form.seen, typed, form.why.data or "")
            return go(here, _("The draft is saved."))
        except RuleBroken as broken:
            return _refused(form, program_id, broken)
    return _form(form, program)


def _refused(form: ProgramForm, program_id: int, broken: RuleBroken) -> Response:
    """The form as typed with the rule's words; where somebody has saved meanwhile, with what differs."""
    look_again()
    program = queries.get_program(None, program_id)
    if program is None:
        return refuse(broken, url_for("clubs.index"))
    if program.status != "draft":
        return refuse(broken, url_for(".show", club_program_id=program_id))
    form.form_errors.append(told(broken))
    changes = []
    if broken.code == "changed_meanwhile":
        changes = rules.difference(queries.content_of(db.session(), program), form.content())
        form.revision.data = str(program.revision)
    return _form(form, program, changes=changes)


def _form(
    form: ProgramForm,
    program: ClubProgram,
    changes: list[rules.Change] | None = None,
    focus: int = -1,
    status: int | None = None,
) -> Response:
    return render(
        "clubs/program_edit.html",
        fragment="clubs/_program_form.html",
        status=status,
        form=form,
        program=program,
        club=get_club(None, program.club_id),
        changes=changes or [],
        focus=focus,
        most=rules.MOST_TOPICS,
    )


@bp.post("/programs/<int:club_program_id>/force")
@requires(Permission.CLUB_MANAGE, of=queries.own_program)
def put_in_force(program: ClubProgram) -> Response:
    """The draft is the club's program from today on; next its topics are laid out."""
    program_id, club_id = program.id, program.club_id
    try:
        programs.put_in_force(program_id, current_user.id, number_of(request.form.get("revision")))
    except RuleBroken as broken:
        return refuse(broken, url_for(".show", club_program_id=program_id))
    done = _("The program is in force. Now lay its topics out over the coming sessions.")
    return go(url_for(".lay_out", club_id=club_id, over=1), done)


@bp.post("/programs/<int:club_program_id>/discard")
@requires(Permission.CLUB_MANAGE, of=queries.own_program)
def discard(program: ClubProgram) -> Response:
    """Throw a draft away."""
    here, seen = url_for(".of_club", club_id=program.club_id), number_of(request.form.get("revision"))
    done = _("The draft is thrown away.")
    return attempt(here, done, programs.discard_program, program.id, current_user.id, seen)


@bp.route("/<int:club_id>/program/topics", methods=["GET", "POST"])
@requires(Permission.SESSION_PLAN, of=own_club)
def lay_out(club: Club) -> Response:
    """The topics in order over the coming sessions: shown first, then kept."""
    club_id, program = club.id, queries.version_of(db.session(), club.id, "in_force")
    if program is None:
        return go(url_for(".of_club", club_id=club_id), _("The club has no program in force yet."), "warn")
    topics = queries.topics_of(db.session(), program.id)
    there = queries.given_topics(club_id)
    if "over" not in request.values:
        there |= queries.coming_topics(club_id)
    form = _lay_form(topics, queries.first_left(topics, there))
    laid = queries.laid_out(club_id, topics, form.start.data, form.over.data)
    chosen = [(one.session.id, one.topic.id) for one in laid if one.topic is not None and one.changes]
    if request.method == "POST":
        return _lay(club_id, chosen)
    return render(
        "clubs/lay_out.html",
        form=form,
        club=club,
        laid=laid,
        chosen=chosen,
        shown=_shown(chosen),
        left=queries.left_over(topics, there, laid),
    )


def _lay_form(topics: list[ClubTopic], first: int) -> LayForm:
    start = request.values.get("start", type=int)
    if start is None or not 0 <= start < len(topics):
        start = first
    form = LayForm(formdata=None, data={"start": start, "over": "over" in request.values})
    form.start.choices = [(n, f"{n + 1}. {row.title}") for n, row in enumerate(topics)]
    return form


def _shown(chosen: list[tuple[int, int]]) -> str:
    return ",".join(f"{session_id}-{topic_id}" for session_id, topic_id in chosen)


def _lay(club_id: int, chosen: list[tuple[int, int]]) -> Response:
    start, over = request.form.get("start"), request.form.get("over")
    here = url_for(".lay_out", club_id=club_id, start=start, over=over)
    if request.form.get("shown") != _shown(chosen):
        message = _("Sessions or program have changed meanwhile. Look at the plan below once more.")
        return go(here, message, "bad")
    try:
        number = programs.lay_out(club_id, current_user.id, chosen)
    except RuleBroken as broken:
        return refuse(broken, here)
    done = ngettext("%(num)s session has its topic.", "%(num)s sessions have their topics.", number)
    return go(url_for("clubs.show", club_id=club_id), done)
