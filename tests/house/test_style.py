"""What DESIGN asks of every file: one place to commit, small rooms, docstrings, names."""

import ast
import re

import pytest

from tests.house.source import PORTAL, ROOT, calls, files, modules, shown

LONGEST = 300
TECHNICAL = {  # traces that are no business rows: looks, logins, what is typed but unsaved, mail, reading
    "portal.db", "portal.audit", "portal.accounts.sessions", "portal.drafts.actions",
    "portal.mail.sending", "portal.consilium.reading", "portal.jobs.claims",
}  # fmt: skip
PRINTING = {"portal.prepare", "portal.exchange.command", "portal.cli"}
RUSSIAN = {  # data and law in Russian; everything a user reads of the interface comes from the catalogue
    "portal.settings.words", "portal.rules.names", "portal.rules.phones", "portal.accounts.actions",
    "portal.settings.queries", "portal.procedures.texts_visit", "portal.procedures.texts_call",
    "portal.procedures.texts_club", "portal.procedures.texts_branches",
    "portal.clubs.program_texts",
    "portal.papers.drawing", "portal.papers.facts", "portal.papers.text", "portal.papers.law",
    "portal.papers.word_template", "portal.papers.name_parts", "portal.papers.name_cases",
}  # fmt: skip
IN_PAPERS = (
    *("_papers", "_facts", "samples", "agenda_words", "periods", "people", "russian"),
)  # of portal.papers: what they print
NAMES = {"Яндекс Браузер"}
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def test_commit_stands_in_one_place() -> None:
    for name, tree in modules().items():
        if name != "portal.db":
            lines = [line for line, called in calls(tree) if called in ("commit", "begin_nested")]
            assert not lines, f"{name} commits in line {lines}"


def test_only_traces_are_written_without_an_audit_event() -> None:
    for name, tree in modules().items():
        if name not in TECHNICAL:
            assert "technical" not in {called for _, called in calls(tree)}, (
                f"{name} writes past the audit log"
            )


def test_the_clock_is_asked_in_one_place() -> None:
    for name, tree in modules().items():
        if name != "portal.clock":
            lines = [line for line, called in calls(tree) if called in ("today", "now", "utcnow")]
            source = ast.unparse(tree)
            assert not re.search(r"\b(date\.today|datetime\.(now|utcnow)|datetime\.today)\(", source), (
                name,
                lines,
            )


def test_no_drawers_for_everything() -> None:
    for path in [*files(PORTAL, "*.py"), *files(ROOT / "tests", "*.py")]:
        assert not re.search(r"utils?|helpers?|manager|common|misc", path.stem), shown(path)


@pytest.mark.parametrize("path", [*files(PORTAL, "*.py"), ROOT / "serve.py"], ids=shown)
def test_rooms_are_small(path) -> None:  # type: ignore[no-untyped-def]
    if "versions" not in path.parts:
        assert len(path.read_text().splitlines()) < LONGEST


def test_everything_public_has_a_docstring() -> None:
    silent = []
    for name, tree in modules().items():
        if name.rpartition(".")[2] not in ("actions", "views") and not tree.body:
            continue
        if tree.body and ast.get_docstring(tree) is None:
            silent.append(name)
        for node in ast.walk(tree):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and _is_public(node, tree):
                silent += [] if ast.get_docstring(node) else [f"{name}.{node.name}"]
    assert silent == []


def _is_public(node: ast.ClassDef | ast.FunctionDef, tree: ast.Module) -> bool:
    """Top-level, or a method of a top-level class that is public itself."""
    owners = [
        tree,
        *(one for one in tree.body if isinstance(one, ast.ClassDef) and not one.name.startswith("_")),
    ]
    return not node.name.startswith("_") and any(node in owner.body for owner in owners)


def test_nobody_prints() -> None:
    for name, tree in modules().items():
        if name not in PRINTING:
            assert "print" not in {called for _, called in calls(tree)}, name


def test_the_interface_speaks_through_the_catalogue() -> None:
    found = []
    for name, tree in modules().items():
        if name not in RUSSIAN and not name.startswith(("portal.exchange", "portal.demo")):
            if name.startswith("portal.papers.") and name.endswith(IN_PAPERS):
                continue  # papers are in Russian, and so are the facts they print
            found += [
                f"{name}:{line} {text}"
                for line, text in _strings(tree)
                if CYRILLIC.search(text) and text not in NAMES
            ]
    assert found == []


def _strings(tree: ast.Module) -> list[tuple[int, str]]:
    """String constants that are no docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docs = {id(n.body[0].value) for n in ast.walk(tree) if isinstance(n, documented) and ast.get_docstring(n)}  # type: ignore[attr-defined]
    constants = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return [(n.lineno, str(n.value)) for n in constants if id(n) not in docs]


def test_the_project_stands_alone() -> None:
    """Nothing names a folder outside the checkout or the machine it was written on."""
    for path in files(ROOT, "*"):
        if (
            path.suffix in (".py", ".html", ".md", ".css", ".js", ".toml", ".cfg", ".txt", "")
            and path.stat().st_size < 200_000
        ):
            text = path.read_text(errors="ignore")
            wrong = re.search(
                "/" + "work/|" + r"\.\./" + "shared|" + r"\." + "library/|" + "/root" + "/", text
            )
            assert not wrong, f"{shown(path)} names {wrong[0] if wrong else ''}"


def test_nothing_is_left_to_do() -> None:
    marks = re.compile("TO" + r"DO\b|FIX" + r"ME\b|X" + "XX")
    for path in [
        *files(PORTAL, "*.py"),
        *files(ROOT / "tests", "*.py"),
        *files(ROOT / "templates", "*.html"),
    ]:
        assert not marks.search(path.read_text()), shown(path)


def test_pins_are_exact_and_say_why() -> None:
    for name in ("requirements.txt", "tests/requirements.txt", "constraints.txt"):
        for line in (ROOT / name).read_text().splitlines():
            if line and not line.startswith(("#", "-c")):
                assert re.match(
                    r"[\w.-]+(\[\w+\])?==[\w.]+( ; sys_platform [!=]= \"win32\")?(  # \w.+)?$", line
                ), line
                assert name == "constraints.txt" or "  # " in line, f"{line}: why?"
