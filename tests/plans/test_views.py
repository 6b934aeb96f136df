"""Pages of plans: writing with many rows, two writers, approval, results, the lists, the card; who sees what."""

import pytest
from sqlalchemy import select

from portal import clock
from portal.audit import FamilyLook
from portal.db import db
from portal.home import queries as home
from portal.plans.content import content_of, rows_of
from portal.plans.models import Plan
from tests.client import Client
from tests.counting import counted
from tests.factories import make_family, make_patronage, make_plan, make_user, unguard_plans
from tests.papers.said import holds, text_of


@pytest.fixture
def lead(app):
    return make_user("specialist", last_name="Зимина")


@pytest.fixture
def head(app):
    return make_user("head", last_name="Лебедева")


@pytest.fixture
def patronage(lead):
    return make_patronage(make_family("Лесникова"), lead=lead)


@pytest.fixture
def client(app, lead):
    return Client(app, lead)


def plans_of(patronage):
    db.session.rollback()
    return list(
        db.session.scalars(select(Plan).where(Plan.patronage_id == patronage.id).order_by(Plan.version))
    )


def stored(plan_id):
    db.session.rollback()
    return content_of(db.session(), db.session.get_one(Plan, plan_id))


def day(offset=7):
    from datetime import timedelta

    return (clock.today() + timedelta(offset)).isoformat()


def typed(lead, **fields):
    """One goal with one measure."""
    values = {
        "goals__0__sphere": "health", "goals__0__text": "Дети здоровы", "goals__0__measures__0__text": "К врачу",
        "goals__0__measures__0__due_on": day(), "goals__0__measures__0__who": f"user:{lead.id}", "revision": "1",
    }  # fmt: skip
    return values | fields


def begun(client, patronage):
    client.post(f"/families/{patronage.family_id}/plans")
    return plans_of(patronage)[-1].id


def form_of(client):
    """What the browser would send of the form on the page."""
    found = {}
    form = client.page.xpath("//form[@id='plan-form'] | //*[@id='plan-form'][self::form]")[0]
    for one in form.xpath(".//input | .//textarea"):
        if one.get("type") not in ("checkbox", "radio") or one.get("checked") is not None:
            found[one.get("name")] = one.text_content() if one.tag == "textarea" else one.get("value", "")
    for one in form.xpath(".//select"):
        chosen = one.xpath(".//option[@selected]") or one.xpath(".//option[1]")
        found[one.get("name")] = chosen[0].get("value")
    found.pop("csrf_token")
    return {name: value.strip("\n") for name, value in found.items()}


def test_from_a_blank_page_to_a_plan_in_force(app, client, patronage, lead, head):
    page = f"/families/{patronage.family_id}/plan"
    client.get(page)
    assert "Плана пока нет" in client.text
    plan_id = begun(client, patronage)
    client.get(f"/plans/{plan_id}/edit")
    assert client.page.xpath("//textarea[@name='goals-0-measures-0-text']")
    mother = client.page.xpath("//option[starts-with(@value,'member:')]/@value")[0]
    client.post(
        f"/plans/{plan_id}/edit",
        **typed(lead, goals__0__measures__1__text="Прогулка", goals__0__measures__1__due_on=day(0),
                goals__0__measures__1__who=mother, goals__0__measures__1__leisure="y", aim="Здоровье детей"),
    )  # fmt: skip
    client.get(f"/plans/{plan_id}")
    assert "Совместный досуг" in client.text.capitalize() or "совместный досуг" in client.text
    client.get(f"/plans/{plan_id}/agree")
    agreed = {"day": day(0), "member_id": mother.partition(":")[2]}
    (agreed["revision"],) = client.page.xpath("//input[@name='revision']/@value")
    client.post(f"/plans/{plan_id}/agree", 422, **(agreed | {"day": day(1)}))
    client.post(f"/plans/{plan_id}/agree", 422, **(agreed | {"revision": "9" * 5000}))
    assert "План тем временем изменили" in client.text
    client.post(f"/plans/{plan_id}/agree", **agreed)
    client.get(f"/plans/{plan_id}")
    assert not client.page.xpath("//form[contains(@action,'/approve')]")
    boss = Client(app, head)
    boss.get("/")
    assert "Планы на утверждение" in boss.text
    boss.get(f"/plans/{plan_id}/return")
    boss.post(f"/plans/{plan_id}/return", 422, remark="")
    boss.post(f"/plans/{plan_id}/return", remark="Добавьте сроки прививок")
    client.get("/")
    assert "Добавьте сроки прививок" in client.text
    client.get(page)
    assert "Добавьте сроки прививок" in client.text
    client.get(f"/plans/{plan_id}/agree")
    (agreed["revision"],) = client.page.xpath("//input[@name='revision']/@value")
    client.post(f"/plans/{plan_id}/agree", **agreed)
    boss.get(f"/plans/{plan_id}")
    revision = boss.page.xpath("//form[contains(@action,'/approve')]//input[@name='revision']/@value")[0]
    boss.post(f"/plans/{plan_id}/approve", revision=revision)
    client.get(page)
    assert "действует" in client.text
    client.get(f"/families/{patronage.family_id}")
    assert client.page.xpath("//section[@id='plan']") and "План сопровождения утверждён" in client.text
    client.get(f"/plans/{plan_id}")
    (paper,) = client.page.xpath("//main//a[starts-with(@href, '/papers/support-plan/')]/@href")
    assert client.get(paper) and paper == f"/papers/support-plan/{plan_id}"
    holds(text_of("support-plan", plan_id), "Согласовано: законный представитель", "Лебедева", "Прогулка")


