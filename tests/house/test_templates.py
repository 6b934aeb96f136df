"""Templates: nothing inline, nothing unsafe, every word through the catalogue, fragments with one root."""

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT, files, shown

TEMPLATES = files(ROOT / "templates", "*.html")
IN_RUSSIAN = ("Русский", "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ")  # a language's own name, and an alphabet
BY_MACRO = re.compile(r"{%-? call |{{ ?\w+\(")
MACRO = re.compile(r"{%-? macro .*?endmacro -?%}", re.DOTALL)
IMPORT = re.compile(r"{%-? from [^%]*? import (.*?)(?: with context)? -?%}")
JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
VOID = {
    "area",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "use",
    "path",
    "rect",
    "line",
    "circle",
}
TAG = re.compile(r"<(/?)([a-z][\w-]*)([^>]*?)(/?)>", re.DOTALL)


def _html(path: Path, without_macros: bool = False) -> str:
    """The template without what Jinja does; a printed value stays as a letter."""
    source = MACRO.sub("", path.read_text()) if without_macros else path.read_text()
    return JINJA.sub(lambda found: " x " if found[0].startswith("{{") else "", source)


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_nothing_is_inline_and_nothing_unsafe(path: Path) -> None:
    source, html = path.read_text(), _html(path)
    assert not re.search(r"\sstyle\s*=", html), "an inline style"
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)", html), "an inline block"
    assert not re.search(r"\s(on\w+|hx-on[\w:-]*)\s*=\s*[\"']", html), "an inline handler"
    assert not re.search(r"""hx-[\w:-]+\s*=\s*["']\s*js:|hx-trigger="[^"]*\[""", source), (
        "htmx that needs eval"
    )
    assert not re.search(r"\|\s*safe\b|autoescape|javascript:", source), "unsafe"


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_every_word_comes_from_the_catalogue(path: Path) -> None:
    left = re.sub(r"{#.*?#}|_\(\s*\"[^\"]*\"", "", path.read_text(), flags=re.DOTALL)
    for text in IN_RUSSIAN:
        left = left.replace(text, "")
    cyrillic = re.search("[а-яё][^<{]*", left, re.IGNORECASE)
    assert not cyrillic, cyrillic and cyrillic[0]
    text = re.sub(r"<[^>]*>", " ", re.sub(r"<(script|style).*?</\1>", "", _html(path), flags=re.DOTALL))
    text = text.replace("English", "")
    bare = re.findall(r"[A-Za-z]{3,}", text)
    assert not bare, f"words outside the catalogue: {bare[:5]}"


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.name.startswith("_")], ids=shown)
def test_a_fragment_has_one_root_with_an_id(path: Path) -> None:
    roots, depth = [], 0
    for closing, tag, attributes, closed in TAG.findall(_html(path, without_macros=True)):
        if closing:
            depth -= 1
            continue
        if depth == 0:
            roots.append((tag, attributes))
        depth += not (closed or tag in VOID)
    assert depth == 0, "tags that are not closed"
    if not roots and BY_MACRO.search(MACRO.sub("", path.read_text())):
        return  # the root is a macro's; the client of the tests looks at what comes out
    assert len(roots) == 1, f"{len(roots)} roots: {[tag for tag, _ in roots]}"
    assert re.search(r"\sid=", roots[0][1]), f"the root <{roots[0][0]}> has no id"


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_what_is_imported_is_used(path: Path) -> None:
    source = path.read_text()
    names = [one.split(" as ")[-1].strip() for found in IMPORT.findall(source) for one in found.split(",")]
    rest = IMPORT.sub("", source)
    assert [name for name in names if not re.search(rf"\b{name}\b", rest)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_tables_are_labeled(path: Path) -> None:
    for table in re.findall(r"<table\b.*?</table>", path.read_text(), re.DOTALL):
        assert "<caption" in table, f"no caption: {table[:100]}"
        for head in re.findall(r"<th\b[^>]*>", table):
            assert "scope=" in head, head
