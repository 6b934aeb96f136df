"""Many papers at once: which they are, what becomes of one that cannot be made, and how they are bound."""

import io
import json
import zipfile
from datetime import time, timedelta

import pikepdf
import pytest
from flask import Flask
from pikepdf import Array, Dictionary, Name
from sqlalchemy import delete, insert, select, update

from portal import clock, files
from portal.access import Role
from portal.accounts.models import RoleGrant, User
from portal.audit import FamilyLook
from portal.consilium import actions as meeting_actions
from portal.consilium import decisions
from portal.contacts.models import Contact
from portal.db import db, technical
from portal.families import queries as families
from portal.jobs import actions, worker
from portal.jobs.models import Job
from portal.jobs.work import Stopped
from portal.journal.models import JournalEntry
from portal.papers import actions as register
from portal.papers import bulk, bulk_join, catalog, making, periods
from portal.papers.bulk_places import PLACES
from portal.patronage.models import Assignment, Patronage
from portal.rules.weekly_limit import week_of
from tests.client import Client
from tests.consilium.rows import make_people, make_vote, vote_all
from tests.counting import counted
from tests.factories import make_family, make_patronage, make_user
from tests.papers.reading import pages_of
from tests.refusals import refuses


def monday() -> str:
    return week_of(clock.today()).isoformat()


def meet(user: User, count: int = 1, surname: str = "Соколова", state: str = "planned") -> Patronage:
    """A family led by the user, with contacts in this week."""
    patronage = make_patronage(make_family(surname), lead=user)
    first = week_of(clock.today())
    written = {"created_by_id": user.id, "created_at": clock.now()}
    if state == "cancelled":
        written |= {"closed_at": clock.now()}
    with technical() as s:
        for number in range(count):
            when = {
                "day": first + timedelta(number % 5),
                "starts_at": time(8, patronage.id % 60, number),
                "minutes": 30,
            }
            values = {"patronage_id": patronage.id, "user_id": user.id, "kind": "visit", "state": state}
            s.add(Contact(**values, **when, **written))
    return patronage


def week(user: User, whose: str = "mine", form: str = "pdf", **more: object) -> int:
    return actions.begin("papers.week", {"day": monday(), "whose": whose, "as": form} | more, user.id)


def done(job_id: int) -> tuple[Job, bytes]:
    while worker.do_next():
        pass
    db.session.rollback()
    job = db.session.get_one(Job, job_id, populate_existing=True)
    return job, files.read(job.file, "results") if job.file else b""


def texts(data: bytes) -> list[str]:
    return pages_of(data)


def test_the_sheets_of_a_week_are_one_pdf(app: Flask) -> None:
    user = make_user("specialist")
    families = {meet(user, 2, "Соколова").family_id, meet(user, 1, "Воробьёва").family_id}
    meet(make_user("specialist"), 1, "Чужова")
    meet(user, 1, "Отменова", state="cancelled")
    job, data = done(week(user))
    assert (job.state, job.total, job.missing, job.file_name) == (
        "done",
        3,
        0,
        f"visit-sheets-{monday()}.pdf",
    )
    assert set(json.loads(job.families)) == families
    whole = " ".join(texts(data))
    assert whole.count("Соколов") >= 2 and "Воробьёв" in whole
    assert "Чужов" not in whole and "Отменов" not in whole


def test_the_department_is_for_the_head_and_a_family_for_whoever_works_with_it(app: Flask) -> None:
    user, head = make_user("specialist"), make_user("head")
    own, other = meet(user), meet(make_user("specialist"))
    params = {"day": monday(), "whose": "all", "as": "pdf"}
    assert len(PLACES["week"].choose(head, params)) == 2
    with refuses("no_right"):
        week(user, "all")
    for patronage, count in ((own, 1), (other, 0)):
        of_one = params | {"whose": "family", "family": patronage.family_id}
        assert len(PLACES["week"].choose(user, of_one)) == count


@pytest.mark.parametrize(("form", "suffix", "begins"), [("zip", "pdf", b"%PDF-"), ("docx", "docx", b"PK")])
def test_an_archive_holds_each_paper_under_its_number(
    app: Flask, form: str, suffix: str, begins: bytes
) -> None:
    user = make_user("specialist")
    meet(user, 2)
    job, data = done(week(user, form=form))
    ids = sorted(db.session.scalars(select(Contact.id)))
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        assert sorted(pack.namelist()) == [f"visit-sheet-{one}.{suffix}" for one in ids]
        assert all(pack.read(name).startswith(begins) for name in pack.namelist())
    assert job.file_type == "application/zip"


