"""Drafts: kept while typing, shown again, gone with the save; what a login that is over had typed is not lost."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from portal import clock, create_app
from portal.accounts.models import LoginSession, User
from portal.config import Config
from portal.db import db, technical
from portal.drafts import actions, queries
from portal.drafts.models import Draft
from portal.drafts.places import place_of
from portal.families.models import Family
from portal.rules import RuleBroken
from tests.client import Client
from tests.counting import counted
from tests.factories import make_family, make_patronage, make_user

WORDS = "Дома спокойно, уроки сделаны; бабушка приезжает по средам."


@pytest.fixture
def lead(app: Flask) -> Client:
    """A specialist's browser, with a family on patronage."""
    return _works(app, make_user("specialist"))


def _works(app: Flask, user: User) -> Client:
    client = Client(app, user)
    client.user_id = user.id  # type: ignore[attr-defined]
    client.family_id = make_patronage(make_family(), lead=user).family_id  # type: ignore[attr-defined]
    return client


def form_of(client) -> str:
    """The form of a contact that took place."""
    return f"/families/{client.family_id}/contacts/new?done=1"


def typed(client, status: int = 200, place: str | None = None, **fields: str):
    """What the page sends while somebody types."""
    pairs = list((fields or {"notes": WORDS, "reason": "по просьбе семьи"}).items())
    return client.post(
        "/drafts/",
        status,
        htmx=True,
        place=form_of(client) if place is None else place,
        fields=json.dumps(pairs),
    )


def visit(client) -> dict[str, object]:
    """A contact that took place, as it is typed."""
    family = db.session.get_one(Family, client.family_id)
    what = {"kind": "visit", "user_id": client.user_id, "members": family.members[0].id, "notes": WORDS}
    return what | {"day": clock.today() - timedelta(1), "starts_at": "10:00", "minutes": "30"}


def drafts() -> list[Draft]:
    db.session.rollback()
    return list(db.session.scalars(select(Draft).order_by(Draft.id)))


def expire(client, by: timedelta = timedelta(hours=3)) -> None:
    """The login of this browser has been idle for too long."""
    with technical() as s:
        here = LoginSession.user_id == client.user_id
        s.execute(update(LoginSession).where(here).values(seen_at=clock.now() - by))


def test_a_draft_is_kept_sealed_and_fills_the_form_when_asked_for(lead):
    assert "Черновик сохранён в " in typed(lead).json["said"]
    (draft,) = drafts()
    assert draft.place == form_of(lead)
    assert "бабушка".encode() not in draft.body
    lead.get(form_of(lead))
    assert "Есть черновик от" in lead.text
    assert lead.page.xpath("//textarea[@name='notes']")[0].text in (None, "", "\r\n", "\n")
    lead.get(lead.page.xpath("//*[@id='draft']//a/@href")[0])
    assert lead.page.xpath("//textarea[@name='notes']")[0].text.strip() == WORDS
    assert lead.page.xpath("//input[@name='reason']/@value") == ["по просьбе семьи"]
    assert "Это ваш черновик" in lead.text and "Файлы" not in lead.text
    consent = f"/families/{lead.family_id}/consents/new"
    typed(lead, place=consent, given_on="2026-01-02")
    lead.get(f"{consent}?draft=1")
    assert "Файлы нужно выбрать заново" in lead.text


def test_a_form_without_a_draft_says_nothing(lead):
    lead.get(form_of(lead))
    assert "ерновик" not in lead.text
    lead.get(form_of(lead) + "&draft=1")
    assert "ерновик" not in lead.text
    lead.get("/families/")
    assert not lead.page.xpath("//*[@id='draft']")


def test_typing_on_replaces_the_draft(lead):
    typed(lead, notes="раз")
    typed(lead, notes="раз, два")
    assert [row.place for row in drafts()] == [form_of(lead)]
    fields, _moment = queries.draft_of(lead.user_id, form_of(lead))
    assert fields == [("notes", "раз, два")]


def test_saving_takes_the_draft_and_an_error_leaves_it(lead, app):
    typed(lead)
    lead.post(form_of(lead), 422, **visit(lead) | {"minutes": "0"})
    assert len(drafts()) == 1
    lead.post(form_of(lead) + "&draft=1", 303, **visit(lead))
    assert drafts() == []


