"""A person at a page: the links and forms it shows them, and how they fill a form in."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import html

LEFT_ALONE = (
    "/logout",
    "/appearance",
    "/profile",
    "/people",
    "/settings",
    "/drafts",
    "/families/import",
    "/families/new",
    "/login",
)
NO_PAGES = ("/static", "/scan", "/signature", "/print", "/timeline?", *LEFT_ALONE)
DAYS = (0, 0, 0, -1, -2, 1, 3, 7, -20)
TIMES = ("09:00", "10:00", "11:30", "14:00", "16:00")
TYPED = {"number": "45", "time": "10:00", "tel": "+79991234567", "email": "a@b.ru", "url": "", "search": ""}


@dataclass
class Press:
    """A form filled in, and the button that sends it; `pure`: there was nothing to fill."""

    url: str
    data: list[tuple[str, str]]
    pure: bool
    label: str


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
    """(form, the button that sends it, the address) of all that the page lets one send."""
    found = []
    for form in page.xpath("//main//form[translate(@method,'POST','post')='post']"):
        own = form.xpath(".//button[not(@type) or @type='submit'] | .//input[@type='submit']")
        if form.get("id"):
            own += page.xpath("//button[@form=$id]", id=form.get("id"))
        for button in own:
            url = urljoin(here, button.get("formaction") or form.get("action") or here)
            if not urlsplit(url).path.startswith(LEFT_ALONE) and button.get("disabled") is None:
                found.append((form, button, url))
    return found


def fill(form: Any, button: Any, url: str, today: date, chance: Random) -> Press:
    """The form as somebody sends it: what stands there, and something plausible where nothing does."""
    data: list[tuple[str, str]] = []
    radios: dict[str, list[Any]] = {}
    seen = False
    for one in form.xpath(".//input | .//select | .//textarea"):
        name, kind = one.get("name"), one.get("type", "text") if one.tag == "input" else one.tag
        if not name or one.get("disabled") is not None or kind in ("submit", "button"):
            continue
        if kind == "hidden":
            data.append((name, one.get("value", "")))
            continue
        seen = True
        if kind == "radio":
            radios.setdefault(name, []).append(one)
        elif kind == "checkbox":
            if (one.get("checked") is not None) != (chance.random() < 0.3):
                data.append((name, one.get("value", "on")))
        elif kind == "select":
            data += [(name, value) for value in _chosen(one, chance)]
        elif kind != "file":
            data.append((name, _typed(one, kind, today, chance)))
    data += [(name, chance.choice(those).get("value", "on")) for name, those in radios.items()]
    if button.get("name"):
        data.append((button.get("name"), button.get("value", "")))
    return Press(url, data, not seen, " ".join(button.text_content().split()))


def _chosen(select: Any, chance: Random) -> list[str]:
    now = [one.get("value", "") for one in select.xpath(".//option[@selected]")]
    values = [one.get("value", "") for one in select.xpath(".//option") if one.get("disabled") is None]
    real = [value for value in values if value not in ("", "0")] or values
    if select.get("multiple") is not None:
        return now
    if now and now[0] in real and chance.random() < 0.5:
        return now[:1]
    return [chance.choice(real)] if real else []


def _typed(one: Any, kind: str, today: date, chance: Random) -> str:
    stands = (one.text or "").strip() if kind == "textarea" else one.get("value", "")
    if stands and chance.random() < 0.6:
        return stands
    if kind == "date":
        return str(today + timedelta(chance.choice(DAYS)))
    if kind == "time":
        return chance.choice(TIMES)
    if kind in TYPED:
        return stands or TYPED[kind]
    if one.get("required") is not None or chance.random() < 0.6:
        return stands or f"Запись {chance.randrange(100)}"
    return stands


def parsed(text: str) -> Any:
    """The page as a tree."""
    return html.fromstring(text)
