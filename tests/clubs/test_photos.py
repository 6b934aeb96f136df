"""Photos of a session: consents, who may be on them, what is hidden, what becomes of the files."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import audit, clock, files
from portal.clubs import actions, photo_consents, photos
from portal.clubs.group_models import PhotoConsent
from portal.clubs.session_models import PhotoPerson, SessionPhoto
from portal.db import db, technical
from portal.families.models import Family, StoredFile
from tests.client import Client
from tests.factories import make_booking, make_recipient, make_session, make_user
from tests.refusals import refuses


def picture(size=(2400, 1200)):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ivanov"
    Image.new("RGB", size, "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


def upload(data=None, name="img.jpg"):
    return (io.BytesIO(picture() if data is None else data), name)


@pytest.fixture
def session(club):
    return make_session(club, clock.today())


@pytest.fixture
def child(club, session):
    member = make_recipient(club, surname="Лебедева")
    make_booking(session, member)
    return member


@pytest.fixture
def visitor(app, leader):
    return Client(app, leader)


def parent_of(member):
    db.session.rollback()
    return db.session.get_one(Family, member.family_id).members[0]


def consent(member, leader, given_on=None):
    day = given_on or clock.today()
    return photo_consents.give_consent(member.id, parent_of(member).id, day, None, leader.id)


def test_for_a_child_a_representative_signs_and_a_grown_up_themselves(child, leader):
    parent, stranger = parent_of(child), make_recipient()
    for signer in (child.id, stranger.id, parent_of(stranger).id, 2**31 - 1):
        with refuses("photo_signer"):
            photo_consents.give_consent(child.id, signer, clock.today(), None, leader.id)
    with refuses("photo_signer"):
        photo_consents.give_consent(parent.id, child.id, clock.today(), None, leader.id)
    photo_consents.give_consent(parent.id, parent.id, clock.today(), None, leader.id)
    consent(child, leader)
    with refuses("photo_consent_there"):
        consent(child, leader)
    with refuses("photo_consent_date"):
        consent(child, leader, clock.today() + timedelta(1))


def test_a_consent_is_withdrawn_and_given_anew(child, leader):
    consent(child, leader, clock.today() - timedelta(5))
    with refuses("photo_withdrawal_date"):
        photo_consents.withdraw_consent(child.id, clock.today() - timedelta(6), leader.id)
    photo_consents.withdraw_consent(child.id, clock.today(), leader.id)
    with refuses("no_photo_consent"):
        photo_consents.withdraw_consent(child.id, clock.today(), leader.id)
    consent(child, leader)
    assert len(db.session.scalars(select(PhotoConsent)).all()) == 2


def test_a_photo_with_somebody_without_a_consent_is_refused_by_name(visitor, session, child):
    url = f"/clubs/sessions/{session.id}/photos/"
    visitor.get(url)
    assert "нет согласия" in visitor.text
    visitor.post(url, status=422, picture=upload(), people=str(child.id), caption="Лепим")
    assert "Лебедева В. — выберите" in visitor.text
    assert visitor.page.xpath(f"//main//a[@href='/clubs/{session.club_id}/participants']")
    assert visitor.page.xpath("//input[@name='caption']/@value") == ["Лепим"]
    assert db.session.scalars(select(SessionPhoto)).all() == []
    assert db.session.scalars(select(StoredFile)).all() == []


def test_a_consent_given_after_the_session_does_not_reach_back(club, leader):
    yesterday = make_session(club, clock.today() - timedelta(1), status="held")
    child = make_recipient(club)
    make_booking(yesterday, child, status="came")
    consent(child, leader)
    with refuses("photo_refused"):
        photos.add_photo(yesterday.id, [child.id], "", (b"x", "image/jpeg"), leader.id)


def test_a_photo_is_shown_until_a_consent_is_withdrawn(visitor, app, session, child, leader):
    consent(child, leader)
    url = f"/clubs/sessions/{session.id}/photos/"
    visitor.post(url, picture=upload(), people=str(child.id))
    photo_id = db.session.scalars(select(SessionPhoto.id)).one()
    data = visitor.get(f"{url}{photo_id}").data
    shown = Image.open(io.BytesIO(data))
    assert shown.size == (1600, 800) and b"Camera" not in data
    Client(app, make_user("specialist")).get(f"{url}{photo_id}", status=403)
    Client(app, make_user("pedagogue")).get(f"{url}{photo_id}", status=404)
    visitor.get(url)
    assert "Лебедева В." in visitor.text
    photo_consents.withdraw_consent(child.id, clock.today(), leader.id)
    visitor.get(url)
    assert "Лебедева" not in visitor.page.xpath("string(//ul[@class='photos'])")
    assert "1 фото скрыто" in visitor.text
    visitor.get(f"{url}{photo_id}", status=404)


def test_who_is_on_a_picture_must_be_said(visitor, session, child, leader):
    consent(child, leader)
    url = f"/clubs/sessions/{session.id}/photos/"
    visitor.post(url, status=422, picture=upload())
    visitor.post(url, status=422, picture=upload(), people=str(child.id), nobody="y")
    visitor.post(url, picture=upload(), nobody="y")
    stranger = make_recipient()
    consent(stranger, leader)
    visitor.post(url, status=422, picture=upload(), people=str(stranger.id))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4 no picture", b"<svg onload='alert(1)'/>", b"GIF89a...."])
def test_what_is_no_picture_is_not_taken(visitor, session, child, data):
    visitor.post(f"/clubs/sessions/{session.id}/photos/", status=422, picture=upload(data), nobody="y")
    assert db.session.scalars(select(StoredFile)).all() == []


def test_no_photo_of_a_session_to_come_or_cancelled(club, leader):
    for code, row in (
        ("photo_early", make_session(club, clock.today() + timedelta(7))),
        ("session_cancelled", make_session(club, clock.today(), slot=None, status="cancelled")),
    ):
        with refuses(code):
            photos.add_photo(row.id, [], "", (b"x", "image/jpeg"), leader.id)


def test_a_deleted_photo_is_gone_with_its_file(visitor, session, child, leader):
    consent(child, leader)
    url = f"/clubs/sessions/{session.id}/photos/"
    visitor.post(url, picture=upload(), people=str(child.id))
    photo_id = db.session.scalars(select(SessionPhoto.id)).one()
    name = db.session.scalars(select(StoredFile.name)).one()
    visitor.post(f"{url}{photo_id}/delete")
    db.session.rollback()
    for table in (SessionPhoto, PhotoPerson, StoredFile):
        assert db.session.scalars(select(table)).all() == []
    with pytest.raises(FileNotFoundError):
        files.read(name)
    assert audit.verify()[1] is None


def test_the_database_itself_lets_nobody_on_a_picture_without_a_consent(session, child, leader):
    photo_id = photos.add_photo(session.id, [], "", (b"x", "image/jpeg"), leader.id)
    with pytest.raises(IntegrityError), technical() as s:
        s.add(PhotoPerson(photo_id=photo_id, member_id=child.id))


def test_a_consent_is_recorded_and_withdrawn_on_the_page_of_the_group(visitor, club, child):
    url = f"/clubs/{club.id}/photo-consents/{child.id}/"
    visitor.get(f"/clubs/{club.id}/participants")
    assert visitor.page.xpath(f"//a[@href='{url}']")
    today = clock.today().isoformat()
    visitor.post(url, status=422, signer_id=str(parent_of(child).id), given_on="2126-01-01")
    visitor.post(url, signer_id=str(parent_of(child).id), given_on=today, scan=upload(name="scan.jpg"))
    visitor.get(url)
    assert visitor.get(url + "scan").mimetype == "image/jpeg"
    visitor.get(url + "withdraw")
    visitor.post(url + "withdraw", withdrawn_on=today)
    visitor.get(url + "withdraw", status=303)
    visitor.get(url + "scan", status=404)
    visitor.get(f"/clubs/{club.id}/photo-consents/{make_recipient().id}/", status=404)


def test_who_has_left_the_club_still_withdraws_the_consent(visitor, session, club, child, leader):
    consent(child, leader)
    page, url = f"/clubs/sessions/{session.id}/photos/", f"/clubs/{club.id}/photo-consents/{child.id}/"
    visitor.post(page, picture=upload(), people=str(child.id))
    actions.leave_club(club.id, child.id, leader.id)
    visitor.get(f"/clubs/{club.id}/participants")
    assert visitor.page.xpath(f"//*[@id='former']//a[@href='{url}']")
    visitor.get(url)
    visitor.post(url + "withdraw", withdrawn_on=clock.today().isoformat())
    visitor.get(page)
    assert "1 фото скрыто" in visitor.text
    visitor.get(f"/clubs/{club.id}/participants")
    assert not visitor.page.xpath("//*[@id='former']")
    visitor.get(url, status=404)


def test_a_consent_outlives_the_club_and_is_withdrawn_all_the_same(visitor, club, child, leader):
    consent(child, leader)
    actions.close_club(club.id, clock.today(), leader.id)
    page = f"/clubs/{club.id}/participants"
    visitor.get(f"/clubs/{club.id}")
    assert visitor.page.xpath(f"//a[@href='{page}']")
    visitor.get(page)
    assert not visitor.page.xpath("//*[@id='q']") and not visitor.page.xpath("//main//form")
    visitor.get(visitor.page.xpath("//*[@id='former']//a/@href")[0])
    visitor.get(visitor.page.xpath("//main//a[contains(@href, 'withdraw')]/@href")[0])
    visitor.post(f"/clubs/{club.id}/photo-consents/{child.id}/withdraw", withdrawn_on=str(clock.today()))
    assert photo_consents.current(child.id) is None