def test_another_form_and_another_persons_keep_theirs(lead, app):
    other = _works(app, make_user("specialist"))
    typed(lead)
    typed(lead, place=f"/families/{lead.family_id}/decline", reason="отказ")
    typed(other, place=form_of(lead))
    actions.drop(lead.user_id, form_of(lead))
    assert {(row.user_id, row.place) for row in drafts()} == {
        (lead.user_id, f"/families/{lead.family_id}/decline"),
        (other.user_id, form_of(lead)),
    }
    assert queries.draft_of(lead.user_id, form_of(lead)) is None


def test_a_draft_is_of_its_owner_alone(lead, app):
    """Even one who writes into the table gets no other's text: the seal names owner and form."""
    typed(lead)
    head = Client(app, make_user("head"))
    head.get(form_of(lead) + "&draft=1")
    assert WORDS not in head.text
    thief = make_user("head")
    with technical() as s:
        s.execute(update(Draft).values(user_id=thief.id))
    assert queries.waiting_since(thief.id, form_of(lead)) is not None
    assert queries.draft_of(thief.id, form_of(lead)) is None


def test_secrets_files_and_what_is_no_form_are_not_kept(lead):
    typed(lead, notes=WORDS, password="tajna", csrf_token="t", again="tajna", api_token="t")
    fields, _moment = queries.draft_of(lead.user_id, form_of(lead))
    assert fields == [("notes", WORDS)]
    for place in (
        "/login", "/profile/password", "/people/new", "/families/", "//evil.example/families/new", "/nowhere",
        "https://evil.example/", "", "/drafts/", "/families/1/submit", "/families/new\\@evil",
    ):  # fmt: skip
        typed(lead, 422, place=place, notes="x")
    for fields in ("", "[", "{}x", "5", "[5]", '[["a"]]'):
        assert lead.post("/drafts/", 422, htmx=True, place=form_of(lead), fields=fields).json["said"]
    assert len(drafts()) == 1


def test_names_in_the_query_are_not_in_the_place():
    query = [("q", "Иванова"), ("done", "1"), ("draft", "1"), ("next", "/x"), ("day", "2026-11-22")]
    assert place_of("/families/new", query) == "/families/new?day=2026-11-22&done=1"


def test_bounds_of_size_number_and_age(app, lead):
    with pytest.raises(RuleBroken, match="draft"):
        actions.keep(lead.user_id, "/families/new", [("note", "я" * actions.LARGEST)])
    typed(lead, 422, notes="я" * 110_000)
    for number in range(actions.MOST + 3):
        actions.keep(lead.user_id, f"/families/{number}/edit", [("note", "x")])
    assert drafts()[0].place == "/families/3/edit"
    assert len(drafts()) == actions.MOST
    with technical() as s:
        old = clock.now() - actions.KEPT - timedelta(minutes=1)
        s.execute(update(Draft).values(saved_at=old))
    actions.keep(make_user("specialist").id, "/families/new", [("note", "x")])
    assert [row.place for row in drafts()] == ["/families/new"]


def test_the_database_holds_one_draft_of_a_form(app):
    user = make_user("specialist")
    actions.keep(user.id, "/families/new", [("note", "x")])
    row = {"user_id": user.id, "place": "/families/new", "body": b"", "saved_at": clock.now()}
    with pytest.raises(IntegrityError), technical() as s:
        s.execute(insert(Draft).values(row))


def test_deleting_a_draft_opens_the_form_without_it(lead):
    typed(lead)
    answer = lead.post("/drafts/drop", place=form_of(lead))
    assert answer.location == form_of(lead)
    assert drafts() == []
    assert lead.post("/drafts/drop", place="https://evil.example/").location == "/"


