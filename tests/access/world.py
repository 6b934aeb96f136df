"""A small centre in which everybody has something of their own, and something is another's."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from flask import Flask

from portal import clock, files
from portal.accounts.models import User
from portal.accounts.sessions import digest
from portal.alerts.models import Alert
from portal.clubs.group_models import InpatientStay
from portal.consilium.minutes_models import Minutes, MinutesSignature
from portal.consilium.models import Decision, Item, ItemPaper, Meeting, MeetingSeat
from portal.contacts.models import Contact
from portal.db import technical
from portal.deputies.models import Deputy
from portal.families.models import Consent, Family, StoredFile
from portal.intake.models import Agreement, Intake
from portal.jobs.models import Job
from portal.journal.models import JournalEntry
from portal.mail.models import Mail
from portal.norms.models import Exemption, NormsRow
from portal.patronage.models import Patronage
from portal.programs.models import HomeTask, Program
from portal.referrals.models import Referral, SupportLink
from portal.schedule.models import CalendarFeed
from tests.access.club_world import PIXEL, club_of, photo_of
from tests.access.file_world import archive_of, former_of, made_for, taken_by
from tests.access.imports_world import imported
from tests.access.matrix import LETTERS
from tests.access.paper_world import registered, template_of
from tests.factories import (
    make_assignment,
    make_consent,
    make_diagnosis,
    make_family,
    make_patronage,
    make_plan,
    make_roll,
    make_user,
)

STEPS: dict[str, object] = {"procedure_id": 1, "code": "agree_call", "branch": "refusal"}


@dataclass
class World:
    """The people by role, and for each role the ids of what is its own and what is another's."""

    app: Flask
    people: dict[str, int] = field(default_factory=dict)
    own: dict[str, dict[str, object]] = field(default_factory=dict)
    other: dict[str, object] = field(default_factory=dict)


def build(app: Flask) -> World:
    """Make it; an application context must be open."""
    users = {role: make_user(role, username=role) for role in LETTERS.values()}
    lead, leader = make_user("specialist"), make_user("pedagogue")
    make_roll(users["chair"], [users["member"]], users["secretary"])
    world = World(app, {role: user.id for role, user in users.items()})
    held = _meeting(users, "closed")
    theirs = _decided(held, _family(lead, "Чужая"))
    agenda, draft = _meeting(users, "convened"), _meeting(users, "draft")
    world.other = _ids(theirs) | club_of(leader) | {"meeting_id": draft.id, "user_id": lead.id}
    world.other["signature_id"] = _signature(draft, users["chair"])
    world.other["item_id"] = _item(draft, make_patronage(make_family("Черновая"), "submitted").id)
    discussed = _decided(held, _family(lead, "Обсуждаемая"))
    with technical() as s:
        s.add(Item(meeting_id=agenda.id, position=2, kind="remove", patronage_id=discussed["patronage_id"]))
    club = club_of(users["pedagogue"])
    norms = {"version_id": _norms(users["admin"])}
    world.other |= norms
    on_agenda = {
        "meeting_id": agenda.id,
        "signature_id": _signature(agenda, users["chair"]),
        "item_id": _item(agenda, make_patronage(make_family(), "submitted").id),
    }
    for role, user in users.items():
        works = role in ("specialist", "pedagogue")
        worked_with = _decided(held, _family(user, "Своя")) if works else discussed
        entry = worked_with["entry_id"] if worked_with is not discussed else _entry(discussed, user)
        mine = _ids(worked_with) | {"entry_id": entry}
        world.own[role] = mine | club | on_agenda | norms | {"user_id": lead.id} | imported(role, user)
    of_specialist, of_head, of_another = (
        _deputy(away, users["admin"]) for away in (lead, users["head"], make_user("head"))
    )
    for role in users:
        world.own[role]["photo_id"] = photo_of(club["session_id"], lead)  # each their own to delete
        world.own[role]["handing_id"] = made_for(users[role], world.own[role]["family_id"])
        world.own[role]["taking_id"] = taken_by(users[role])
        world.own[role]["archive"] = archive_of(users[role])
        world.own[role]["deputy_id"] = of_head if role == "admin" else of_specialist
    world.other["deputy_id"] = of_another
    world.other |= {"handing_id": made_for(lead, world.other["family_id"]), "archive": archive_of(lead)}
    world.other["taking_id"] = taken_by(lead)
    world.other |= {"assignment_id": world.own["head"]["assignment_id"]} | imported("", lead)
    with technical() as s:
        s.add(CalendarFeed(user_id=lead.id, token_hash=digest("secret"), made_at=clock.now()))
    for role, user in users.items():
        world.own[role]["job_id"] = _job(user)
    world.other["job_id"] = _job(lead)
    for version, ids in enumerate((*world.own.values(), world.other), 1):
        ids |= {"feed": "secret", "template_id": template_of(version, users["admin"])}
        ids |= STEPS | {"paper_id": _paper(ids["item_id"], lead), "mail_id": _mail(lead)}
        ids |= registered(ids["family_id"], ids["consent_id"], lead)
    return world