def test_rows_come_and_go_without_losing_what_was_typed(client, patronage, lead):
    plan_id = begun(client, patronage)
    url = f"/plans/{plan_id}/edit"
    client.post(
        url, 200, do="measure-0", **typed(lead, aim="Цель работы", goals__0__measures__0__due_on="31.02.2030")
    )
    assert client.page.xpath("//textarea[@name='goals-0-measures-1-text' and @autofocus]")
    assert client.page.xpath("//input[@name='goals-0-measures-0-due_on']/@value") == ["31.02.2030"]
    assert "Цель работы" in client.page.xpath("//textarea[@name='aim']")[0].text_content()
    assert not client.page.xpath("//*[@data-errors]")  # nothing is judged yet
    client.post(url, 200, do="goal", **{k.replace("-", "__"): v for k, v in form_of(client).items()})
    assert client.page.xpath("//textarea[@name='goals-1-text']")
    client.post(url, 200, do="drop-0", **{k.replace("-", "__"): v for k, v in form_of(client).items()})
    assert "Цель убрана" in client.text and not client.page.xpath("//textarea[@name='goals-0-text']")
    client.post(
        url, 200, htmx=True, do="keep-0", **{k.replace("-", "__"): v for k, v in form_of(client).items()}
    )
    assert "Дети здоровы" in client.page.xpath("//textarea[@name='goals-0-text']")[0].text_content()
    assert "К врачу" in client.page.xpath("//textarea[@name='goals-0-measures-0-text']")[0].text_content()
    for nonsense in ("", "goal-77", "drop-9-9", "measure-99", "x", "drop"):
        client.post(url, 200, do=nonsense, **typed(lead))
    assert stored(plan_id).goals == ()


def test_what_is_wrong_comes_back_with_everything_typed(client, patronage, lead):
    plan_id = begun(client, patronage)
    url = f"/plans/{plan_id}/edit"
    client.post(
        url, 422, **typed(lead, goals__0__sphere="", goals__0__measures__0__due_on="", aim="Долго писали")
    )
    assert "Выберите сферу" in client.text and "Укажите срок" in client.text
    assert "Долго писали" in client.page.xpath("//textarea[@name='aim']")[0].text_content()
    client.post(url, 422, **typed(lead, goals__0__measures__0__due_on=day(-1)))
    assert "уже прошёл" in client.text
    assert "К врачу" in client.page.xpath("//textarea[@name='goals-0-measures-0-text']")[0].text_content()
    for who in ("", "user:999999", "body:nowhere", "robot:1", "user:x"):
        client.post(url, 422, **typed(lead, goals__0__measures__0__who=who))
    client.post(url, 422, **typed(lead, goals__0__text="я" * 1001))
    assert stored(plan_id).goals == ()
    client.post(url, **typed(lead, goals__1__text="", goals__1__measures__0__who=f"user:{lead.id}"))
    assert len(stored(plan_id).goals) == 1  # the row left empty is nothing


