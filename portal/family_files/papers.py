"""The papers of a family as PDF, made from the data as they are now; registered ones lie with their own rows."""

from collections.abc import Iterator

from portal.family_files.told import Told
from portal.papers import catalog
from portal.papers.kind import Kind

OF = {  # the kind of paper: of which rows one is made, and which column of theirs names what it is of
    "family-card": ("families", ""),
    "application": ("intakes", "patronage_id"),
    "survey-report": ("surveys", "patronage_id"),
    "service-agreement": ("agreements", "patronage_id"),
    "social-diagnosis": ("diagnoses", ""),
    "support-plan": ("plans", ""),
    "extract": ("decisions", ""),
    "closing-analysis": ("closing_analyses", "patronage_id"),
}


def papers_of(told: Told) -> dict[str, tuple[Kind, int]]:
    """What of this family is put on paper, by the path in the archive: of what this center did, not of what it was
    sent."""
    return {
        f"papers/{code}-{number}.pdf": (catalog.KINDS[code], object_id)
        for code in OF
        if code in catalog.KINDS
        for number, object_id in enumerate(_objects(told, code), 1)
    }


def _objects(told: Told, code: str) -> Iterator[int]:
    """The ids of what the papers of a kind are made of, each once."""
    table, column = OF[code]
    rows = [row for row in told.rows.get(table, ()) if not row.former]
    keys = [row.values[column].key if column else row.key for row in rows]
    yield from dict.fromkeys(key[2] for key in keys)
