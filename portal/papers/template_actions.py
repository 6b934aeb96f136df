"""What changes a center's own templates: a version taken in, used, or given up for the portal's."""

from typing import NamedTuple

from jinja2 import TemplateError

from portal import audit, clock, files
from portal.audit import Event
from portal.db import atomic
from portal.papers import layouts, making, template_queries, word
from portal.papers.kind import Kind
from portal.papers.template_faults import Fault, Found, Place
from portal.papers.template_models import PaperTemplate
from portal.rules import N_, RuleBroken


class Looked(NamedTuple):
    """A template that was looked at, with what is wrong in it, and what it leaves out."""

    data: bytes
    found: Found


def look(kind: Kind, data: bytes) -> Looked:
    """Look at a template before it is taken in; it is filled with the sample to see that it can be.

    Raises what check_docx does.
    """
    from portal.papers.template_check import check  # what reads DOCX is large: only who uploads one loads it
    from portal.papers.template_guard import check_docx

    check_docx(data)
    layout, facts = layouts.read(kind.code), making.tried(kind)
    try:
        found = check(data, layout, facts)
        if not found.faults:
            word.draw(layout, facts, template=data)
    except TemplateError:
        message = N_(
            "a placeholder stands where it cannot be filled: in a picture's text, a note or a comment"
        )
        found = Found([Fault(message, Place("body"))])
    except (
        *(KeyError, ValueError, TypeError, AttributeError),  # whatever python-docx finds odd in a file
        *(SyntaxError, RecursionError),
    ):
        raise RuleBroken(
            "no_docx", N_("The document is damaged: open it in a word processor and save it anew.")
        ) from None
    return Looked(data, found)


def take_in(kind: Kind, looked: Looked, actor_id: int) -> int:
    """Keep the next version; it is not used yet. Gives its id. Raises template_faults, template_twice."""
    if looked.found.faults:
        raise RuleBroken("template_faults", N_("The template has mistakes: mend them and upload it again."))
    name, sha256 = files.keep(looked.data)
    try:
        with atomic() as s:
            last = template_queries.last_of(s, kind.code)
            if last is not None and last.sha256 == sha256:
                message = N_("This very file is version %(version)s already.")
                raise RuleBroken("template_twice", message, version=last.version)
            row = PaperTemplate(
                kind=kind.code, version=last.version + 1 if last else 1, file=name, sha256=sha256,
                size=len(looked.data), made_by_id=actor_id, made_at=clock.now(), is_used=False,
            )  # fmt: skip
            s.add(row)
            s.flush()
            new = {"kind": row.kind, "version": row.version, "sha256": sha256, "size": row.size}
            audit.record(s, Event.TEMPLATE_TAKEN_IN, actor_id, row, new=new)
            return row.id
    except BaseException:
        files.drop(name)
        raise


def use(template_id: int, actor_id: int) -> None:
    """Papers of its kind are made of this version from now on. Raises template_used."""
    with atomic() as s:
        row = s.get_one(PaperTemplate, template_id, populate_existing=True)
        if row.is_used:
            raise RuleBroken("template_used", N_("This version is used already."))
        before = template_queries.used_of(s, row.kind)
        if before is not None:
            before.is_used = False
            s.flush()  # the database allows one at any moment
        row.is_used = True
        old = {"version": before.version if before else 0}
        new = {"kind": row.kind, "version": row.version}
        audit.record(s, Event.TEMPLATE_USED, actor_id, row, old=old, new=new)


def use_ours(kind: Kind, actor_id: int) -> None:
    """Papers of the kind are made of the portal's own template again. Raises template_ours."""
    with atomic() as s:
        row = template_queries.used_of(s, kind.code)
        if row is None:
            raise RuleBroken("template_ours", N_("The portal's template is used already."))
        row.is_used = False
        audit.record(
            s, Event.TEMPLATE_GIVEN_UP, actor_id, row, old={"kind": row.kind, "version": row.version}
        )


def file_of(template: PaperTemplate) -> bytes:
    """The file of a version."""
    return files.read(template.file)