def test_the_second_writer_sees_the_first_and_keeps_what_they_typed(app, client, patronage, lead, head):
    plan_id = begun(client, patronage)
    url = f"/plans/{plan_id}/edit"
    client.post(url, **typed(lead, aim="Первое"))
    other = Client(app, head)
    other.get(url)
    theirs = {name.replace("-", "__"): value for name, value in form_of(other).items()}
    client.get(url)
    mine = {name.replace("-", "__"): value for name, value in form_of(client).items()}
    mine |= {"goals__0__measures__0__text": "К врачу и в поликлинику", "goals__0__measures__1__text": "Очки",
             "goals__0__measures__1__due_on": day(3), "goals__0__measures__1__who": f"user:{lead.id}"}  # fmt: skip
    client.post(url, **mine)
    theirs["aim"] = "Второе"
    other.post(url, 422, **theirs)
    assert "Зимина" in other.text and "К врачу и в поликлинику" in other.text  # what the first saved
    told = other.page.xpath("//*[@id='meanwhile']//ul")[0].text_content()
    assert "добавлено" in told and "Очки" in told and "убрано" not in told
    assert "Второе" in other.page.xpath("//textarea[@name='aim']")[0].text_content()
    texts = [
        one.text_content().strip()
        for one in other.page.xpath("//fieldset//textarea[contains(@name,'-text')]")
    ]
    assert texts == ["Дети здоровы", "К врачу", "Очки"]  # their own words, and the row that was added
    other.post(url, **{name.replace("-", "__"): value for name, value in form_of(other).items()})
    assert [one.text for one in stored(plan_id).measures.values()] == ["К врачу", "Очки"]
    assert stored(plan_id).aim == "Второе"


def test_a_correction_shows_what_it_changes(app, client, patronage, lead, head):
    first = make_plan(patronage, lead, "in_force", due=(2, 5))
    plan_id = begun(client, patronage)
    client.get(f"/plans/{plan_id}/edit")
    form = {name.replace("-", "__"): value for name, value in form_of(client).items()}
    form |= {"goals__0__measures__0__due_on": day(20), "goals__0__measures__1__gone": "1"}
    client.post(f"/plans/{plan_id}/edit", **form)
    client.get(f"/plans/{plan_id}")
    told = " ".join(
        " ".join(one.text_content().split())
        for one in client.page.xpath("//ul[contains(@class,'plan-diff')]")
    )
    assert "изменено" in told and "убрано" in told and "Мероприятие 2" in told
    client.get(f"/families/{patronage.family_id}/plan")
    assert client.page.xpath(f"//a[@href='/plans/{plan_id}']") and "Мероприятие 2" in client.text
    assert first.id != plan_id


def test_results_on_a_phone(app, client, patronage, lead, head):
    plan_id = make_plan(patronage, lead, "in_force", due=(-1, 3)).id
    url = f"/plans/{plan_id}/results"
    client.get(url)
    rows = rows_of(db.session(), plan_id)[1]
    seen = client.page.xpath("//input[contains(@name,'-seen')]/@value")
    base = {
        f"measures__{n}__{name}": value
        for n, row in enumerate(rows)
        for name, value in (
            ("id", str(row.id)),
            ("seen", seen[n]),
            ("outcome", "open"),
            ("done_on", ""),
            ("result", ""),
        )
    }
    client.post(url, 422, **base)
    assert "Ничего не изменено" in client.text
    client.post(url, 422, **(base | {"measures__0__outcome": "not_done"}))
    assert "Укажите причину" in client.text
    client.post(url, 422, **(base | {"measures__0__result": "Сходили вместе"}))
    assert "Сходили вместе" in client.page.xpath("//textarea")[0].text_content()
    client.post(url, 422, **(base | {"measures__0__outcome": "done", "measures__0__done_on": day(1)}))
    client.post(url, **(base | {"measures__0__outcome": "done", "measures__0__result": "Сходили"}))
    db.session.rollback()
    row = rows_of(db.session(), plan_id)[1][0]
    assert (row.state, row.done_on, row.result) == ("done", clock.today(), "Сходили")
    other = Client(app, head)
    other.post(url, 422, **(base | {"measures__0__outcome": "not_done", "measures__0__result": "Не вышло"}))
    assert "Сходили" in other.text and "Не вышло" in other.page.xpath("//textarea")[0].text_content()


def test_a_plan_is_completed_and_a_draft_thrown_away(client, patronage, lead):
    plan = make_plan(patronage, lead, "in_force", due=())
    draft = begun(client, patronage)
    client.post(f"/plans/{draft}/discard")
    client.get(f"/plans/{draft}")
    assert "удалён" in client.text
    client.post(f"/plans/{plan.id}/complete")
    client.get(f"/families/{patronage.family_id}/plan")
    assert "завершён" in client.text
    client.post(f"/plans/{plan.id}/complete")  # a second click is refused in words
    client.get(f"/plans/{plan.id}/edit", 303)
    client.get(f"/plans/{plan.id}/results", 303)


@pytest.mark.parametrize("status", ["suspended", "removed"])
def test_off_patronage_nothing_new_is_offered(app, client, lead, status):
    patronage = make_patronage(make_family("Белова"), status, lead=lead)
    client.post(f"/families/{patronage.family_id}/plans")
    assert plans_of(patronage) == []
    plan_id = make_plan(patronage, lead, "in_force").id
    client.get(f"/families/{patronage.family_id}/plan")
    buttons = client.page.xpath("//main//form/@action")
    assert not [one for one in buttons if "plan" in one]
    assert bool(client.page.xpath(f"//a[@href='/plans/{plan_id}/results']")) == (status == "suspended")


