"""What came with the family from former centers, told again as it came."""

import json
from typing import Any

from sqlalchemy import select

from portal.db import Base, db
from portal.families.models import StoredFile
from portal.family_files import belonging
from portal.family_files.belonging import FILES, LIVE
from portal.family_files.collecting import plain
from portal.family_files.models import FormerFile, FormerPaper, FormerRow
from portal.family_files.told import Former, Kept, Person, Ref, Row, Told, here


def files_of(family_id: int) -> list[FormerFile]:
    """The files that were brought in with the family, and those that came along inside them."""
    query = select(FormerFile).where(FormerFile.family_id == family_id)
    return list(db.session.scalars(query.order_by(FormerFile.id)))


def former_centers(family_id: int) -> list[Former]:
    """The centers that had the family before, for its page."""
    columns = (FormerFile.center, FormerFile.handed_on, FormerFile.number, FormerFile.digest)
    query = select(*columns).where(FormerFile.family_id == family_id).order_by(FormerFile.id)
    return [Former(*row) for row in db.session.execute(query)]


def add_former(told: Told, family_id: int) -> None:
    """Add the rows of former centers, with the people and files that they name."""
    files = files_of(family_id)
    if not files:
        return
    numbers = {one.id: number for number, one in enumerate(files, len(told.formers) + 1)}
    told.formers += [Former(one.center, one.handed_on, one.number, one.digest) for one in files]
    roots = {one.id: one.earlier_id or one.id for one in files}
    people = {one.id: [Person(*pair) for pair in json.loads(one.people)] for one in files}
    papers = papers_of(roots)
    used: set[str] = set()
    rows = select(FormerRow).where(FormerRow.file_id.in_(roots)).order_by(FormerRow.id)
    for row in db.session.scalars(rows):
        root = roots[row.file_id]
        values = {
            name: _value(row.kind, name, value, root, people[root], papers)
            for name, value in json.loads(row.body).items()
        }
        used.update(one.name for one in values.values() if isinstance(one, Kept))
        told.add(row.kind, Row((1, root, row.key), values, numbers[row.file_id]))
    for (root, path), kept in papers.items():
        if kept.name not in used:
            told.papers[f"{numbers[root]}/{path}"] = kept


def papers_of(file_ids: Any) -> dict[tuple[int, str], Kept]:
    """The sealed files that came with the family, by the file that brought them and their path in it."""
    columns = (FormerPaper.file_id, FormerPaper.path, StoredFile.name, StoredFile.media_type)
    query = select(*columns, StoredFile.uploaded_at).join(StoredFile, StoredFile.id == FormerPaper.stored_id)
    rows = db.session.execute(query.where(FormerPaper.file_id.in_(file_ids)).order_by(FormerPaper.id))
    return {(one.file_id, one.path): Kept(one.name, one.media_type, plain(one.uploaded_at)) for one in rows}


def _value(
    kind: str,
    column: str,
    value: Any,
    root: int,
    people: list[Person],
    papers: dict[tuple[int, str], Kept],
) -> Any:
    """A value as it was kept: people by their place in the list, files by their path, rows by their key."""
    if value is None:
        return None
    goal = belonging.target(kind, Base.metadata.tables[kind], column)
    if goal == "users":
        return people[value]
    if goal == "stored_files" or (kind, column) in FILES:
        return papers[root, value]
    if goal in LIVE:
        return Ref(goal, here(value))
    return Ref(goal, (1, root, value)) if goal else value
