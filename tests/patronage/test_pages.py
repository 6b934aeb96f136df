"""Who is assigned to whom: what each role sees, counts, filters, and the forms of the head."""

from datetime import timedelta

import pytest

from portal import clock
from portal.patronage import actions, loads, queries
from portal.patronage.queries import Wanted
from tests.client import Client
from tests.counting import counted
from tests.factories import make_assignment, make_consent, make_family, make_patronage, make_user

ALL_ROLES = ("admin", "head", "chair", "secretary", "member", "pedagogue", "specialist", "staff", "auditor")
NAMELESS = ("admin", "auditor")
PEDAGOGUE = "социальный педагог"


@pytest.fixture
def cast(app):
    """A lead with an emergency and a planned family, an involved psychologist, a colleague with one family."""
    lead = make_user("specialist", last_name="Жаворонкова")
    psychologist = make_user("specialist", position="педагог-психолог", last_name="Филатова")
    other = make_user("pedagogue", position=PEDAGOGUE, last_name="Дроздова")
    first = make_patronage(make_family("Щербинина"), lead=lead, regime="emergency")
    second = make_patronage(make_family("Щукина"), lead=lead)
    third = make_patronage(make_family("Щеглова"), lead=other, regime="control")
    make_assignment(first, psychologist, "involved")
    make_patronage(make_family("Щавелева"), "submitted")
    make_patronage(make_family("Щипачёва"), "removed")
    return lead, psychologist, other, first, second, third


def pages(lead):
    return ("/assignments/", "/assignments/?by=specialist", f"/assignments/{lead.id}")


@pytest.mark.parametrize("role", ALL_ROLES)
def test_names_of_families_only_for_whoever_may_know_them(app, cast, role):
    lead, *_, first, _second, _third = cast
    family = queries.episode(make_user("head"), first.family_id).family
    client = Client(app, make_user(role))
    for page in pages(lead):
        html = client.get(page).text
        assert "Жаворонкова" in html
        if role in NAMELESS:
            assert "Щ" not in html
        elif "by=" not in page:
            assert "Щербинина" in html
    assert str(family.number) in client.get("/assignments/").text
    linked = bool(client.page.xpath(f"//main//a[@href='/families/{family.id}']"))
    assert linked == (role == "head")


@pytest.mark.parametrize("role", NAMELESS)
def test_nobody_finds_out_a_name_by_searching_for_it(app, cast, role):
    user = make_user(role)
    client = Client(app, user)
    client.get("/assignments/?q=Щербинина")
    client.get("/assignments/?q=²")
    assert not client.page.xpath("//main//table")
    assert queries.assignment_page(user, Wanted("жаворонк"), None, None)["rows"]


def test_a_specialist_opens_only_their_own_cards(app, cast):
    lead, *_, first, second, third = cast
    client = Client(app, lead)
    client.get("/assignments/")
    links = set(client.page.xpath("//main//a[starts-with(@href, '/families/')]/@href"))
    assert links == {f"/families/{first.family_id}", f"/families/{second.family_id}"}
    assert "Щеглова" in client.text and third.family_id


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), {"Щербинина", "Щукина", "Щеглова"}),
        (Wanted("жаворонкова"), {"Щербинина", "Щукина"}),
        (Wanted("ФИЛАТ"), {"Щербинина"}),
        (Wanted("щук"), {"Щукина"}),
        (Wanted(regime="control"), {"Щеглова"}),
        (Wanted("щук", regime="control"), set()),
        (Wanted(lead="missing"), set()),
        (Wanted("%"), set()),
    ],
)
def test_filters(cast, wanted, expected):
    page = queries.assignment_page(make_user("head"), wanted, None, None)
    assert {row.surname for row in page["rows"]} == expected


def test_filter_by_specialist_and_by_number(cast):
    lead, psychologist, *_, first, _second, third = cast
    head = make_user("head")
    number = queries.episode(head, third.family_id).family.number
    for wanted, expected in [
        (Wanted(specialist=lead.id), {"Щербинина", "Щукина"}),
        (Wanted(specialist=psychologist.id), {"Щербинина"}),
        (Wanted(str(number)), {"Щеглова"}),
    ]:
        rows = queries.assignment_page(head, wanted, None, None)["rows"]
        assert {row.surname for row in rows} == expected
    assert first