def test_rows_of_a_family_come_back_and_a_card_changed_meanwhile_is_said(app, lead):
    url = f"/families/{lead.family_id}/edit"
    lead.get(url)
    names = lead.page.xpath(
        "//form[@id='family-form']//*[self::input or self::select or self::textarea][@name]"
    )
    fields = {one.get("name"): one.get("value") or "" for one in names if one.get("type") != "checkbox"} | {
        "minors-0-first_name": "Вероника",
        "minors-5-first_name": "Гость",
        "note": WORDS,
        "add": "minors",
    }
    del fields["csrf_token"]
    typed(lead, place=url, **fields)
    lead.get(f"{url}?draft=1")
    firsts = lead.page.xpath("//input[starts-with(@name, 'minors-')][contains(@name, 'first_name')]/@value")
    assert firsts[0] == "Вероника" and firsts[-1] == "Гость"
    assert "С тех пор данные изменились" not in lead.text
    with technical() as s:
        s.execute(update(Family).where(Family.id == lead.family_id).values(address="ул. Новая, 5"))
    lead.get(f"{url}?draft=1")
    assert "С тех пор данные изменились" in lead.text


def test_a_page_asks_one_query_more_for_its_draft(lead):
    lead.get(form_of(lead))
    with counted() as sent:
        lead.get(form_of(lead))
    assert sum("drafts" in one for one in sent) == 1
    with counted() as sent:
        lead.get("/families/")
    assert not any("drafts" in one for one in sent)


# a login that is over


def send(client, token: str, url: str | None = None, htmx: bool = False, **fields):
    """Send the form with the token of the page that was opened before."""
    headers = {"HX-Request": "true"} if htmx else {}
    data = {"csrf_token": token, "notes": WORDS, **fields}
    return client.http.post(url or form_of(client), data=data, headers=headers)


@pytest.mark.parametrize("htmx", [False, True])
def test_a_form_sent_after_the_login_expired_waits_behind_the_new_one(lead, htmx):
    token = lead.token()
    expire(lead)
    answer = send(lead, token, htmx=htmx)
    login = answer.headers["HX-Redirect"] if htmx else answer.location
    assert (answer.status_code, answer.text if htmx else "") == ((401, "") if htmx else (303, ""))
    assert WORDS[:5] not in login
    user = db.session.get_one(User, lead.user_id)
    lead.get(login)
    assert "то, что вы написали, сохранено" in lead.text
    answer = lead.post(login, username=user.username, password="demo-patronage")
    lead.get(answer.location)
    assert lead.page.xpath("//textarea[@name='notes']")[0].text.strip() == WORDS
    assert "Это ваш черновик" in lead.text


def test_a_colleague_who_signs_in_there_gets_nothing(lead, app):
    token = lead.token()
    expire(lead)
    login = send(lead, token).location
    head = make_user("head", username="headofall")
    lead.http.get(login)
    answer = lead.post(login, username="headofall", password="demo-patronage")
    lead.get(answer.location)
    assert WORDS not in lead.text and "ерновик" not in lead.text
    assert [row.user_id for row in drafts()] == [lead.user_id] and head.id != lead.user_id


def test_what_is_typed_on_with_an_expired_login_is_kept_too(lead):
    token = lead.token()
    expire(lead)
    fields = json.dumps([["notes", WORDS]])
    answer = send(lead, token, "/drafts/", htmx=True, place=form_of(lead), fields=fields)
    assert (answer.status_code, answer.text) == (401, "")
    assert queries.draft_of(lead.user_id, form_of(lead))[0] == [("notes", WORDS)]


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("http://localhost/families/7?before=9#history", "/login?next=/families/7?before%3D9"),
        ("http://evil.example/families/7", "/login"), ("http://localhost", "/login"), ("", "/login"), ("//[", "/login"),
    ],
)  # fmt: skip
def test_a_button_pressed_after_the_login_expired_comes_back_to_its_page_and_says_that_nothing_was_done(
    lead, referrer, back
):
    token = lead.token()
    expire(lead)
    url, data = f"/families/{lead.family_id}/submit", {"csrf_token": token}
    answer = lead.http.post(url, data=data, headers={"Referer": referrer})
    assert answer.location == back
    lead.get(answer.location)
    assert "ничего не сохранено" in lead.text


def test_buttons_wrong_tokens_ended_logins_and_the_dismissed_keep_nothing(lead, app):
    token = lead.token()
    expire(lead)
    assert send(lead, token, f"/families/{lead.family_id}/submit").location == "/login"
    assert send(lead, "wrong").location.startswith("/login?next=/families/")
    with technical() as s:
        s.execute(update(User).where(User.id == lead.user_id).values(dismissed_on=clock.today()))
    send(lead, token)
    with technical() as s:
        s.execute(update(User).where(User.id == lead.user_id).values(dismissed_on=None))
        s.execute(text("DELETE FROM login_sessions"))
    send(lead, token)
    send(Client(app), token, form_of(lead))
    assert drafts() == []


