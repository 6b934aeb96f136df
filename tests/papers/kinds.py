"""Kinds of papers made up for tests of the register: what they say is a text that a test can change."""

from dataclasses import dataclass, field
from typing import Any

from portal.access import Permission
from portal.families import queries as families
from portal.i18n import speaking
from portal.papers.kind import Facts, Kind
from portal.rules import N_

CODE = "tried-paper"


@dataclass
class Said:
    """What the paper says now."""

    facts: Facts = field(default_factory=lambda: {"word": "как есть"})


def tried_kind(said: Said, **fields: Any) -> Kind:
    """A paper of a family by the family's id."""
    given: dict[str, Any] = {
        "code": CODE,
        "title": N_("Family card"),
        "group": "family",
        "of": "family",
        "get": families.get_family,
        "facts": lambda _id: dict(said.facts),
        "sample": {"word": "образец"},
        "family_of": lambda family_id: family_id,
        "permission": Permission.PAPER_PRINT,
        "has_blank": True,
    }
    return Kind(**given | fields)


def drawn(kind: Kind, object_id: int, file_format: str, **how: Any) -> bytes:
    """Instead of what draws papers: bytes that tell of what they were asked for."""
    with speaking("ru"):
        return f"%PDF {kind.code} {object_id} {file_format} {how} {kind.facts(object_id)}".encode()