def test_families_without_a_lead_who_works_here(cast):
    make_patronage(make_family("Щедрина"))
    make_patronage(make_family("Щепкина"), lead=make_user("specialist", dismissed_on=clock.today()))
    page = queries.assignment_page(make_user("head"), Wanted(lead="missing"), None, None)
    assert [row.surname for row in page["rows"]] == ["Щедрина", "Щепкина"]


def test_pages_go_forth_and_back(cast):
    head = make_user("head")
    one = queries.assignment_page(head, Wanted(), None, None, 2)
    two = queries.assignment_page(head, Wanted(), one["next"], None, 2)
    back = queries.assignment_page(head, Wanted(), None, two["prev"], 2)
    assert list(queries.all_assignments(head, Wanted(), 2)) == one["rows"] + two["rows"]
    assert [row.surname for row in one["rows"] + two["rows"]] == ["Щеглова", "Щербинина", "Щукина"]
    assert back["rows"] == one["rows"]
    assert (one["prev"], two["next"], back["prev"]) == (None, None, None)


def test_loads_are_true(cast):
    lead, psychologist, other, *_ = cast
    found = loads.loads({lead.id, psychologist.id, other.id})
    assert (found[lead.id].lead, found[lead.id].involved, found[lead.id].total) == (2, 0, 2)
    assert found[lead.id].regimes == {"emergency": 1, "planned": 1, "control": 0}
    assert (found[psychologist.id].lead, found[psychologist.id].involved) == (0, 1)
    assert loads.busiest(1)[0][0].id == lead.id and loads.busiest(1)[0][1] == 2


def test_a_dismissed_colleague_stays_in_view_while_families_are_theirs(app, cast):
    left = make_user("specialist", last_name="Ушедшая", dismissed_on=clock.today())
    client = Client(app, make_user("head"))
    assert "Ушедшая" not in client.get("/assignments/?by=specialist").text
    make_patronage(make_family("Щепкина"), lead=left)
    assert "Ушедшая" in client.get("/assignments/?by=specialist").text
    assert "Ушедшая" in client.get("/assignments/?q=ушедшая").text


@pytest.mark.parametrize(
    "query", ["after=999999", "after=x", "page=0", "specialist=99999999999999999999", "q=%00"]
)
def test_strange_addresses_are_answered(app, cast, query):
    client = Client(app, make_user("head"))
    client.get(f"/assignments/?{query}")
    client.get(f"/assignments/?by=specialist&{query}")


def test_the_number_of_queries_does_not_grow(app, cast):
    lead, psychologist, *_ = cast
    client = Client(app, make_user("head"))
    urls = [*pages(lead), f"/assignments/{lead.id}/hand-over"]

    def sizes():
        found = []
        for url in urls:
            client.get(url)
            with counted() as sent:
                client.get(url)
            found.append(len(sent))
        return found

    before = sizes()
    for place in range(12):
        patronage = make_patronage(make_family(f"Новая{place}"), lead=lead)
        make_assignment(patronage, make_user("specialist"), "involved")
        make_assignment(patronage, psychologist, "involved")
    assert sizes() == before


def test_the_head_hands_a_family_over(app, cast):
    lead, _psychologist, other, first, *_ = cast
    client = Client(app, make_user("head"))
    url = f"/families/{first.family_id}/hand-over"
    client.get(url)
    seen = client.page.xpath("//input[@name='seen']/@value")[0]
    offered = {
        option.get("value"): option.text for option in client.page.xpath("//select[@id='to_id']/option")
    }
    assert "ведёт 1" in offered[str(other.id)] and str(lead.id) not in offered
    data = {"seen": seen, "to_id": other.id, "day": clock.today().isoformat(), "reason": "отпуск"}
    client.post(url, **data)
    assert "отпуск" in client.get(url).text
    client.post(url, 422, **data)
    assert "опередили" in client.text
    assert "отпуск" in client.page.xpath("//textarea[@id='reason']")[0].text_content()


