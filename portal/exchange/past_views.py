"""Imports that were made: what each has done, going on with one, undoing it, one-time links of its accounts."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import files
from portal.access import Permission, requires
from portal.accounts.actions import make_password_link
from portal.exchange import kinds, launching, pending, queries, undo
from portal.exchange.models import Import
from portal.exchange.views import bp, token_of
from portal.rules import RuleBroken
from portal.web import go, is_fragment, refuse, render

__all__ = ["bp"]
USE = Permission.IMPORT_USE


@bp.get("/<int:import_id>")
@requires(USE, of=queries.get_import)
def show(row: Import) -> Response:
    """What the import has done, and how far it is; with `?way=1` what keeps it from being undone."""
    if row.state != "running" and is_fragment():
        return go(url_for(".show", import_id=row.id))  # it was asked how far it is: it is done
    kind = kinds.KINDS[row.kind]
    own = row.by_id == current_user.id and files.is_there(row.file, pending.FOLDER)
    way = undo.in_the_way(row.id) if request.args.get("way") and row.state == "done" else []
    accounts = queries.accounts_of(row.id) if row.kind in ("staff", "families") else []
    return render(
        "exchange/show.html",
        fragment="exchange/_progress.html",
        row=row,
        kind=kind,
        maker=queries.maker(row),
        token=token_of(current_user.id, kind.code, row.file) if own else None,
        way=queries.in_words(current_user, way),
        way_count=len(way),
        waiting=[one for one in accounts if one.password_hash is None and one.is_active],
    )


@bp.post("/<int:import_id>/go-on")
@requires(USE, of=queries.get_import)
def go_on(row: Import) -> Response:
    """Write what is not written yet, after an interruption."""
    here = url_for(".show", import_id=row.id)
    if row.state != "running":
        return go(here)
    try:
        launching.launch(row.id, current_user)
    except RuleBroken as broken:
        return refuse(broken, here)
    return go(here)


@bp.post("/<int:import_id>/undo")
@requires(USE, of=queries.get_import)
def take_back(row: Import) -> Response:
    """Undo the whole import, if nothing was built on it; else the page says what was."""
    import_id = row.id
    try:
        count = undo.undo(import_id, current_user.id)
    except RuleBroken as broken:
        way = 1 if broken.code == "import_built_on" else None
        return refuse(broken, url_for(".show", import_id=import_id, way=way))
    done = ngettext(
        "The import is undone: %(num)s row is gone.", "The import is undone: %(num)s rows are gone.", count
    )
    return go(url_for(".index"), done)


@bp.post("/<int:import_id>/links")
@requires(Permission.ACCOUNT_MANAGE, of=queries.get_import)
def links(row: Import) -> Response:
    """One-time links for the accounts of the import that nobody has used yet; shown this once."""
    import_id, made = row.id, []
    for one in queries.accounts_of(import_id):
        if one.password_hash is None and one.is_active:
            made.append((one.id, one.full_name, one.username))
    shown = [
        (
            name,
            username,
            url_for("accounts.welcome", token=make_password_link(user_id, current_user.id), _external=True),
        )
        for user_id, name, username in made
    ]
    if not shown:
        return go(url_for(".show", import_id=import_id), _("Everybody has set a password already."))
    return render("exchange/links.html", shown=shown, import_id=import_id)
