"""Export, import into an empty portal, export: the same data."""

from io import BytesIO
from pathlib import Path

import pikepdf
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app
from PIL import Image
from sqlalchemy import func, select

from portal import files
from portal.check import broken_rules
from portal.db import db, technical
from portal.families.models import Family, StoredFile
from portal.family_files.handing_out import told_of
from portal.family_files.models import FormerPaper
from portal.papers.actions import FOLDER
from portal.papers.models import Paper
from tests.access import world
from tests.factories import make_user
from tests.family_files.between import alike, brought, content, sent


def _richest(count: int) -> list[int]:
    """The families of which the most different things are told."""
    found = []
    for family_id in db.session.scalars(select(Family.id)):
        told = told_of(family_id)
        found.append((len(told.rows), sum(map(len, told.rows.values())), family_id))
    return [family_id for *_size, family_id in sorted(found, reverse=True)[:count]]


def test_a_family_with_everything_goes_out_and_in_and_out_alike(app: Flask, other: Flask) -> None:
    """The small center of the access tests: scans, an alert, a referral, a decision, a journal entry."""
    there = world.build(app)
    _real_scans()
    head = db.session.get_one(type(make_user("head")), there.people["head"])
    ids = [there.own["pedagogue"]["family_id"], there.own["head"]["family_id"], there.other["family_id"]]
    first = {one: sent(int(str(one)), head) for one in ids}
    with other.app_context():
        theirs = make_user("head")
        for data in first.values():
            family_id = brought(data, theirs)
            assert alike(content(sent(family_id, theirs))) == alike(content(data))
        assert broken_rules() == []
        assert db.session.scalar(select(func.count()).select_from(FormerPaper)) > 0


def _real_scans() -> None:
    """The scans of that center are one byte long: here they are pictures."""
    out = BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    with technical() as s:
        for stored in s.scalars(select(StoredFile)):
            stored.name, stored.sha256 = files.keep(out.getvalue())
            stored.media_type = "image/jpeg"
    db.session.rollback()  # it has read before the papers were registered
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(paper := BytesIO())
    for name in db.session.scalars(
        select(Paper.file)
    ):  # the rows of registered papers stay: the file is put anew
        key, nonce = AESGCM(current_app.config["FILES_KEY"]), bytes(12)
        sealed = nonce + key.encrypt(nonce, paper.getvalue(), name.encode())
        (Path(current_app.config["INSTANCE"]) / FOLDER / name).write_bytes(sealed)


def test_the_third_center_gets_what_the_first_two_did(app: Flask, other: Flask) -> None:
    """A family handed on brings its whole past, and says whose each part is."""
    there = world.build(app)
    _real_scans()
    data = sent(int(str(there.other["family_id"])), make_user("head"))
    with other.app_context():
        theirs = make_user("head")
        family_id = brought(data, theirs)
        again = sent(family_id, theirs)
    here = make_user("head")
    family_id = brought(again, here)
    third = content(sent(family_id, here))
    assert alike(third) == alike(content(data))
    assert [one["center"] for one in third["former"]] == [*("Центр «Опора»", "Центр «Опора»", "Центр «Маяк»")]
    assert {row["from"] for row in third["tables"]["contacts"]} == {2}