def test_other_families_are_not_found(app, patronage, lead):
    plan_id = make_plan(patronage, lead).id
    stranger = Client(app, make_user("specialist"))
    for url in (
        f"/plans/{plan_id}",
        f"/plans/{plan_id}/edit",
        f"/papers/support-plan/{plan_id}",
        f"/families/{patronage.family_id}/plan",
    ):
        stranger.get(url, 404)
    for step in ("approve", "return"):
        Client(app, lead).post(f"/plans/{plan_id}/{step}", 403)


def test_the_lists(app, client, patronage, lead, head):
    make_plan(patronage, lead, "in_force", due=(-3, 0))
    fresh = make_patronage(make_family("Новая"), lead=lead, stage="preparatory")
    make_plan(fresh, lead, "agreed")
    bare = make_patronage(make_family("Голая"), stage="preparatory")
    boss = Client(app, head)
    for show, mine, everybody in (
        ("overdue", ["Лесникова"], ["Лесникова"]),
        ("week", ["Лесникова"], ["Лесникова"]),
        ("approval", ["Новая"], ["Новая"]),
        ("returned", [], []),
        ("missing", ["Новая"], ["Голая", "Новая"]),
    ):
        for person, wanted in ((client, mine), (boss, everybody)):
            person.get(f"/plans/?show={show}")
            shown = [one.text_content().split(" ·")[0] for one in person.page.xpath("//tbody/tr/th/a")]
            assert sorted(shown) == wanted, show
    boss.get(f"/plans/?show=missing&specialist={lead.id}", htmx=True)
    assert "Голая" not in boss.text and "Новая" in boss.text
    boss.get("/plans/?mine=1")
    assert not boss.page.xpath("//tbody/tr") and "По этим фильтрам" in boss.text
    for query in ("show=x&specialist=x&page=x", "specialist=99999999999&page=-4", "page=999999"):
        boss.get(f"/plans/?{query}")
    assert bare.id


def test_a_list_that_tells_of_families_is_a_look_at_them(client, patronage, lead):
    make_plan(patronage, lead, "in_force", due=(-3,))

    def looks():
        db.session.rollback()
        return [(one.family_id, one.user_id, one.page) for one in db.session.scalars(select(FamilyLook))]

    client.get("/plans/?show=missing")
    client.get("/plans/?show=approval")
    assert looks() == []
    client.get("/plans/")
    assert looks() == [(patronage.family_id, lead.id, "plan")]


def test_queries_do_not_grow(app, client, patronage, lead, head):
    make_plan(patronage, lead, "in_force", due=(-3, 0))
    boss = Client(app, head)
    plan_id = plans_of(patronage)[0].id
    pages = [f"/plans/?show={show}" for show in ("overdue", "week", "approval", "missing")]
    pages += [
        "/",
        f"/families/{patronage.family_id}",
        f"/families/{patronage.family_id}/plan",
        f"/plans/{plan_id}/results",
    ]

    def sizes():
        found = []
        for person in (client, boss):
            for url in pages:
                person.get(url)
                with counted() as sent:
                    person.get(url)
                found.append(len(sent))
        return found

    before = sizes()
    for place in range(8):
        more = make_patronage(make_family(f"Ещё{place}"), lead=lead, stage="preparatory")
        make_plan(more, lead, "agreed" if place % 2 else "in_force", due=(-place, 0, place))
    from portal.plans.models import PlanGoal, PlanMeasure  # the plan itself grows too
    from tests.factories import _add

    db.session.rollback()
    unguard_plans()
    for n in range(5):
        goal = _add(PlanGoal(plan_id=plan_id, key=f"{n:032}", position=n + 2, sphere="health", text="Цель"))
        _add(PlanMeasure(plan_id=plan_id, goal_id=goal.id, key=f"{n:032}", position=1, text="Ещё", due_on=clock.today(),
                         user_id=lead.id))  # fmt: skip
    assert sizes() == before


def test_my_work_counts_what_is_late(app, patronage, lead, head):
    make_plan(patronage, lead, "in_force", due=(-3, -1, 2))
    with app.test_request_context():
        for user in (lead, head):
            figures = {str(one.url): one.value for one in home._my_work(user).figures}
            assert figures["/plans/"] == 2


@pytest.mark.parametrize("role", ["chair", "secretary", "member"])
def test_the_consilium_reads_only_what_is_before_it(app, patronage, lead, role):
    plan_id = make_plan(patronage, lead).id
    Client(app, make_user(role)).get(f"/plans/{plan_id}", 404)
