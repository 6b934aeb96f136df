"""When the meeting is over its families are closed again to the consilium, and their orders are still to be issued."""

from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from portal import clock
from portal.accounts.models import User
from portal.consilium.models import Decision, Item
from portal.db import db
from portal.papers import actions, catalog
from tests.client import Client
from tests.consilium.after import enroll, remove
from tests.consilium.rows import People, make_people
from tests.factories import make_patronage, make_user
from tests.intake.papers import representative_of

ORDER = "enrollment-order"


@pytest.fixture
def people(app: Flask) -> People:
    return make_people()


@pytest.fixture
def decision(people: People) -> Decision:
    """A family that was enrolled in a meeting that is over."""
    return enroll(people, "Котова")[0]


def _register(code: str, object_id: int, by: User) -> int:
    return actions.register(catalog.KINDS[code], object_id, clock.today(), by.id).id


def _family_of(decision: Decision) -> int:
    found = catalog.KINDS["extract"].family_of(decision.id)
    assert found
    return found


def _shown(app: Flask, user: User, query: str = "") -> set[str]:
    """The papers of the register that the user is shown."""
    client = Client(app, user)
    client.get(f"/papers/{query}")
    return set(client.page.xpath("//tbody/tr/th/a/@href"))


def _who(people: People) -> dict[str, User]:
    return {
        **{"secretary": people.secretary, "chair": people.chair, "head": people.head, "lead": people.lead},
        **{"member": people.members[0], "specialist": make_user("specialist"), "pedagogue": make_user("pedagogue")},
    }  # fmt: skip


READS = {"secretary", "chair", "head", "lead"}


@pytest.mark.parametrize("who", ["secretary", "chair", "head", "lead", "member", "specialist", "pedagogue"])
def test_who_reads_the_order_when_the_meeting_is_over(
    app: Flask, people: People, decision: Decision, who: str
) -> None:
    user = _who(people)[who]
    order = f"/papers/registered/{_register(ORDER, decision.id, people.head)}"
    status, client = 200 if who in READS else 404, Client(app, user)
    for code in (ORDER, "extract"):
        for part in ("", "/pdf", "/docx"):
            client.get(f"/papers/{code}/{decision.id}{part}", status)
    for part in ("", "/pdf"):
        client.get(f"{order}{part}", status)
    assert (order in _shown(app, user)) == (who in READS)
    assert (order in _shown(app, user, "?q=кот")) == (who in READS)


def test_the_secretary_issues_the_order_and_attaches_its_scan(
    app: Flask, people: People, decision: Decision
) -> None:
    client, here = Client(app, people.secretary), f"/papers/{ORDER}/{decision.id}"
    client.post(f"{here}/register", day=clock.today().isoformat())
    order = str(client.last.location)
    picture = BytesIO()
    Image.new("RGB", (20, 20), "white").save(picture, "PNG")
    picture.seek(0)
    client.post(f"{order}/signed", signed_on=clock.today().isoformat(), scan=(picture, "scan.png"))
    client.get(f"{order}/scan")
    assert order in _shown(app, people.secretary, "?standing=signed")
    client.post(f"{order}/void", reason="опечатка")
    assert order in _shown(app, people.secretary, "?standing=void")
    meeting_id = db.session.get_one(Item, decision.item_id).meeting_id
    for part in ("", "/pdf", "/docx"):
        client.get(f"/papers/minutes/{meeting_id}{part}")


def test_the_register_leads_the_secretary_nowhere_that_is_closed(
    app: Flask, people: People, decision: Decision
) -> None:
    _register(ORDER, decision.id, people.head)
    client = Client(app, people.secretary)
    client.get("/papers/")
    assert "Котова" in client.text
    hrefs = client.page.xpath("//main//tbody//a/@href")
    assert hrefs and [one for one in hrefs if client.http.get(one).status_code != 200] == []


def test_other_papers_of_the_family_are_closed_with_the_meeting(
    app: Flask, people: People, decision: Decision
) -> None:
    family_id = _family_of(decision)
    mother = representative_of(family_id)
    paper = f"/papers/registered/{_register('consent', mother, people.head)}"
    for user in (people.secretary, people.chair, people.members[0]):
        client = Client(app, user)
        for closed in (paper, f"{paper}/pdf", f"/papers/families/{family_id}", f"/papers/consent/{mother}"):
            client.get(closed, 404)
        assert paper not in _shown(app, user)
    assert paper in _shown(app, people.head) and paper in _shown(app, people.lead)


def test_the_order_of_removal_stays_with_who_issues_it_and_the_last_lead(app: Flask, people: People) -> None:
    decision = remove(people, make_patronage(lead=people.lead, stage="final"))
    order = f"/papers/registered/{_register('removal-order', decision.id, people.secretary)}"
    for user, seen in ((people.secretary, True), (people.lead, True), (people.members[0], False)):
        Client(app, user).get(order, 200 if seen else 404)
        assert (order in _shown(app, user)) == seen
