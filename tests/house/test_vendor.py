"""What is vendored is what the list says it is."""

import hashlib
import re
from pathlib import Path

import pytest

from tests.house.source import ROOT

VENDOR = ROOT / "static" / "vendor"
FONTS = ROOT / "portal" / "papers" / "fonts"
ROW = re.compile(r"\| (\S+) \| ([\w.]+) \| ([\w.-]+) \| (https://\S+) \| ([0-9a-f]{64}) \|")


@pytest.mark.parametrize("folder", [VENDOR, FONTS], ids=["static", "fonts"])
def test_every_vendored_file_has_its_sum(folder: Path) -> None:
    rows = {
        found[1]: found for found in map(ROW.match, (folder / "README.md").read_text().splitlines()) if found
    }
    present = {path.name for path in folder.rglob("*") if path.is_file()} - {"README.md"}
    assert set(rows) == present
    for name, row in rows.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == row[5], name


def test_every_icon_that_is_asked_for_is_there() -> None:
    known = set(re.findall(r'<symbol[^>]* id="([\w-]+)"', (VENDOR / "icons.svg").read_text()))
    for path in (ROOT / "templates").rglob("*.html"):
        for name in re.findall(r'\bicon\("([\w-]+)"', path.read_text()):
            assert name in known, f"{path.name}: {name}"
