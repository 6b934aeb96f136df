"""A small client that signs in, sends forms, and checks each page it opens."""

import re
import secrets
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import insert
from werkzeug.test import TestResponse

from portal import clock
from portal.accounts.models import LoginSession, User
from portal.accounts.sessions import COOKIE_KEY, digest, token_for
from portal.db import db, technical

UNNAMED = "//input[not(@type='hidden') and not(@type='submit')] | //select | //textarea"


class FreshClient(FlaskClient):
    """Each request gets an application context of its own, as in a server, and sees what was committed."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request."""
        db.session.rollback()
        with self.application.app_context():
            return super().open(*args, **kwargs)


class Client:
    """One browser. `get` and `post` give the response; `page` the parsed page of the last answer."""

    def __init__(self, app: Flask, user: User | int | None = None) -> None:
        self.app = app
        self.http = FreshClient(app, app.response_class)
        self.last: TestResponse | None = None
        if user is not None:
            self.login(user)

    def login(self, user: User | int) -> "Client":
        """Be this user from now on."""
        user_id, token, moment = (
            user if isinstance(user, int) else user.id,
            secrets.token_urlsafe(8),
            clock.now(),
        )
        with technical() as session:
            session.execute(
                insert(LoginSession).values(
                    user_id=user_id, token_hash=digest(token), created_at=moment, seen_at=moment, browser=""
                )
            )
        with self.http.session_transaction() as cookie:
            cookie[COOKIE_KEY], cookie["csrf_token"] = token, token_for(user_id)
        return self

    def get(self, url: str, status: int = 200, htmx: bool = False) -> TestResponse:
        """Open the address; fails when the status is another or the page has a flaw."""
        return self._seen(self.http.get(url, headers=_headers(htmx)), status)

    def post(self, url: str, status: int = 303, htmx: bool = False, **data: Any) -> TestResponse:
        """Send a form with its token; names with a dash are written `a__b`."""
        fields = {name.replace("__", "-"): value for name, value in data.items() if value is not None}
        fields["csrf_token"] = self.token()
        answer = self.http.post(url, data=fields, headers=_headers(htmx), content_type="multipart/form-data")
        return self._seen(answer, status)

    def token(self) -> str:
        """A CSRF token of this browser."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.http.get("/profile").text)
        found = found or re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.http.get("/login").text)
        assert found, "no form carries a token"
        return found[1]

    @property
    def page(self) -> Any:
        """The last answer as a tree."""
        assert self.last is not None
        return html.fromstring(self.last.text)

    @property
    def text(self) -> str:
        """The words of the last answer, single-spaced."""
        return " ".join(self.page.text_content().split())

    def _seen(self, answer: TestResponse, status: int) -> TestResponse:
        self.last = answer
        assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text[:3000]}"
        if answer.mimetype == "text/html" and answer.text.lstrip().lower().startswith("<!doctype"):
            check_page(html.fromstring(answer.text))
        elif answer.mimetype == "text/html" and answer.text.strip():
            check_fragment(answer.text)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        return answer


def _headers(htmx: bool) -> dict[str, str]:
    return {"HX-Request": "true"} if htmx else {}


def check_fragment(text: str) -> None:
    """One root with an id; what is swapped elsewhere (out of band) comes beside it."""
    roots = [
        root for root in html.fragments_fromstring(text, no_leading_text=True) if not root.get("hx-swap-oob")
    ]
    assert len(roots) == 1, f"{len(roots)} roots: {[root.tag for root in roots]}"
    assert roots[0].get("id"), f"the root <{roots[0].tag}> has no id"
    check_forms(roots[0])


def check_page(page: Any) -> None:
    """Title, one h1, labels, unique ids, form actions, tokens: what every page must have."""
    assert page.findtext(".//title", "").strip(), "no title"
    assert len(page.xpath("//h1")) == 1, f"{len(page.xpath('//h1'))} h1"
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)), f"ids used twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    for control in page.xpath(UNNAMED):
        labelled = (
            control.get("aria-label") or control.get("aria-labelledby") or control.xpath("ancestor::label")
        )
        by_for = control.get("id") and page.xpath("//label[@for=$id]", id=control.get("id"))
        assert labelled or by_for, f"no label: {html.tostring(control)[:200]}"
    check_forms(page)
    for reference in page.xpath("//@aria-describedby | //@aria-labelledby"):
        for one in str(reference).split():
            assert one in ids, f"refers to a missing id: {one}"


def check_forms(tree: Any) -> None:
    """Each form that is sent has a token; one with room for a long text is kept as a draft, or says that it is not."""
    for form in tree.xpath("descendant-or-self::form[translate(@method,'POST','post')='post']"):
        assert form.xpath(".//input[@name='csrf_token']"), "a form without a token"
        said = {"data-guard", "data-no-draft"} & set(form.attrib)
        assert said or not form.xpath(".//textarea"), f"neither guarded nor without a draft: {form.attrib}"