def test_whose_a_login_was_is_remembered_for_a_week(lead, app):
    token = lead.token()
    day = timedelta(days=1)
    for ago, rows in ((6 * day, 1), (8 * day, 0)):
        with technical() as s:
            s.execute(text("DELETE FROM drafts"))
            moment = clock.now() - ago
            s.execute(
                update(LoginSession)
                .where(LoginSession.user_id == lead.user_id)
                .values(created_at=moment, seen_at=moment)
            )
        other = Client(app)
        user = make_user("specialist")
        other.http.get("/login")
        other.post("/login", username=user.username, password="demo-patronage")
        send(lead, token)
        assert len(drafts()) == rows


def test_logins_that_are_over_are_not_shown_as_open(lead, app):
    expire(lead)
    again = Client(app, lead.user_id)
    again.get("/profile")
    with technical() as s:
        assert s.scalar(select(func.count()).select_from(LoginSession)) == 2
    assert again.text.count("последний раз") == 1


# a page of before the new login


def test_a_page_of_the_login_before_loses_nothing(lead, app):
    """The CSRF token of the old page is no longer good; the same person finds the text in the form again."""
    token = lead.token()
    lead.login(lead.user_id)
    answer = send(lead, token)
    assert answer.status_code == 303 and answer.location == form_of(lead) + "&draft=1"
    lead.get(answer.location)
    assert lead.page.xpath("//textarea[@name='notes']")[0].text.strip() == WORDS
    assert "осталась от прежнего входа" in lead.text


def test_a_colleagues_old_page_and_a_forged_form_plant_nothing(lead, app):
    other = _works(app, make_user("specialist"))
    for token in (other.token(), "", "forged", Client(app).token()):
        assert send(lead, token).status_code == 400
    assert drafts() == []


def test_the_token_of_the_new_login_is_told_with_its_owner(lead):
    found = lead.get("/drafts/token").json
    assert found["user"] == lead.user_id
    assert send(lead, found["token"]).status_code == 422
    assert lead.http.get("/drafts/token").headers["Cache-Control"] == "no-store"


# errors


def test_an_error_keeps_what_was_sent_and_leads_back_to_it(lead, app, monkeypatch):
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)

    def broken(*_args, **_values):
        raise ValueError("something")

    monkeypatch.setattr("portal.contacts.actions.record_contact", broken)
    lead.post(form_of(lead), 500, **visit(lead))
    assert "сохранено в черновике" in lead.text
    lead.get(lead.page.xpath("//a[contains(@href, 'draft=1')]/@href")[0])
    assert lead.page.xpath("//textarea[@name='notes']")[0].text.strip() == WORDS


def test_too_large_a_file_leads_back_to_the_draft_that_typing_left(lead, app):
    url = f"/families/{lead.family_id}/contacts/new?done=1"
    token = lead.token()
    app.config["MAX_CONTENT_LENGTH"] = 1000
    large = {"csrf_token": token, "scan": "x" * 5000}
    assert lead._seen(lead.http.post(url, data=large), 413) and "черновик" not in lead.text
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    typed(lead)
    app.config["MAX_CONTENT_LENGTH"] = 1000
    assert lead._seen(lead.http.post(url, data=large), 413)
    assert lead.page.xpath("//a[contains(@href, 'draft=1')]")


def test_an_error_page_of_an_error_in_the_drafts_is_an_error_page_still(lead, app, monkeypatch):
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)

    def broken(*_args, **_values):
        raise ValueError("something")

    monkeypatch.setattr("portal.contacts.actions.record_contact", broken)
    monkeypatch.setattr("portal.drafts.actions.keep", broken)
    lead.post(form_of(lead), 500, **visit(lead))
    assert "черновик" not in lead.text


def test_another_start_of_the_portal_knows_the_draft(lead, config: Config):
    typed(lead)
    again = create_app(config)
    with again.app_context():
        assert queries.draft_of(lead.user_id, form_of(lead))[0][0] == ("notes", WORDS)
        db.engine.dispose()
