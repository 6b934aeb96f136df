"""A real browser on the real server: gunicorn in a process of its own, one context a person."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from portal.config import Config
from tests.factories import PASSWORD
from tests.ports import free_port
from tests.setup.browser import installed

ROOT = Path(__file__).resolve().parents[2]
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
expect.set_options(timeout=30_000)  # patience, for machines that are busy with something else
# Nobody is quick enough to press or to type before the scripts of a page are there; Playwright is. Until then
# nothing is pressed, and the page is told afterwards of what was typed.
AS_PEOPLE_DO = """
{
  const still = new CSSStyleSheet(), early = [], keep = event => {
    event.stopImmediatePropagation();
    early.push([event.target, event.type]);
  };
  still.replaceSync("html, html * { pointer-events: none !important }");
  document.adoptedStyleSheets = [still];
  ["input", "change"].forEach(type => window.addEventListener(type, keep, true));
  window.addEventListener("load", () => {
    document.adoptedStyleSheets = [];
    ["input", "change"].forEach(type => window.removeEventListener(type, keep, true));
    early.forEach(([field, type]) => field.dispatchEvent(new Event(type, { bubbles: true })));
  });
}
"""
SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, headless; without one the test is skipped, and fails in CI."""
    path = installed()
    if path is None:
        message = "no Chromium for the tests: run `make test`, or apt-get install chromium"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    args = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=args)
        yield chromium
        chromium.close()


class Looking:
    """Whether axe looks at the pages of this test: on the first database; on the second they are the same."""

    on = True


class Center:
    """The portal being served, and the people in front of it."""

    def __init__(self, url: str, browser: Browser) -> None:
        self.url, self._browser = url, browser
        self._complaints: list[str] = []

    def open(self, username: str = "", size: str = "desk", scripts: bool = True) -> Page:
        """A new browser window of this person, signed in when a name is given."""
        context = self._browser.new_context(
            base_url=self.url,
            viewport=SIZES[size],
            has_touch=size == "phone",
            java_script_enabled=scripts,
            locale="ru-RU",
        )
        context.set_default_timeout(30_000)
        if scripts:
            context.add_init_script(AS_PEOPLE_DO)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._complaints.append(str(error)))
        if username:
            sign_in(page, username)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        """Errors of scripts and breaches of the policy; answers of 4xx are no errors of the page."""
        if message.type == "error" and "the server responded with a status of" not in message.text:
            self._complaints.append(message.text)

    def forgive(self) -> None:
        """What the pages complained of so far was provoked."""
        self._complaints.clear()

    def close(self) -> None:
        """Close the windows; fails when a page complained in its console."""
        for context in self._browser.contexts:
            context.close()
        assert self._complaints == []


@pytest.fixture
def center(app: Flask, config: Config, browser: Browser, tmp_path: Path) -> Iterator[Center]:
    """The portal served from this test's instance; `app` is open on the same database for factories."""
    port = free_port()
    Looking.on = config.on_sqlite
    env = {name: value for name, value in os.environ.items() if name not in ("DEMO", "DATABASE_URL")}
    env |= {"INSTANCE": str(config.instance), "DATABASE_URL": config.database_url, "LOG_LEVEL": "WARNING"}
    env["TIMEZONE"] = config.timezone
    command = [sys.executable, "serve.py"]
    with open(tmp_path / "server.log", "w") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=env | {"PORT": str(port), "HOST": "127.0.0.1"}, stdout=log, stderr=log
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", server, tmp_path / "server.log")
        center = Center(f"http://127.0.0.1:{port}", browser)
        yield center
        center.close()
    finally:
        for context in browser.contexts:
            context.close()
        server.terminate()
        server.wait(timeout=60)
    logged = (tmp_path / "server.log").read_text()
    assert '"level": "error"' not in logged, logged


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """It has failed when its process has ended; a busy machine gets three minutes."""
    for _ in range(1800):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the portal does not start: {log.read_text()}")


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Through the login page, as a person does."""
    page.goto("/login")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    page.wait_for_url(lambda url: "/login" not in url)


def axe(page: Page) -> None:
    """Fails with rule, help and place when axe finds anything on the page (WCAG 2.2 AA): once, on SQLite."""
    if not Looking.on:
        return
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    lines = [
        f"{v['id']}: {v['help']}: {node['target']} {node['html'][:160]}" for v in found for node in v["nodes"]
    ]
    assert not lines, f"{page.url}:\n" + "\n".join(lines)


def look(page: Page, heading: str) -> None:
    """The page with this heading has come, and axe finds nothing on it, seen from its top.

    Of what has scrolled halfway under a bar that stays, axe says that it is too small to be touched.
    """
    expect(page.locator("h1")).to_contain_text(heading)
    page.wait_for_load_state()
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    axe(page)
