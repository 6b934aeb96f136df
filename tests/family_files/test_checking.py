"""The content of a family.json is looked through value by value: what is wrong is named."""

import copy
from typing import Any

import pytest
from flask import Flask

from portal.family_files import checking, numbering
from portal.family_files.handing_out import told_of
from portal.rules import RuleBroken
from tests.factories import make_consent, make_family, make_patronage, make_user


@pytest.fixture
def good(app: Flask) -> dict[str, Any]:
    """The content of a small family's file."""
    family = make_family("Иванова")
    make_patronage(family, lead=make_user("specialist"))
    make_consent(family)
    return numbering.document(told_of(family.id))[0]


def _set(content: dict[str, Any], table: str, column: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(content)
    changed["tables"][table][0][column] = value
    return changed


WRONG = [
    ("families", "surname", 5, "families.surname"),
    ("families", "surname", "x" * 101, "families.surname"),
    ("families", "surname", "a\x00b", "families.surname"),
    ("families", "surname", "\ud800", "families.surname"),
    ("families", "surname", None, "families.surname"),
    ("families", "number", True, "families.number"),
    ("families", "number", 2**40, "families.number"),
    ("families", "course_ended_on", "2026-13-01", "families.course_ended_on"),
    ("families", "created_at", "2026-01-01T10:00:00", "families.created_at"),
    ("families", "course_ended_on", "9999-12-31", "families.course_ended_on"),
    ("families", "created_at", "0001-01-01T00:00:00+14:00", "families.created_at"),
    ("families", "created_at", "9999-12-31T23:59:59-12:00", "families.created_at"),
    ("families", "id", "1", "families.id"),
    ("families", "password_hash", "x", "families.password_hash"),
    ("families", "from", 1, "families.from"),
    ("family_members", "family_id", 77, "family_members.family_id"),
    ("assignments", "user_id", 77, "assignments.user_id"),
    ("consents", "scan_id", "files/9999.jpg", "consents.scan_id"),
    ("consents", "imported", "no", "consents.imported"),
]


@pytest.mark.parametrize(("table", "column", "value", "named"), WRONG)
def test_a_wrong_value_is_refused_and_named(
    good: dict[str, Any], table: str, column: str, value: Any, named: str
) -> None:
    with pytest.raises(RuleBroken) as caught:
        checking.check(_set(good, table, column, value))
    assert caught.value.params["name"] == named


def test_the_good_one_passes(good: dict[str, Any]) -> None:
    handed = checking.check(good)
    assert handed.family["surname"] == "Иванова"


def test_a_table_of_another_version_is_named(good: dict[str, Any]) -> None:
    with pytest.raises(RuleBroken) as caught:
        checking.check(good | {"tables": good["tables"] | {"horoscopes": []}})
    assert (caught.value.code, caught.value.params["name"]) == ("unknown_table", "horoscopes")


def test_two_families_in_one_file_are_refused(good: dict[str, Any]) -> None:
    twice = copy.deepcopy(good)
    twice["tables"]["families"].append(dict(twice["tables"]["families"][0], id=2))
    with pytest.raises(RuleBroken):
        checking.check(twice)


@pytest.mark.parametrize("part", ["people", "former", "tables", "around", "files", "papers"])
def test_a_part_that_is_missing_is_named(good: dict[str, Any], part: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        checking.check({name: value for name, value in good.items() if name != part})
    assert caught.value.params["name"] == part
