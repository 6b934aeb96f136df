"""The card on a phone begins with what a specialist does every day."""

from datetime import time

from portal import clock
from portal.contacts import actions
from portal.db import technical
from portal.families.models import Family
from tests.client import Client
from tests.factories import make_family, make_patronage, make_user


def test_the_card_begins_with_what_is_done_every_day(app):
    lead = make_user("specialist")
    patronage, client = make_patronage(make_family(), lead=lead), Client(app, lead)
    card = f"/families/{patronage.family_id}"
    new = f"{card}/contacts/new"
    with technical() as session:
        session.get_one(Family, patronage.family_id).phone = "+79001234567"
    client.get(card)
    assert client.page.xpath("//*[@id='daily']/a/@href") == ["tel:+79001234567", new, f"{new}?done=1"]
    when = {"day": clock.today(), "starts_at": time(12), "minutes": 60}
    contact_id = actions.plan_contact(patronage.id, lead.id, lead.id, kind="visit", **when)
    client.get(card)
    first = client.page.xpath("//*[@id='daily']/a")[0]
    assert first.get("href") == f"/contacts/{contact_id}/run"
    assert first.text_content() == f"Провести визит {clock.today():%d.%m.%Y}"
    client.get(first.get("href"))
    for status in ("removed", "identified"):
        other = make_patronage(make_family("Иная"), status, lead=lead)
        reader = Client(app, make_user("head"))
        reader.get(f"/families/{other.family_id}")
        assert not reader.page.xpath("//*[@id='daily']")