def test_what_cannot_be_made_is_named_by_its_number_and_not_by_its_family(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user("specialist")
    meet(user, 3)
    broken, *_rest = sorted(db.session.scalars(select(Contact.id)))
    make = making.make

    def fails(kind, object_id, *rest, **more):  # type: ignore[no-untyped-def]
        if object_id == broken:
            raise ValueError("Соколова")
        return make(kind, object_id, *rest, **more)

    monkeypatch.setattr(making, "make", fails)
    job, data = done(week(user))
    last = texts(data)[-1]
    assert (job.state, job.missing) == ("done", 1)
    assert f"visit-sheet-{broken}" in last and "Соколов" not in last
    job, data = done(week(user, form="zip"))
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        assert "not-made.pdf" in pack.namelist() and len(pack.namelist()) == 3


def test_reach_lost_while_it_waits_takes_the_paper_out(app: Flask) -> None:
    user = make_user("specialist")
    lost, kept = meet(user, 1, "Соколова"), meet(user, 1, "Воробьёва")
    job_id = week(user)
    with technical() as s:
        s.execute(update(Assignment).where(Assignment.patronage_id == lost.id).values(ends_on=clock.today()))
    job, data = done(job_id)
    assert json.loads(job.families) == [kept.family_id]
    assert "Соколов" not in " ".join(texts(data))


def test_reach_lost_afterwards_keeps_the_file_shut(app: Flask) -> None:
    user = make_user("specialist")
    lost = meet(user)
    job_id = week(user)
    done(job_id)
    client = Client(app, user)
    client.get(f"/jobs/{job_id}/file")
    with technical() as s:
        s.execute(update(Assignment).where(Assignment.patronage_id == lost.id).values(ends_on=clock.today()))
    client.get(f"/jobs/{job_id}/file", 303)
    looks = select(FamilyLook).where(FamilyLook.page == "bulk")
    assert len(list(db.session.scalars(looks))) == 1


def test_who_lost_the_right_to_print_gets_no_file_even_where_the_family_is_seen(app: Flask) -> None:
    user = make_user("specialist", "head")
    meet(user)
    job_id = week(user)
    done(job_id)
    client = Client(app, user)
    client.get(f"/jobs/{job_id}/file")
    with technical() as s:
        s.execute(delete(RoleGrant).where(RoleGrant.user_id == user.id))
        s.execute(insert(RoleGrant).values(user_id=user.id, role=Role.SECRETARY))
        s.execute(update(Patronage).values(status="submitted"))
    assert families.get_family(db.session.get_one(User, user.id, populate_existing=True), 1) is not None
    client.get(f"/jobs/{job_id}/file", 303)


def test_nothing_to_make_and_too_much_are_refused_in_the_form(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user("specialist")
    client = Client(app, user)
    sent = {"week": monday(), "whose": "mine", "file": "pdf"}
    client.get("/papers/bulk/week")
    client.post("/papers/bulk/week", 422, **sent)
    assert "нет" in client.text
    meet(user, 2)
    monkeypatch.setattr(bulk, "MOST", 1)
    client.post("/papers/bulk/week", 422, **sent)
    monkeypatch.undo()
    client.post("/papers/bulk/week", **sent)
    job = db.session.scalars(select(Job)).one()
    assert (job.user_id, json.loads(job.params)) == (user.id, {"as": "pdf", "day": monday(), "whose": "mine"})


def test_choosing_asks_as_much_for_many_as_for_one(app: Flask) -> None:
    user = make_user("specialist")
    meet(user)
    params = {"day": monday(), "whose": "mine", "as": "pdf"}
    with counted() as one:
        PLACES["week"].choose(user, params)
    for _ in range(4):
        meet(user, 3)
    db.session.rollback()
    with counted() as many:
        assert len(PLACES["week"].choose(user, params)) == 13
    assert len(many) == len(one)


@pytest.mark.parametrize("code", ["family-card", "support-plan"])
def test_cards_of_ones_families(app: Flask, code: str) -> None:
    user, other = make_user("specialist"), make_user("specialist")
    own = meet(user)
    meet(other)
    params = {"codes": [code], "whose": "mine", "as": "pdf"}
    chosen = PLACES["families"].choose(user, params)
    expected = [(code, own.family_id, own.family_id)] if code == "family-card" else []
    assert chosen == expected, "a plan that is not in force is no plan"


def test_whoever_may_not_print_the_kind_may_not_ask_for_many(app: Flask) -> None:
    member = make_user("member")
    for place, params in (
        ("week", {"day": monday(), "whose": "mine"}),
        ("families", {"codes": ["family-card"]}),
    ):
        with refuses("no_right"):
            actions.begin(f"papers.{place}", params | {"as": "pdf"}, member.id)


def test_extracts_and_orders_of_a_meeting(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "for", "for")
    decisions.close_item(item_id, people.chair.id)
    params = {"meeting": meeting_id, "codes": ["extract", "enrollment-order", "removal-order"], "as": "pdf"}
    waits = actions.begin("papers.meeting", params, people.secretary.id)
    job, _data = done(waits)
    assert job.missing == 1, "the extract is given once the meeting is over"
    meeting_actions.close_meeting(meeting_id, people.chair.id)
    job, data = done(actions.begin("papers.meeting", params, people.secretary.id))
    assert (job.state, job.total, job.missing) == ("done", 2, 0)
    assert json.loads(job.families) == [patronage.family_id]
    assert "Соколов" in " ".join(texts(data))
    with refuses("no_right"):
        actions.begin("papers.meeting", params, people.chair.id)
    secretary = Client(app, people.secretary)
    secretary.get(f"/consilium/meetings/{meeting_id}")
    assert secretary.page.xpath(f"//a[@href='/papers/bulk/meetings/{meeting_id}']")
    secretary.get(f"/papers/bulk/meetings/{meeting_id}")
    secretary.post(f"/papers/bulk/meetings/{meeting_id}", 422, file="pdf")
    secretary.post(f"/papers/bulk/meetings/{meeting_id}", file="zip", codes="extract")
    secretary.get(f"/jobs/{job.id}/file")


def write_up(user: User, patronage: Patronage, number: int) -> None:
    day = clock.today()
    with technical() as s:
        s.add(
            JournalEntry(
                year=day.year, month=day.month, number=number, day=day, minutes=60, kind="visit",
                family_id=patronage.family_id, patronage_id=patronage.id, worker_id=user.id, created_at=clock.now(),
            )
        )  # fmt: skip


def test_journals_of_a_quarter(app: Flask) -> None:
    user, other, head = make_user("specialist"), make_user("specialist"), make_user("head")
    own, theirs = (
        make_patronage(make_family("Соколова"), lead=user),
        make_patronage(make_family("Чужова"), lead=other),
    )
    write_up(user, own, 1)
    write_up(other, theirs, 2)
    db.session.rollback()
    params = {"day": clock.today().isoformat(), "of": "mine", "as": "pdf"}
    job, data = done(actions.begin("papers.journal", params, user.id))
    assert (job.total, json.loads(job.families)) == (1, [own.family_id])
    assert "Соколов" in " ".join(texts(data)) and "Чужов" not in " ".join(texts(data))
    for of, count in (("center", 1), ("each", 2)):
        with refuses("no_right"):
            actions.begin("papers.journal", params | {"of": of}, user.id)
        job, data = done(actions.begin("papers.journal", params | {"of": of}, head.id))
        assert (job.total, len(json.loads(job.families))) == (count, 2)
        assert "Чужов" in " ".join(texts(data))
    client = Client(app, user)
    client.get("/papers/bulk/journal")
    first = client.page.xpath("//select[@name='period']/option/@value")[0]
    client.post("/papers/bulk/journal", 422, file="pdf", of="center", period=first)
    client.post("/papers/bulk/journal", file="pdf", of="mine", period=first)


def test_journals_of_a_month_and_of_a_department(app: Flask) -> None:
    user, other = make_user("specialist", department="Первое"), make_user("specialist", department="Второе")
    own, theirs = (
        make_patronage(make_family("Соколова"), lead=user),
        make_patronage(make_family("Чужова"), lead=other),
    )
    write_up(user, own, 1)
    write_up(other, theirs, 2)
    db.session.rollback()
    today, head = clock.today(), Client(app, make_user("head"))
    month, earlier = periods.month(today).id, periods.month(today.replace(year=today.year - 4, day=1)).id
    head.get(f"/journal/month?department=Второе&month={today:%Y-%m}")
    (link,) = head.page.xpath("//main//a[starts-with(@href, '/papers/bulk/journal')]/@href")
    head.get(link)
    assert head.page.xpath("//select[@name='period']/option[@selected]/@value") == [str(month)]
    (whose,) = head.page.xpath("//input[@name='of' and @checked]/@value")
    head.post(link, file="pdf", of=whose, period=month)
    job = db.session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert job is not None and "Второе" not in job.params, "a task is asked for by numbers"
    job, data = done(job.id)
    said = " ".join(texts(data))
    assert (job.total, json.loads(job.families)) == (1, [theirs.family_id])
    assert "Чужов" in said and "Соколов" not in said and "квартал" not in said
    head.get(f"/papers/bulk/journal?period={earlier}")
    assert head.page.xpath("//select[@name='period']/option[@selected]/@value") == [str(earlier)]
    head.get("/papers/bulk/journal?period=99&department=Такого нет")
    Client(app, user).post("/papers/bulk/journal", 422, file="pdf", of=whose, period=month)


def test_a_registered_paper_comes_as_it_was_registered(app: Flask) -> None:
    user = make_user("specialist")
    patronage = make_patronage(make_family("Соколова"), lead=user)
    kind = catalog.KINDS["family-card"]
    if kind.is_registered:
        register.register(kind, patronage.family_id, clock.today(), user.id)
        made = making.make(kind, patronage.family_id, "pdf", number="1", day=clock.today())
        _job, data = done(
            actions.begin("papers.families", {"codes": [kind.code], "whose": "mine", "as": "pdf"}, user.id)
        )
        assert texts(data) == texts(made)


def papers(count: int) -> list[bulk.Made]:
    kind = catalog.KINDS["visit-sheet"]
    from portal.papers import layouts, pdf

    facts = kind.sample | making.common()
    made = pdf.draw(layouts.read(kind.code), facts)
    return [bulk.Made(kind.code, number, made) for number in range(count)]


def test_what_is_bound_stays_tagged(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """ISO 32000-1, 14.7: each page finds its tags, each tag its page and its way to the root; ids are unique."""
    monkeypatch.setattr(bulk_join, "SHEAF", 2)
    whole = bulk_join.joined(iter(papers(5)), lambda: None, "Листы визитов")
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        root = pdf.Root.StructTreeRoot
        flat = list(root.ParentTree.Nums)
        rows = dict(zip(map(int, flat[::2]), flat[1::2], strict=True))
        numbers = [int(page.StructParents) for page in pdf.pages]
        assert len(set(numbers)) == len(numbers) and set(numbers) <= set(rows)
        assert sorted(rows) == list(map(int, flat[::2])) and max(rows) < int(root.ParentTreeNextKey)
        for page in pdf.pages:
            for element in rows[int(page.StructParents)]:
                if isinstance(element, Dictionary):
                    assert _page_of(element) == page.obj.objgen
                    assert _top(element).objgen == root.objgen
        ids = [
            bytes(one.ID)
            for one in pdf.objects
            if isinstance(one, Dictionary) and Name.ID in one and Name.S in one
        ]
        heads = {
            bytes(head)
            for one in pdf.objects if isinstance(one, Dictionary) and isinstance(one.get(Name.A), Array)
            for about in one.A if isinstance(about, Dictionary)
            for head in about.get(Name.Headers, [])
        }  # fmt: skip
        known = [bytes(name) for name in list(root.IDTree.Names)[::2]] if ids else []
        assert len(ids) == len(set(ids)) and known == sorted(ids) and heads <= set(ids)
        assert pdf.Root.MarkInfo.Marked and str(pdf.Root.Lang) == "ru-RU"
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        with pdf.open_outline() as outline:
            assert [mark.title.partition(".")[0] for mark in outline.root] == ["1", "2", "3", "4", "5"]
    assert len(texts(whole)) == 5 * len(texts(papers(1)[0].data))


def _page_of(element: object) -> object:
    while Name.Pg not in element:  # type: ignore[operator]
        kids = element.K  # type: ignore[attr-defined]
        element = next(one for one in kids if isinstance(one, Dictionary))
    return element.Pg.objgen  # type: ignore[attr-defined]


def _top(element: object) -> object:
    while Name.P in element:  # type: ignore[operator]
        element = element.P  # type: ignore[attr-defined]
    return element


def test_a_cancelled_job_leaves_the_binding(app: Flask) -> None:
    def stopped():  # type: ignore[no-untyped-def]
        yield papers(1)[0]
        raise Stopped

    with pytest.raises(Stopped):
        bulk_join.joined(stopped(), lambda: None, "Листы визитов")


def test_the_whole_department_comes_first_to_who_sees_it(app: Flask) -> None:
    for role, chosen in (("head", "all"), ("specialist", None)):
        client = Client(app, make_user(role))
        for place in ("week", "families"):
            client.get(f"/papers/bulk/{place}")
            picked = client.page.xpath("//input[@name='whose'][@checked]/@value")
            assert picked == ([chosen] if chosen else []), (role, place)
        client.get("/papers/bulk/journal")
        picked = client.page.xpath("//input[@name='of'][@checked]/@value")
        assert picked == (["center"] if chosen else []), role