def _ids(made: dict[str, int]) -> dict[str, object]:
    return {name: value for name, value in made.items() if name != "patronage_id"}


def _entry(family: dict[str, int], worker: User) -> int:
    """A journal entry of the worker, with a scan."""
    with technical() as s:
        number = 1 + s.query(JournalEntry).count()
        day, scan = clock.today(), s.get_one(Consent, family["consent_id"]).scan_id
        entry = JournalEntry(
            year=day.year, month=day.month, number=number, day=day, minutes=60, kind="visit", file_id=scan,
            family_id=family["family_id"], patronage_id=family["patronage_id"], worker_id=worker.id,
            created_at=clock.now(),
        )  # fmt: skip
        s.add(entry)
        s.flush()
        return entry.id


def _family(lead: User, surname: str) -> dict[str, int]:
    """A family on patronage with its lead, an involved specialist, and a consent with a scan."""
    family: Family = make_family(surname)
    patronage = make_patronage(family, lead=lead)
    involved = make_assignment(patronage, make_user("specialist"), "involved")
    consent: Consent = make_consent(family)
    name, digest = files.keep(PIXEL)
    with technical() as s:
        scan = StoredFile(name=name, media_type="image/jpeg", size=1, sha256=digest, uploaded_at=clock.now())
        s.add(scan)
        s.flush()
        s.get_one(Consent, consent.id).scan_id = scan.id
        contact = Contact(
            patronage_id=patronage.id, user_id=lead.id, kind="visit", state="planned", day=clock.today(),
            starts_at=time(10, family.id % 60), minutes=1, created_by_id=lead.id, created_at=clock.now(),
        )  # fmt: skip
        exemption = Exemption(
            patronage_id=patronage.id, starts_on=clock.today(), ends_on=clock.today(), reason="отъезд",
            approved_by_id=lead.id, approved_at=clock.now(),
        )  # fmt: skip
        s.add_all([contact, exemption])
        s.add(Intake(patronage_id=patronage.id, kind="application", received_on=clock.today(), version=1,
                     entered_by_id=lead.id, entered_at=clock.now()))  # fmt: skip
        agreement = Agreement(
            patronage_id=patronage.id, number="1", signed_on=clock.today(), scan_id=scan.id,
            representative_id=family.members[0].id, recorded_by_id=lead.id, recorded_at=clock.now(),
        )  # fmt: skip
        s.add(agreement)
        s.flush()
        alert = Alert(
            patronage_id=patronage.id, kind="refusal", contact_id=contact.id, raised_by_id=lead.id,
            raised_at=clock.now(), state="decided", decision="visit", answer="-", assignee_id=lead.id,
            due_on=clock.today(), decided_by_id=lead.id, decided_at=clock.now(),
        )  # fmt: skip
        s.add(alert)
        s.flush()
    made = _support(family, patronage, lead) | {
        "exemption_id": exemption.id,
        "agreement_id": agreement.id,
        "alert_id": alert.id,
        "contact_id": contact.id,
        "diagnosis_id": make_diagnosis(patronage, lead, state="approved").id,
        "plan_id": make_plan(patronage, lead).id,
        "family_id": family.id,
        "patronage_id": patronage.id,
        "consent_id": consent.id,
        "assignment_id": involved.id,
        "stay_id": _stay(family.members[1].id, lead),
        "person_id": family.members[0].id,
        "former_id": former_of(family, lead),
    }
    return made | {"entry_id": _entry(made, lead)}


def _stay(member_id: int, by: User) -> int:
    """A child's inpatient care that is over."""
    day = clock.today() - timedelta(90)
    with technical() as s:
        row = InpatientStay(
            member_id=member_id, starts_on=day, ends_on=day, recorded_by_id=by.id, recorded_at=clock.now()
        )
        s.add(row)
        s.flush()
        return row.id


def _support(family: Family, patronage: Patronage, lead: User) -> dict[str, int]:
    """A program with a home task, a referral, somebody who supports the family."""
    by: dict[str, Any] = {"created_by_id": lead.id, "created_at": clock.now()}
    day = clock.today()
    program = Program(
        member_id=family.members[1].id, kind="ipr", setting="semi", starts_on=day, current=True, **by
    )
    referral = Referral(
        patronage_id=patronage.id, kind="ordinary", body="school", addressee="Школа", request="?",
        personal_data=False, sent_on=day, due_on=day, remind_on=day, **by,
    )  # fmt: skip
    link = SupportLink(family_id=family.id, kind="relative", who="бабушка", **by)
    with technical() as s:
        s.add_all([program, referral, link])
        s.flush()
        task = HomeTask(program_id=program.id, author_id=lead.id, body="Читать", starts_on=day, **by)
        s.add(task)
        s.flush()
    return {
        "program_id": program.id,
        "task_id": task.id,
        "referral_id": referral.id,
        "link_id": link.id,
    }


