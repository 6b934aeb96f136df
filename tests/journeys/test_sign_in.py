"""The door, in a real browser."""

import contextlib
import http.client
import socket
import urllib.request
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.factories import make_user
from tests.journeys.conftest import Center, axe


def test_a_person_signs_in_and_out(center: Center) -> None:
    make_user("head", username="head")
    page = center.open()
    page.goto("/profile")
    assert "/login" in page.url
    axe(page)
    page.locator("input[name=username]").fill("head")
    page.locator("input[name=password]").fill("wrong-password")
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    page.get_by_text("Неверное имя или пароль").wait_for()
    expect(page.locator("input[name=username]")).to_have_value("head")
    page.locator("input[name=password]").fill("demo-patronage")
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    page.wait_for_url("**/profile")
    axe(page)
    page.locator("details:has([formaction='/logout']) > summary").click()
    page.get_by_role("button", name="Выйти", exact=True).click()
    page.wait_for_url("**/login**")
    page.goto("/profile")
    assert "/login" in page.url


def test_two_people_in_two_windows_are_two_people(center: Center) -> None:
    make_user("admin", username="admin")
    make_user("member", username="member")
    admin, member = center.open("admin"), center.open("member", size="phone")
    admin.goto("/people/")
    axe(admin)
    member.goto("/people/")
    expect(member.locator("body")).to_contain_text("403")
    axe(member)


def test_nobody_outside_says_where_the_portal_stands(center: Center) -> None:
    host, _, port = center.url.rpartition("/")[2].partition(":")
    for _time in range(8):
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        connection.request("GET", "//evil.example/login", headers={"SCRIPT_NAME": "//evil.example"})
        assert "evil" not in connection.getresponse().read().decode()
        connection.request("GET", "/login")
        assert "evil" not in connection.getresponse().read().decode()


def test_what_is_no_request_is_answered_in_words_too(center: Center) -> None:
    host, _, port = center.url.rpartition("/")[2].partition(":")
    for path, status, words in (("/?q=" + "ы" * 100_000, 414, "Адрес слишком длинный"), ("/ x", 400, "")):
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        connection.connect()
        connection.sock.sendall(f"GET {path} HTTP/1.1\r\nHost: portal\r\n\r\n".encode())
        answer = http.client.HTTPResponse(connection.sock)
        answer.begin()
        assert answer.status == status
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert words in answer.read().decode()


def test_connections_that_say_nothing_keep_nobody_waiting(center: Center) -> None:
    """Browsers open some ahead. Were each to hold a thread for its five seconds, these would hold all for a minute."""
    host, port = urlsplit(center.url).hostname, urlsplit(center.url).port
    with contextlib.ExitStack() as open_ones:
        silent = [open_ones.enter_context(socket.create_connection((host, port))) for _ in range(96)]
        with urllib.request.urlopen(f"{center.url}/healthz", timeout=30) as answer:  # noqa: S310
            assert answer.status == 200
        late = silent[-1]  # who speaks at last is answered on the connection kept for it
        late.settimeout(30)
        late.sendall(b"GET /healthz HTTP/1.1\r\nHost: portal\r\nConnection: close\r\n\r\n")
        assert late.recv(12) == b"HTTP/1.1 200"
