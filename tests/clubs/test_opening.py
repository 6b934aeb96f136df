"""From when on attendance is marked, as the center's clock shows it."""

from datetime import time, timedelta

from portal import clock
from tests.client import Client
from tests.factories import make_booking, make_club, make_recipient, make_session, make_user


def test_the_hour_is_that_of_the_center(app):
    leader = make_user("pedagogue")
    club = make_club(leader)
    session = make_session(club, clock.today() + timedelta(1), starts_at=time(15))
    make_booking(session, make_recipient(club))
    client = Client(app, leader)
    client.get(f"/clubs/sessions/{session.id}/attendance")
    assert "с 14:30" in client.text