@pytest.mark.parametrize(
    "changed",
    [
        {"to_id": ""},
        {"to_id": "x"},
        {"to_id": "999999"},
        {"day": "2026-02-30"},
        {"day": ""},
        {"reason": ""},
        {"reason": "я" * 100_000},
        {"seen": ""},
        {"seen": "999999"},
    ],
)
def test_a_form_filled_in_wrongly_changes_nothing(app, cast, changed):
    lead, _psychologist, other, first, *_ = cast
    client = Client(app, make_user("head"))
    url = f"/families/{first.family_id}/hand-over"
    client.get(url)
    seen = client.page.xpath("//input[@name='seen']/@value")[0]
    data = {"seen": seen, "to_id": other.id, "day": clock.today().isoformat(), "reason": "отпуск"} | changed
    client.post(url, 422, **data)
    assert client.page.xpath("//*[@class='errors']//li")
    assert queries.works_with(lead.id, first.id) and not queries.works_with(other.id, first.id)


def test_several_families_at_once(app, cast):
    lead, _psychologist, other, *_ = cast
    client = Client(app, make_user("head"))
    url = f"/assignments/{lead.id}/hand-over"
    client.get(url)
    ids = client.page.xpath("//input[@name='assignments'][@checked]/@value")
    assert len(ids) == 2
    data = {"to_id": other.id, "day": (clock.today() - timedelta(1)).isoformat(), "reason": "отпуск"}
    client.post(url, 422, **data)
    client.post(url, assignments=ids, **data)
    assert loads.loads({other.id})[other.id].lead == 3
    client.get(f"/assignments/{lead.id}")
    assert "отпуск" in client.text


def test_the_head_changes_the_involved(app, cast):
    _lead, psychologist, other, first, *_ = cast
    client = Client(app, make_user("head"))
    base = f"/families/{first.family_id}"
    client.post(f"{base}/hand-over/involved", **{"involve__to_id": other.id})
    assert queries.works_with(other.id, first.id)
    client.post(f"{base}/hand-over/involved", 422, **{"involve__to_id": other.id})
    assert "уже работает" in client.text
    row = next(row for row, user in queries.team(first.id) if user.id == psychologist.id)
    client.post(f"{base}/hand-over/involved/{row.id}/end")
    client.post(f"{base}/hand-over/involved/{row.id}/end", 404)
    assert not queries.works_with(psychologist.id, first.id)


def test_reasons_of_the_past_are_not_for_those_without_names(app, cast):
    lead, _psychologist, other, first, *_ = cast
    head = make_user("head")
    row = queries.team(first.id)[0][0]
    actions.hand_over([row.id], other.id, clock.today(), "мать Щербинина просила", head.id)
    assert "просила" in Client(app, make_user("staff")).get(f"/assignments/{lead.id}").text
    assert "просила" not in Client(app, make_user("admin")).get(f"/assignments/{lead.id}").text


@pytest.mark.parametrize("role", [role for role in ALL_ROLES if role != "head"])
def test_only_the_head_hands_over(app, cast, role):
    lead, *_, first, _second, _third = cast
    client = Client(app, make_user(role))
    for url in (f"/assignments/{lead.id}/hand-over", f"/families/{first.family_id}/hand-over"):
        client.get(url, 403)
        client.post(url, 403)
    client.post(f"/families/{first.family_id}/hand-over/involved", 403)
    client.post(f"/families/{first.family_id}/hand-over/involved/1/end", 403)


def test_unknown_people_and_families_are_404(app, cast):
    client = Client(app, make_user("head"))
    family = make_family("Щекина")
    make_consent(family)
    make_patronage(family, "submitted")
    for url in ("/assignments/99999", "/assignments/99999/hand-over", "/families/99999/hand-over"):
        client.get(url, 404)
    client.get(f"/families/{family.id}/hand-over", 404)
    client.get("/families/99999/analysis", 404)
