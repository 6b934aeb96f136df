"""The blueprint of papers, and how its addresses find a paper within the reader's reach."""

from io import BytesIO
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, send_file
from flask_login import current_user

from portal import audit
from portal.access import may
from portal.papers import catalog, queries
from portal.papers.kind import Kind
from portal.papers.models import Paper

bp = Blueprint("papers", __name__, url_prefix="/papers")
bp.record_once(lambda state: state.app.jinja_env.globals.update(paper_kinds=catalog.KINDS))
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg"}


class Printed(NamedTuple):
    """A paper that the reader may print: its kind, and of what it is made."""

    kind: Kind
    object_id: int
    family_id: int | None

    @property
    def ids(self) -> dict[str, Any]:
        """Its part of an address."""
        return {"paper_code": self.kind.code, "object_id": self.object_id}


class Entered(NamedTuple):
    """A registered paper that the reader may print."""

    paper: Paper
    printed: Printed


def get_printed(user: Any, paper_code: str, object_id: int) -> Printed | None:
    """The paper of the address: None out of reach; who may not print its kind at all is told so."""
    kind = catalog.KINDS.get(paper_code)
    if kind is None:
        return None
    if not may(user, kind.permission):
        abort(403)
    if kind.get(user, object_id) is None:
        return None
    return Printed(kind, object_id, kind.family_of(object_id))


def get_entered(user: Any, registered_id: int) -> Entered | None:
    """The registered paper, for whoever may print the paper that it is."""
    paper = queries.get_paper(registered_id)
    printed = get_printed(user, paper.kind, paper.object_id) if paper else None
    return Entered(paper, printed) if paper and printed else None


def look(printed: Printed) -> None:
    """Note that somebody saw it (R20)."""
    if printed.family_id is not None:
        audit.look(current_user.id, printed.family_id, "paper")
    audit.look_at_several(current_user.id, printed.kind.families_of(printed.object_id), "paper")


def send(data: bytes, name: str, media_type: str, *, inline: bool = False) -> Response:
    """A file whose name tells nothing about anybody."""
    return send_file(BytesIO(data), mimetype=media_type, as_attachment=not inline, download_name=name)
