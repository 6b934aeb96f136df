"""Every place of the portal that takes a file: one line each in PLACES. A test finds those that are missing here.

A place gives a fresh target each time it is asked, everything but the file filled in as it should be.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from portal import clock
from portal.families.models import Family
from portal.papers import actions as papers
from portal.papers import catalog, layouts, word
from tests.access.imports_world import HEADINGS, ROWS
from tests.client import Client
from tests.consilium.rows import People, make_people
from tests.consilium.test_minutes import offered
from tests.consilium.test_papers import waiting
from tests.evil_files import picture
from tests.factories import (
    make_club,
    make_consent,
    make_family,
    make_patronage,
    make_recipient,
    make_session,
    make_user,
)
from tests.family_files.between import sent
from tests.intake.papers import representative_of, sign
from tests.journal.rows import entered, signer_of


@dataclass
class Target:
    """Where the file goes, who sends it, and what goes with it."""

    client: Client
    url: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """A form with a field for a file; `takes` names the rule by which it judges, `good` is a file that it takes."""

    endpoint: str
    form: str  # the class, as module.Class
    field: str
    takes: str  # scan | photo | drawing | register | archive | template
    target: Callable[[Flask], Target]
    good: Callable[[Flask], tuple[str, bytes]]


def _today() -> str:
    return clock.today().isoformat()


def _worked_with(app: Flask) -> tuple[Client, Family, Any]:
    lead = make_user("specialist")
    family = make_family()
    return Client(app, lead), family, (lead, make_patronage(family, lead=lead))


def _new_consent(app: Flask) -> Target:
    client, family, _rest = _worked_with(app)
    who = representative_of(family.id)
    return Target(
        client, f"/families/{family.id}/consents/new", {"representative_id": who, "given_on": _today()}
    )


def _consent_scan(app: Flask) -> Target:
    client, family, _rest = _worked_with(app)
    return Target(client, f"/families/{family.id}/consents/{make_consent(family).id}/scan/new")


def _agreement() -> dict[str, Any]:
    return {"number": "7", "signed_on": _today(), "version": 1}


def _new_agreement(app: Flask) -> Target:
    client, family, _rest = _worked_with(app)
    data = _agreement() | {"representative_id": representative_of(family.id)}
    return Target(client, f"/families/{family.id}/agreements/new", data)


def _edit_agreement(app: Flask) -> Target:
    client, family, (lead, _patronage) = _worked_with(app)
    agreement_id = sign(family.id, lead.id)
    data = _agreement() | {"representative_id": representative_of(family.id)}
    return Target(client, f"/families/{family.id}/agreements/{agreement_id}/edit", data)


def _drawn(app: Flask) -> Target:
    client, _family, (lead, patronage) = _worked_with(app)
    data = {"how": "drawn", "revision": "1", "signer_id": str(signer_of(patronage))}
    return Target(client, f"/journal/{entered(patronage, lead)}/sign", data)


def _signed_on_paper(app: Flask) -> Target:
    target = _drawn(app)
    target.data["how"] = "paper"
    return target


def _journal_scan(app: Flask) -> Target:
    target = _signed_on_paper(app)
    target.client.post(target.url, **target.data)
    return Target(target.client, target.url.replace("/sign", "/scan"))


def _photo(app: Flask) -> Target:
    leader = make_user("pedagogue")
    session = make_session(make_club(leader), clock.today())
    return Target(Client(app, leader), f"/clubs/sessions/{session.id}/photos/", {"nobody": "y"})


def _photo_consent(app: Flask) -> Target:
    leader = make_user("pedagogue")
    club = make_club(leader)
    member = make_recipient(club)
    data = {"signer_id": representative_of(member.family_id), "given_on": _today()}
    return Target(Client(app, leader), f"/clubs/{club.id}/photo-consents/{member.id}/", data)


def _people(app: Flask) -> People:
    """The consilium, once in a portal."""
    found: People = app.extensions.setdefault("people of the consilium", None) or make_people()
    app.extensions["people of the consilium"] = found
    return found


def _item_paper(app: Flask) -> Target:
    people = _people(app)
    _meeting_id, item_id = waiting(people)
    return Target(
        Client(app, people.secretary), f"/consilium/items/{item_id}/papers/new", {"title": "Справка"}
    )


def _minutes(app: Flask) -> Target:
    people = _people(app)
    meeting_id, seen = offered(people)
    data = {"seen": seen, "signers": str(people.members[0].id)}
    return Target(Client(app, people.secretary), f"/consilium/meetings/{meeting_id}/minutes/paper", data)


def _registered(app: Flask) -> Target:
    head = make_user("head")
    made = papers.register(catalog.KINDS["support-plan"], _plan(), clock.today(), head.id)
    return Target(Client(app, head), f"/papers/registered/{made.id}/signed", {"signed_on": _today()})


def _plan() -> int:
    from tests.factories import make_plan

    lead = make_user("specialist")
    return int(make_plan(make_patronage(make_family(), lead=lead), lead, "in_force").id)


def _register(app: Flask) -> Target:
    return Target(Client(app, make_user("head")), "/imports/new/families")


def _template(app: Flask) -> Target:
    return Target(Client(app, make_user("admin")), "/settings/papers/family-card")


def _archive(app: Flask) -> Target:
    return Target(Client(app, make_user("head")), "/families/file")


def _good_scan(_app: Flask) -> tuple[str, bytes]:
    return "скан.png", picture()


def _good_register(_app: Flask) -> tuple[str, bytes]:
    return "реестр.csv", f"{HEADINGS['families']}\n{ROWS['families']}\n".encode()


def _good_template(_app: Flask) -> tuple[str, bytes]:
    return "бланк.docx", word.template(layouts.read("family-card"))


def _good_archive(_app: Flask) -> tuple[str, bytes]:
    return "семья.zip", sent(make_family().id, make_user("head"))


_SCANS: tuple[tuple[str, str, Callable[[Flask], Target]], ...] = (
    ("families.new_consent", "families.forms.ConsentForm", _new_consent),
    ("families.add_scan", "families.forms.ScanForm", _consent_scan),
    ("intake.new_agreement", "intake.forms.AgreementForm", _new_agreement),
    ("intake.edit_agreement", "intake.forms.AgreementForm", _edit_agreement),
    ("journal.sign", "journal.forms.SignForm", _signed_on_paper),
    ("journal.scan", "journal.forms.PaperForm", _journal_scan),
    ("clubs.photo_consents.edit", "clubs.photo_consent_views.PhotoConsentForm", _photo_consent),
    ("consilium.new_paper", "consilium.paper_forms.PaperForm", _item_paper),
    ("consilium.sign_on_paper", "consilium.minutes_forms.PaperForm", _minutes),
    ("papers.sign", "papers.forms.SignedForm", _registered),
)
PLACES: tuple[Place, ...] = (
    *(Place(endpoint, form, "scan", "scan", target, _good_scan) for endpoint, form, target in _SCANS),
    Place("journal.sign", "journal.forms.SignForm", "drawn", "drawing", _drawn, _good_scan),
    Place("clubs.photos.index", "clubs.photo_views.PhotoForm", "picture", "photo", _photo, _good_scan),
    Place("imports.upload", "exchange.forms.WorkbookForm", "file", "register", _register, _good_register),
    Place(
        *("paper_templates.kind", "papers.template_forms.TemplateForm", "file", "template"),
        *(_template, _good_template),
    ),
    Place(
        "family_files.upload", "family_files.forms.ArchiveForm", "file", "archive", _archive, _good_archive
    ),
)
