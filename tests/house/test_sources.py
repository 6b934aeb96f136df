"""portal/rules/SOURCES.md: what it names is there, and each step of a visit and a call is named."""

import ast
import functools
import re
from pathlib import Path

import pytest

from portal.procedures.texts import FIRST
from tests.access.matrix import lines
from tests.house.source import PORTAL, ROOT

TABLE = PORTAL / "rules" / "SOURCES.md"
ROW = re.compile(
    r"^\| (?P<number>[VCKP][\d.]+[a-z]?) \| (?P<sentence>.+?) \| (?P<answer>.+?) \| (?P<test>.+?) \|$"
)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
RULE = re.compile(r"`(rules/\w+\.py)::(\w+)`")
STEP = re.compile(r"`(visit|call|club):(\w+)`")
SCREEN = re.compile(r"`screen ([\w.]+)`")
ROWS = [found for found in map(ROW.match, TABLE.read_text().splitlines()) if found]
PARAMS = {"ids": [row["number"] for row in ROWS]}


@functools.cache
def functions(path: Path) -> set[str]:
    """The names of the functions of a module."""
    tree = ast.parse(path.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_line_of_the_table_is_read() -> None:
    written = [line for line in TABLE.read_text().splitlines() if re.match(r"\| [VCKP]\d", line)]
    assert len(written) == len(ROWS) > 70
    numbers = [row["number"] for row in ROWS]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("row", ROWS, **PARAMS)
def test_what_a_line_names_is_there(row: re.Match[str]) -> None:
    for path, name in TEST.findall(row["test"]):
        assert (ROOT / path).is_file() and name in functions(ROOT / path), f"{path}::{name}"
    for path, name in RULE.findall(row["answer"]):
        assert name in functions(PORTAL / path), f"{path}::{name}"
    for code, step in STEP.findall(row["answer"]):
        assert step in {one.code for one in FIRST[code].steps}, f"{code}:{step}"
    for endpoint in SCREEN.findall(row["answer"]):
        assert endpoint in {line.endpoint for line in lines()}, endpoint


@pytest.mark.parametrize("row", ROWS, **PARAMS)
def test_a_line_has_a_test_or_says_why_not(row: re.Match[str]) -> None:
    said = re.search(r"asks nothing: \w", row["test"])
    assert TEST.search(row["test"]) or said, row["number"]


def test_each_step_is_asked_for_by_a_sentence() -> None:
    named = {found for row in ROWS for found in STEP.findall(row["answer"])}
    known = {(code, step.code) for code, template in FIRST.items() for step in template.steps}
    assert known - named == set()
