"""Which data are a family's is complete by construction."""

import importlib

from flask import Flask

from portal.db import Base
from portal.family_files.belonging import (
    BELONGING,
    FILES,
    LIVE,
    ROOT,
    Around,
    Of,
    around,
    columns,
    parent,
    tables,
    target,
)
from tests.house.source import modules

for module in (one for one in modules() if one.endswith("models")):
    importlib.import_module(module)  # also those that no page has loaded yet
SECRET = ("password", "token", "key", "hash")


def test_every_table_says_whose_its_rows_are(app: Flask) -> None:
    """Whoever adds a table enters it in belonging.py: how it is the family's, or why not."""
    assert set(Base.metadata.tables) == set(BELONGING)


def test_whatever_names_a_family_or_what_is_of_it_belongs_to_it_or_says_why(app: Flask) -> None:
    """A table with a foreign key into the family's rows is theirs, around them, or apart with a reason."""
    theirs = set(tables())
    for name, table in Base.metadata.tables.items():
        named = {key.column.table.name for key in table.foreign_keys}
        if named & theirs and name not in theirs:
            rule = BELONGING[name]
            assert isinstance(rule, Around) or rule.why, name


def test_the_way_to_the_family_ends_at_the_family(app: Flask) -> None:
    for name in tables():
        seen, here = [name], name
        while here != ROOT:
            here = parent(here)
            assert here not in seen, f"{name} goes in a circle: {seen}"
            seen.append(here)


def test_every_reference_of_what_is_told_is_told_itself(app: Flask) -> None:
    """No column of the file names a row that the file does not hold: rows, things around, people, files."""
    known = {*tables(), *around(), "users", ""}
    for name in [*tables(), *around()]:
        for column in columns(name):
            table = Base.metadata.tables[name]
            assert target(name, table, column.name) in known, f"{name}.{column.name}"


def test_what_a_center_goes_on_with_stands_on_itself(app: Flask) -> None:
    for name in LIVE:
        assert isinstance(BELONGING[name], Of)
        for column in columns(name):
            goal = target(name, Base.metadata.tables[name], column.name)
            assert goal in {*LIVE, "users", ""}, f"{name}.{column.name}"


def test_nothing_secret_is_told(app: Flask) -> None:
    for name in [*tables(), *around()]:
        for column in columns(name):
            if column.name != "key":  # of a goal of a plan: by what its versions are compared
                assert not any(word in column.name for word in SECRET), f"{name}.{column.name}"


def test_files_are_columns_that_are_there(app: Flask) -> None:
    for name, column in FILES:
        assert column in Base.metadata.tables[name].columns
