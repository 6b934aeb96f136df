"""`flask import-register`: the register on the command line, brought in as by the wizard's «families»."""

import json
from pathlib import Path

import click

from portal import clock
from portal.db import db
from portal.exchange import apply as applying
from portal.exchange import pending, queries, running
from portal.exchange.kinds import KINDS
from portal.exchange.models import Import
from portal.exchange.register import as_json, plain, read_register
from portal.exchange.workbook import read_workbook
from portal.rules import RuleBroken


def run(file: Path, apply_it: bool, as_object: bool) -> int:
    """Read the file, and write it when told to; prints what was found. Gives the exit code."""
    try:
        register = read_register(read_workbook(file), clock.today(), applying.staff_names())
        facts = as_json(register)
        if apply_it:
            facts |= _bring(file.read_bytes())
    except RuleBroken as broken:
        sentence = plain(broken.message, broken.params)
        click.echo(json.dumps({"error": broken.code, "message": sentence}) if as_object else sentence)
        return 1
    click.echo(json.dumps(facts, ensure_ascii=False, indent=1) if as_object else _words(facts))
    return 0


def _bring(data: bytes) -> dict[str, object]:
    """An import that nobody of the portal has made: it stands in the list, can be gone on with and undone."""
    import_id = running.start(KINDS["families"], pending.keep(data, {}), None)
    running.run(import_id, None)
    done = db.session.get_one(Import, import_id, populate_existing=True)
    accounts = sorted(user.username for user in queries.accounts_of(import_id))
    return {"import": import_id, "made": done.made, "known": done.known, "accounts": accounts}


def _words(facts: dict[str, object]) -> str:
    refused, duplicates = facts["refused"], facts["duplicates"]
    assert isinstance(refused, list) and isinstance(duplicates, list)  # noqa: S101
    lines = [
        f"read {facts['read']}, accepted {facts['accepted']}, refused {len(refused)}, duplicates {len(duplicates)}"
    ]
    lines += [f"row {row['row']}: {row['why']}: {row['message']}" for row in refused]
    lines += [f"row {row['row']}: probably the family of row {row['of']}" for row in duplicates]
    if "made" in facts:
        lines.append(
            f"made {facts['made']} families, {facts['known']} were there already; accounts: {facts['accounts']};"
            f" import No. {facts['import']}, to be undone under /imports/"
        )
    return "\n".join(lines)
