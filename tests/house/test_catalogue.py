"""Both languages are complete."""

import re
import subprocess
import sys

import polib
import pytest

from tests.house.source import ROOT

PO = ROOT / "portal" / "translations" / "ru" / "LC_MESSAGES" / "messages.po"
KEYWORDS = ["-k", "_l", "-k", "N_", "-k", "lazy_gettext"]
PLACES = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> polib.POFile:
    """Every message that the source has now."""
    pot = tmp_path_factory.mktemp("catalogue") / "messages.pot"
    extract = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg", *KEYWORDS]
    subprocess.run([*extract, "-o", str(pot), "."], cwd=ROOT, check=True)
    return polib.pofile(str(pot))


def _key(entry: polib.POEntry) -> tuple[str, str, str]:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def _forms(entry: polib.POEntry) -> list[str]:
    return [entry.msgstr_plural.get(n, "") for n in range(3)] if entry.msgid_plural else [entry.msgstr]


def test_every_message_has_its_russian(wanted: polib.POFile) -> None:
    translated = {_key(entry) for entry in polib.pofile(str(PO)) if all(_forms(entry)) and not entry.fuzzy}
    assert sorted(_key(entry) for entry in wanted if _key(entry) not in translated) == []


def test_no_message_is_left_over(wanted: polib.POFile) -> None:
    assert {_key(entry) for entry in polib.pofile(str(PO))} <= {_key(entry) for entry in wanted}


def test_placeholders_agree() -> None:
    for entry in polib.pofile(str(PO)).translated_entries():
        known = set(PLACES.findall(entry.msgid + (entry.msgid_plural or "")))
        for text in _forms(entry):
            assert set(PLACES.findall(text)) <= known, f"{entry.msgid}: {text}"
            assert set(PLACES.findall(text)) == known or entry.msgid_plural, f"{entry.msgid}: {text}"


def test_the_compiled_catalogue_is_the_written_one() -> None:
    compiled = {_key(entry): _forms(entry) for entry in polib.mofile(str(PO.with_suffix(".mo")))}
    assert compiled == {_key(entry): _forms(entry) for entry in polib.pofile(str(PO)).translated_entries()}


def test_the_three_russian_plurals_are_declared() -> None:
    assert polib.pofile(str(PO)).metadata["Plural-Forms"].startswith("nplurals=3")
