"""What the head does with the journal: the queue, returning, the months."""

from datetime import date
from itertools import groupby
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import audit, clock, lists
from portal.access import Permission, requires
from portal.journal import checking, columns, months, queries
from portal.journal.entry_views import cursor
from portal.journal.forms import ReturnForm
from portal.journal.models import JournalEntry
from portal.journal.pages import bp
from portal.lists import takeable
from portal.papers.periods import quarters_of
from portal.rules import RuleBroken, journal
from portal.rules.journal import Month
from portal.web import go, is_fragment, moved_on, number_of, refuse, render, words


@bp.route("/queue", methods=["GET", "POST"])
@requires(Permission.JOURNAL_CHECK)
@takeable
def queue() -> Response:
    """What waits for the check, the oldest first."""
    if lists.asked():
        found = lists.onward(queries.queue)
        title = _("Journal entries to check")
        return lists.give("journal.queue", title, columns.QUEUE, found, looked="journal.queue")
    return _queue(cursor("after"))


def _queue(after: int | None, checked: str | None = None) -> Response:
    rows, following = queries.queue(after)
    count, oldest = queries.waiting(current_user, all_of_them=True)
    audit.look_at_several(current_user.id, {row.family_id for row in rows}, "journal.queue")
    return render(
        "journal/queue.html",
        fragment="journal/_queue.html",
        rows=rows,
        groups=[list(some) for _of, some in groupby(rows, lambda row: row.session_id or -row.id)],
        count=count,
        oldest=oldest and _age(oldest),
        age=_age,
        aging=journal.aging,
        after=after,
        checked=checked,
        next_url=url_for(".queue", after=following) if following else None,
    )


def _age(moment: Any) -> int:
    return journal.age(clock.local(moment).date(), clock.today())


@bp.post("/<int:entry_id>/check")
@requires(Permission.JOURNAL_CHECK, of=queries.get_entry)
def check(entry: JournalEntry) -> Response:
    """The entry is checked; the next one stands in its place."""
    after, number = cursor("after"), entry.number
    url = url_for(".show", entry_id=entry.id) if "page" in request.form else url_for(".queue", after=after)
    try:
        checking.check_entry(entry.id, current_user.id, request.form.get("revision", 0, type=int))
    except RuleBroken as broken:
        return refuse(broken, url)
    done = _("Entry No. %(number)s is checked.", number=number)
    return _queue(after, checked=done) if is_fragment() else go(url, done)


@bp.post("/check")
@requires(Permission.JOURNAL_CHECK)
def check_several() -> Response:
    """Check the entries of one session together, each as it was seen."""
    after = cursor("after")
    pairs = [one.partition("-") for one in request.form.getlist("seen")[: queries.PAGE]]
    seen = {number_of(entry_id): number_of(revision) for entry_id, _dash, revision in pairs}
    ids = queries.reached_ids(current_user, list(seen))
    done, refused = checking.check_entries({one: seen[one] for one in ids}, current_user.id)
    for text in dict.fromkeys(map(words, refused)):
        flash(text, "warn")
    told = ngettext("%(num)d entry is checked.", "%(num)d entries are checked.", done) if done else None
    if is_fragment() and not refused:
        return _queue(after, checked=told)
    return go(url_for(".queue", after=after), told)


@bp.route("/<int:entry_id>/return", methods=["GET", "POST"])
@requires(Permission.JOURNAL_CHECK, of=queries.get_entry)
def give_back(entry: JournalEntry) -> Response:
    """Give the entry back to its worker with a remark."""
    shown = url_for(".show", entry_id=entry.id)
    if back := moved_on(shown, journal.check_move, entry.state, journal.State.RETURNED):
        return back
    form, found, entry_id = ReturnForm(obj=entry), queries.facts(current_user, entry), entry.id
    audit.look(current_user.id, found.family.id, "journal")
    if form.validate_on_submit():
        with form.rules():
            checking.return_entry(entry_id, current_user.id, form.seen, form.remark.data)
            return go(url_for(".queue"), _("The entry is returned to its worker."))
        found = queries.facts(current_user, queries.get_entry(current_user, entry_id) or abort(404))
        form.revision.data = str(found.entry.revision)
    return render("journal/return.html", form=form, facts=found)


@bp.route("/periods", methods=["GET", "POST"])
@requires(Permission.JOURNAL_CHECK)
@takeable
def periods() -> Response:
    """The months of the journal: what is unchecked, what is closed."""
    if lists.asked():
        return lists.give("journal.months", _("Months of the journal"), columns.MONTHS, months.months())
    chosen, lines = _chosen(), months.months()
    return render(
        "journal/periods.html",
        lines=lines,
        quarters=quarters_of((line.year, line.month) for line in lines),
        present=journal.month_of(clock.today()),
        chosen=chosen,
        unchecked=months.unchecked(chosen) if chosen else [],
    )


@bp.post("/periods/close")
@requires(Permission.JOURNAL_CHECK)
def close_period() -> Response:
    """Lock a month."""
    month = parsed_month(request.form.get("month", ""))
    if month is None:
        return go(url_for(".periods"), _("Choose a month."), "warn")
    try:
        count = checking.close_period(*month, current_user.id)
    except RuleBroken as broken:
        return refuse(broken, url_for(".periods", month=f"{month[0]}-{month[1]:02}"))
    message = ngettext("The month is closed: %(num)d entry.", "The month is closed: %(num)d entries.", count)
    return go(url_for(".periods"), message)


def parsed_month(text: str) -> Month | None:
    """The month of `2026-11`, else None."""
    try:
        return journal.month_of(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return None


def _chosen() -> Month | None:
    return parsed_month(request.args.get("month", ""))
