"""A person at a page: the links and forms it shows them, and how they fill a form in."""

import io
import re
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import html

from tests.access.world import PIXEL
from tests.factories import PASSWORD

LEFT_ALONE = (
    "/logout",
    "/appearance",
    "/profile",
    "/people",
    "/settings/calendar",
    "/settings/audit",
    "/drafts",
    "/families/import",
    "/imports",
    "/families/new",
    "/login",
)
NO_PAGES = ("/static", "/signature", "/timeline?", *LEFT_ALONE)
DAYS = (0, 0, 0, -1, -2, 1, 3, 7, -20)
TIMES = ("09:00", "10:00", "11:30", "14:00", "16:00")
TEXT = "С семьёй всё обсудили, дальше идём по плану"
SMALL = re.compile("(^|_|-)(number|name|phone|phones|relation)$")  # what is written in a word
TYPED = {"tel": "+79991234567", "email": "a@b.ru", "url": "", "search": "", "password": PASSWORD}


@dataclass
class Press:
    """A form filled in, and the button that sends it; `pure`: there was nothing to fill."""

    url: str
    data: list[tuple[str, str]]
    files: list[str]
    pure: bool
    label: str

    def body(self) -> dict[str, list[Any]]:
        """What the browser sends; a picture for every file that is asked for."""
        sent: dict[str, list[Any]] = {}
        for name, value in self.data:
            sent.setdefault(name, []).append(value)
        for name in self.files:
            sent.setdefault(name, []).append((io.BytesIO(PIXEL), "scan.png", "image/png"))
        return sent


def links(page: Any, buttons: bool = False) -> list[str]:
    """The addresses that the page's own part links to, each once; only those that look like buttons, if asked."""
    found = []
    for a in page.xpath("//main//a[@href][contains(@class, 'btn')]" if buttons else "//main//a[@href]"):
        href = a.get("href")
        local = href.startswith("/") and not href.startswith(NO_PAGES)
        if local and not any(part in href for part in NO_PAGES) and a.get("download") is None:
            found.append(href.partition("#")[0])
    return sorted(set(found))


def forms(page: Any, here: str) -> list[tuple[Any, Any, str]]:
    """(form, the button that sends it, the address) of all that the page lets one send; files are only taken."""
    found = []
    for form in page.xpath("//main//form[translate(@method,'POST','post')='post'][not(@data-download)]"):
        own = form.xpath(".//button[not(@type) or @type='submit'] | .//input[@type='submit']")
        if form.get("id"):
            own += page.xpath("//button[@form=$id]", id=form.get("id"))
        for button in own:
            url = urljoin(here, button.get("formaction") or form.get("action") or here)
            hidden = button.get("disabled") is not None or button.get("aria-hidden") == "true"
            if not urlsplit(url).path.startswith(LEFT_ALONE) and not hidden:
                found.append((form, button, url))
    return found


def fill(form: Any, button: Any, url: str, today: date, chance: Random, again: bool = False) -> Press:
    """The form as somebody sends it: what stands there, and something plausible where nothing does.

    `again`: it has come back; what the page calls wrong is filled in anew, what it does not stays mostly.
    """
    data: list[tuple[str, str]] = []
    files: list[str] = []
    radios: dict[str, list[Any]] = {}
    seen = False
    wrong = {one.get("name") for one in form.xpath(".//*[@aria-invalid='true']/descendant-or-self::*[@name]")}
    keep = 0.75 if not again else 0.9 if wrong else 0.3
    for one in form.xpath(".//input | .//select | .//textarea"):
        name, kind = one.get("name"), one.get("type", "text") if one.tag == "input" else one.tag
        if not name or one.get("disabled") is not None or kind in ("submit", "button"):
            continue
        if kind == "hidden":
            data.append((name, one.get("value", "")))
            continue
        seen = True
        kept = 0.1 if name in wrong else keep
        if kind == "radio":
            radios.setdefault(name, []).append(one)
        elif kind == "checkbox":
            if (one.get("checked") is not None) != (chance.random() < (1 - kept) / 2):
                data.append((name, one.get("value", "on")))
        elif kind == "select":
            data += [(name, value) for value in _chosen(one, kept, chance)]
        elif kind == "file":
            files += [name] if name in wrong or chance.random() < 0.7 else []
        else:
            data.append((name, _typed(one, kind, kept, today, chance)))
    for name, those in radios.items():
        checked = [one for one in those if one.get("checked") is not None]
        stays = checked and chance.random() < (0.1 if name in wrong else keep)
        data.append((name, chance.choice(checked if stays else those).get("value", "on")))
    if button.get("name"):
        data.append((button.get("name"), button.get("value", "")))
    return Press(url, data, files, not seen, label_of(button))


def label_of(button: Any) -> str:
    """What stands on the button."""
    return " ".join(button.text_content().split())


def main_button(button: Any) -> bool:
    """Whether this is what the form is for; the others add a row to it, or take one out."""
    plain = button.get("formnovalidate") is None and button.get("name") in (None, "then")
    return plain or "p" in (button.get("class") or "").split()


def _chosen(select: Any, kept: float, chance: Random) -> list[str]:
    now = [one.get("value", "") for one in select.xpath(".//option[@selected]")]
    values = [one.get("value", "") for one in select.xpath(".//option") if one.get("disabled") is None]
    real = [value for value in values if value not in ("", "0")] or values
    if select.get("multiple") is not None:
        return now
    if now and (now[0] in real or select.get("required") is None) and chance.random() < kept:
        return now[:1]
    return [chance.choice(real)] if real else []


def _typed(one: Any, kind: str, kept: float, today: date, chance: Random) -> str:
    name, needed = one.get("name"), one.get("required") is not None or kept < 0.5
    stands = (one.text or "").strip() if kind == "textarea" else one.get("value", "")
    if stands and chance.random() < kept:
        return stands
    if not needed and chance.random() < (0.8 if kind in ("date", "number") or SMALL.search(name) else 0.4):
        return stands
    if kind == "date":
        return (
            str(today - timedelta(3000)) if "birth" in name else str(today + timedelta(chance.choice(DAYS)))
        )
    if kind == "time":
        return chance.choice(TIMES)
    if kind == "number":
        return "2015" if "birth" in name else str(min(int(one.get("max", 45)), 45))
    if "phone" in name or kind in TYPED:
        return TYPED.get(kind, TYPED["tel"])
    if SMALL.search(name):
        return "Иван" if name.endswith("_name") else str(chance.randrange(100))
    return f"{TEXT} {chance.randrange(100)}"


def parsed(text: str) -> Any:
    """The page as a tree."""
    return html.fromstring(text)


def says(text: str) -> str:
    """The words of a page, to be quoted."""
    main = parsed(text).xpath("//main") if text.strip() else []
    return " ".join(main[0].text_content().split())[:1500] if main else text[:1500]
