"""Whole files of families in the world in which the access matrix is tried."""

from portal import clock, files
from portal.accounts.models import User
from portal.db import db, technical
from portal.families.models import Family, StoredFile
from portal.family_files import archive, numbering
from portal.family_files.handing_out import told_of
from portal.family_files.models import FormerFile, FormerPaper
from portal.family_files.views import _serializer
from tests.access.club_world import PIXEL


def former_of(family: Family, by: User) -> int:
    """The family came from another center, with a paper; gives the id of that."""
    name, digest = files.keep(PIXEL)
    with technical() as s:
        scan = StoredFile(name=name, media_type="image/jpeg", size=1, sha256=digest, uploaded_at=clock.now())
        file = FormerFile(
            family_id=family.id, center="Центр «Маяк»", handed_on=clock.today(), number=7,
            digest=f"{family.id:064}", brought_by_id=by.id, brought_at=clock.now(),
        )  # fmt: skip
        s.add_all([scan, file])
        s.flush()
        paper = FormerPaper(file_id=file.id, path="papers/1.jpg", stored_id=scan.id, sha256=digest)
        s.add(paper)
        s.flush()
        return paper.id


def made_for(user: User, family_id: object) -> str:
    """The token of an archive that this user has made."""
    name, digest = files.keep(b"an archive", "handed_out")
    return str(_serializer("out").dumps([user.id, family_id, name, digest, 10, 1, 0]))


def archive_of(user: User) -> str:
    """The token of an archive that this user has brought."""
    family_id = db.session.query(Family.id).order_by(Family.id).limit(1).scalar()
    told = told_of(family_id)
    for rows in told.rows.values():
        for row in rows:
            row.values |= {name: None for name in ("scan_id", "file_id") if name in row.values}
    told.papers.clear()
    parts = {archive.CONTENT: archive.as_json(numbering.document(told)[0])}
    facts = {"center": "Центр «Маяк»", "number": 7, "made_on": clock.today().isoformat(), "to": "-"}
    data, _digest = archive.packed(parts, **facts, by={"name": "-", "position": ""})
    return str(_serializer("in").dumps([user.id, files.keep(data, "brought_in")[0]]))
