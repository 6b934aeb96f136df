"""Workbooks that wait sealed for a day, each with the answers to what was asked of it; neither changes any more."""

import json
from collections.abc import Mapping

from flask import abort

from portal import files
from portal.exchange.workbook import Sheet, read_workbook

FOLDER = "pending"
DAY = 24 * 3600
_MARK = b"#answers\n"
Answers = Mapping[str, str]


def keep(data: bytes, answers: Answers) -> str:
    """Seal the workbook with the answers; gives the name it is kept under."""
    files.drop_older(FOLDER, DAY)
    said = json.dumps(dict(answers), sort_keys=True).encode()
    return files.keep(_MARK + said + b"\n" + data, FOLDER)[0]


def read(name: str) -> tuple[bytes, dict[str, str]]:
    """The workbook and the answers. Raises FileNotFoundError."""
    data = files.read(name, FOLDER)
    if not data.startswith(_MARK):
        return data, {}
    said, _, workbook = data.removeprefix(_MARK).partition(b"\n")
    return workbook, json.loads(said)


def opened(name: str) -> tuple[list[Sheet], dict[str, str]]:
    """The sheets of the workbook and the answers; 404 when it has been forgotten."""
    try:
        data, answers = read(name)
    except FileNotFoundError:
        abort(404)
    return read_workbook(data), answers


def answered(name: str, answers: Answers) -> str:
    """The workbook with these answers: under its name if they are the same, else under a new one."""
    data, before = read(name)
    return name if dict(answers) == before else keep(data, answers)