def _deputy(away: User, maker: User) -> int:
    """Somebody who stands in for the colleague next week."""
    first, deputy = clock.today() + timedelta(7), make_user("specialist")
    with technical() as s:
        row = Deputy(
            user_id=away.id, deputy_id=deputy.id, starts_on=first, ends_on=first,
            reason="leave", made_by_id=maker.id, made_at=clock.now(),
        )  # fmt: skip
        s.add(row)
        s.flush()
        return row.id


def _meeting(users: dict[str, User], status: str) -> Meeting:
    day = clock.today()
    with technical() as s:
        number = 1 + s.query(Meeting).count()
        meeting = Meeting(
            number=number,
            year=day.year,
            held_on=day,
            starts_at=clock.now().time(),
            status=status,
            created_by_id=users["secretary"].id,
        )
        s.add(meeting)
        s.flush()
        for seat in ("chair", "member"):
            s.add(MeetingSeat(meeting_id=meeting.id, user_id=users[seat].id, seat=seat, votes=True))
    return meeting


def _signature(meeting: Meeting, user: User) -> int:
    """A signature on paper under its minutes, with the scan."""
    name, digest = files.keep(PIXEL)
    with technical() as s:
        s.add(Minutes(meeting_id=meeting.id, version=1, heard="", digest="", chain=""))
        s.flush()
        signature = MinutesSignature(
            meeting_id=meeting.id, user_id=user.id, how="paper", digest="", signed_at=clock.now(),
            entered_by_id=user.id, scan=name, scan_type="image/jpeg", scan_sha256=digest,
        )  # fmt: skip
        s.add(signature)
        s.flush()
        return signature.id


def _item(meeting: Meeting, patronage_id: int, **fields: Any) -> int:
    with technical() as s:
        item = Item(
            meeting_id=meeting.id,
            position=1,
            kind="enroll",
            patronage_id=patronage_id,
            regime="planned",
            term="long",
            **fields,
        )
        s.add(item)
        s.flush()
        return item.id


def _decided(meeting: Meeting, family: dict[str, int]) -> dict[str, int]:
    """The family with the decision that has enrolled it."""
    item_id = _item(meeting, family["patronage_id"], status="carried")
    with technical() as s:
        decision = Decision(
            year=meeting.year, number=1 + s.query(Decision).count(), item_id=item_id, kind="enroll",
            patronage_id=family["patronage_id"], carried=True, decided_on=meeting.held_on,
        )  # fmt: skip
        s.add(decision)
        s.flush()
        return family | {"decision_id": decision.id}


def _paper(item_id: Any, by: User) -> int:
    """A paper that lies with the item."""
    name, digest = files.keep(PIXEL)
    with technical() as s:
        paper = ItemPaper(
            item_id=item_id, title="справка", file=name, file_type="image/jpeg", sha256=digest,
            added_by_id=by.id, added_at=clock.now(),
        )  # fmt: skip
        s.add(paper)
        s.flush()
        return paper.id


def _mail(reader: User) -> int:
    """A letter that did not go."""
    now = clock.now()
    with technical() as s:
        mail = Mail(
            user_id=reader.id, reference=f"letter-{s.query(Mail).count()}", subject="-", body="-", problem="server",
            next_at=now, useless_at=now + timedelta(1), written_at=now,
        )  # fmt: skip
        s.add(mail)
        s.flush()
        return mail.id


def _job(user: User) -> int:
    """A task that was cancelled, as its owner knows."""
    now = clock.now()
    with technical() as s:
        job = Job(
            kind="papers.week",
            params='{"day": "2026-11-23"}',
            user_id=user.id,
            state="cancelled",
            made_at=now,
        )
        job.finished_at = job.seen_at = now
        s.add(job)
        s.flush()
        return job.id


def _norms(admin: User) -> int:
    """Norms that begin next year."""
    values: dict[str, object] = {f"{name}_count": 1 for name in ("emergency", "planned", "control")}
    values |= {f"{name}_unit": "week" for name in ("emergency", "planned", "control")}
    with technical() as s:
        row = NormsRow(
            starts_on=clock.today() + timedelta(400),
            basis="приказ",
            made_by_id=admin.id,
            made_at=clock.now(),
            **values,
        )
        s.add(row)
        s.flush()
        return row.id
