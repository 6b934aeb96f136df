"""Papers of items: laid, read, taken back."""

from io import BytesIO

from flask import Response, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, files
from portal.access import Permission, requires
from portal.consilium import papers
from portal.consilium.models import Item, ItemPaper, Meeting
from portal.consilium.pages import bp
from portal.consilium.paper_forms import PaperForm
from portal.db import db
from portal.web import attempt, go, moved_on, render

SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg"}


@bp.route("/items/<int:item_id>/papers/new", methods=["GET", "POST"])
@requires(Permission.MEETING_PREPARE, of=papers.get_item)
def new_paper(item: Item) -> Response:
    """Lay a paper before the members."""
    item_id, back = item.id, url_for(".item", item_id=item.id)
    meeting = db.session.get_one(Meeting, item.meeting_id)
    if over := moved_on(back, papers.check_may_lay, db.session(), item, meeting):
        return over
    form = PaperForm()
    if form.validate_on_submit() and form.cleaned:
        with form.rules():
            papers.lay_paper(item_id, form.title.data, form.cleaned, current_user.id)
            return go(back, _("The paper lies before the members."))
    return render("consilium/paper.html", form=form, item_id=item_id, back=back, most=papers.MOST)


@bp.get("/papers/<int:paper_id>")
@requires(Permission.MEETING_VIEW, of=papers.get_paper)
def paper(paper: ItemPaper) -> Response:
    """The paper, to be saved; its name tells nothing about anybody."""
    family_id = papers.family_of(db.session.get_one(Item, paper.item_id))
    name, kind, file = f"paper-{paper.id}.{SUFFIXES[paper.file_type]}", paper.file_type, paper.file
    if family_id is not None:
        audit.look(current_user.id, family_id, "consilium.paper")
    return send_file(BytesIO(files.read(file)), mimetype=kind, as_attachment=True, download_name=name)


@bp.post("/papers/<int:paper_id>/take-back")
@requires(Permission.MEETING_PREPARE, of=papers.get_paper)
def take_back(paper: ItemPaper) -> Response:
    """Take a paper back while its item waits."""
    back = url_for(".item", item_id=paper.item_id)
    return attempt(back, _("The paper is taken back."), papers.take_back, paper.id, current_user.id)
