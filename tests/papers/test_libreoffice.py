"""What we give for editing opens in LibreOffice, and says there what we wrote."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader

from portal.papers import facts, layouts, word
from portal.papers.catalog import KINDS
from portal.papers.kind import Kind
from tests.demo_center import opened, seeded
from tests.papers.taken import take
from tests.setup import office


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.replace("\xad", ""))


def _said(file: Path) -> list[str]:
    """The words of a document's text, table cells included."""
    document = Document(str(file))
    cells = [node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t")]
    return _words(" ".join(cells))


@pytest.fixture(scope="module")
def program() -> str:
    found = office.installed()
    if found is None:
        message = f"no LibreOffice for the tests: run `make test`, or install {office.PACKAGE}"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return found


def _draw(kind: Kind) -> bytes:
    return word.draw(layouts.read(kind.code), kind.sample | facts.sample_common())


def test_each_paper_opens_and_says_the_same(
    program: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for code, kind in KINDS.items():
        (tmp_path / f"{code}.docx").write_bytes(_draw(kind))
    with opened(seeded(tmp_path_factory)):
        for paper in take(formats=("docx",)):
            (tmp_path / f"{paper.code}-{paper.object_id}.docx").write_bytes(paper.docx)
    files = sorted(tmp_path.glob("*.docx"))
    assert len(files) >= 2 * len(KINDS) > 0
    command = [program, f"-env:UserInstallation=file://{tmp_path}/home", "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), *map(str, files)], check=True, capture_output=True, timeout=300
    )
    for file in files:
        text = " ".join(page.extract_text() for page in PdfReader(file.with_suffix(".pdf")).pages)
        there = set(_words(text.replace("-\n", "")))
        lost = [one for one in _said(file) if one not in there and not _is_broken_over_lines(one, text)]
        assert not lost, f"{file.name}: {lost[:10]}"


def _is_broken_over_lines(one: str, text: str) -> bool:
    return one in re.sub(r"[-\s]+", "", text)
