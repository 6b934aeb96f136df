"""Whole files of families in the world in which the access matrix is tried."""

import json

from portal import clock, files
from portal.accounts.models import User
from portal.db import db, technical
from portal.families.models import Family, StoredFile
from portal.family_files import archive, job, numbering
from portal.family_files.handing_out import Wanted, told_of
from portal.family_files.models import FormerFile, FormerPaper
from portal.family_files.views import _serializer
from portal.jobs.models import Job
from portal.jobs.work import Params
from tests.access.club_world import PIXEL
from tests.family_files.between import packed


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


def made_for(user: User, family_id: object) -> int:
    """A task of this user that has made the file of a family; gives its id."""
    params = job.out_params(int(str(family_id)), Wanted("request", "-", "-"))
    return _task(user, job.OUT, params)


def taken_by(user: User) -> int:
    """A task of this user that takes a family in; gives its id."""
    return _task(user, job.IN, job.in_params("0" * 32, "0" * 64, {}))


def _task(user: User, kind: str, params: Params) -> int:
    with technical() as s:
        task = Job(kind=kind, user_id=user.id, made_at=clock.now(), params=json.dumps(params))
        task.state, task.finished_at, task.seen_at = "cancelled", clock.now(), clock.now()
        s.add(task)
        s.flush()
        return task.id


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
    data = packed(parts, **facts, by={"name": "-", "position": ""})
    return str(_serializer().dumps([user.id, files.keep(data, "brought_in")[0]]))
