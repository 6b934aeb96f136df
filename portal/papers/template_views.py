"""Pages of settings where the administrator gives papers the center's own templates."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import Permission, requires
from portal.papers import catalog, labels, layouts, making, template_queries, word
from portal.papers import template_actions as actions
from portal.papers.kind import Kind
from portal.papers.pages import TYPES, send
from portal.papers.template_forms import TemplateForm
from portal.papers.template_models import PaperTemplate
from portal.web import attempt, go, render

bp = Blueprint("paper_templates", __name__, url_prefix="/settings/papers")


@bp.get("/")
@requires(Permission.SETTINGS_MANAGE)
def index() -> Response:
    """All kinds of papers, and whose template each is made of."""
    rows = sorted((labels.title(code), code) for code in catalog.KINDS)
    used, counts = template_queries.used(), template_queries.counts()
    return render("settings/papers.html", rows=rows, used=used, counts=counts)


@bp.route("/<paper_code>", methods=["GET", "POST"])
@requires(Permission.SETTINGS_MANAGE, of=template_queries.get_kind)
def kind(kind: Kind) -> Response:
    """The versions of a kind's template, and a new one."""
    form = TemplateForm()
    form.kind = kind
    if form.validate_on_submit() and form.looked:
        with form.rules():
            template_id = actions.take_in(kind, form.looked, current_user.id)
            done = _("The template is kept. Look at a paper of the sample, then use it.")
            return go(url_for(".show", template_id=template_id), done)
    versions = template_queries.versions(kind.code)
    return render(
        "settings/paper.html", form=form, kind=kind, title=labels.title(kind.code), versions=versions
    )


@bp.get("/<paper_code>/ours")
@requires(Permission.SETTINGS_MANAGE, of=template_queries.get_kind)
def ours(kind: Kind) -> Response:
    """The portal's own template, to begin with."""
    return send(word.template(layouts.read(kind.code)), f"{kind.code}-template.docx", TYPES["docx"])


@bp.post("/<paper_code>/use-ours")
@requires(Permission.SETTINGS_MANAGE, of=template_queries.get_kind)
def use_ours(kind: Kind) -> Response:
    """Make papers of the portal's own template again."""
    back, done = url_for(".kind", paper_code=kind.code), _("Papers are made of the portal's template again.")
    return attempt(back, done, actions.use_ours, kind, current_user.id)


@bp.get("/versions/<int:template_id>")
@requires(Permission.SETTINGS_MANAGE, of=template_queries.get_template)
def show(template: PaperTemplate) -> Response:
    """A version: what it leaves out, a paper of the sample, and its use."""
    kind, title = catalog.KINDS[template.kind], labels.title(template.kind)
    found = actions.look(kind, actions.file_of(template)).found
    return render(
        "settings/paper_template.html",
        version=template,
        kind=kind,
        title=title,
        missing=found.missing,
        faults=found.faults,
    )


@bp.get("/versions/<int:template_id>/file")
@requires(Permission.SETTINGS_MANAGE, of=template_queries.get_template)
def file(template: PaperTemplate) -> Response:
    """The version as it was uploaded."""
    name = f"{template.kind}-template-{template.version}.docx"
    return send(actions.file_of(template), name, TYPES["docx"])


@bp.get("/versions/<int:template_id>/sample")
@requires(Permission.SETTINGS_MANAGE, of=template_queries.get_template)
def sample(template: PaperTemplate) -> Response:
    """A paper made of the version, of invented people."""
    kind = catalog.KINDS[template.kind]
    made = word.draw(layouts.read(kind.code), making.tried(kind), template=actions.file_of(template))
    return send(made, f"{kind.code}-sample-{template.version}.docx", TYPES["docx"])


@bp.post("/versions/<int:template_id>/use")
@requires(Permission.SETTINGS_MANAGE, of=template_queries.get_template)
def use(template: PaperTemplate) -> Response:
    """Make papers of this version from now on."""
    back, done = url_for(".kind", paper_code=template.kind), _("Papers are made of this version now.")
    return attempt(back, done, actions.use, template.id, current_user.id)
