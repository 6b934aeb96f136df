"""The commands of `flask --app wsgi …` for the one who operates the portal."""

import json
import sys
from pathlib import Path

import click
from flask import Flask


def init_app(app: Flask) -> None:
    """Add the commands."""
    group = click.Group("audit", help="The audit log.")
    group.add_command(verify)
    app.cli.add_command(group)
    for command in (check, import_register, seed_demo, first_admin, backup, export_all, work):
        app.cli.add_command(command)


def _within_app(command):  # type: ignore[no-untyped-def]
    from flask.cli import with_appcontext

    return with_appcontext(command)


@click.command("verify")
@_within_app
def verify() -> None:
    """Walk the audit chain and compare the rows of meetings with it; exit 1 and what is broken, a line each."""
    from portal.consilium import proof

    whole, faults = proof.verify()
    for fault in faults:
        click.echo(f"broken: {fault}")
    if faults:
        sys.exit(1)
    click.echo(f"ok: {whole} entries")


@click.command("check")
@_within_app
def check() -> None:
    """Walk the database; JSON {"ok", "broken"}; exit 1 when a rule of the domain is broken by the data."""
    from portal.check import broken_rules

    broken = broken_rules()
    click.echo(json.dumps({"ok": not broken, "broken": broken}, ensure_ascii=False, indent=1))
    sys.exit(1 if broken else 0)


@click.command("import-register")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "apply_it", is_flag=True, help="Write the accepted rows; without it only a preview.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@_within_app
def import_register(file: Path, apply_it: bool, as_json: bool) -> None:
    """Read a register of families (xlsx, ods, csv)."""
    from portal.exchange.command import run

    sys.exit(run(file, apply_it, as_json))


@click.command("demo")
@_within_app
def seed_demo() -> None:
    """Fill a demo instance (DEMO=1) with the demo centre; a filled one stays as it is."""
    from portal.demo.seed import seed

    click.echo(seed())


@click.command("first-admin")
@_within_app
def first_admin() -> None:
    """Print a new one-time link that makes the first administrator."""
    from portal.prepare import first_admin_notice, has_admin

    if has_admin():
        click.echo("There is an administrator already: ask them for a link.")
        sys.exit(1)
    click.echo(first_admin_notice())


@click.command("backup")
@_within_app
def backup() -> None:
    """Write a backup into the instance's folder `backups`; prints its path."""
    from portal.backup import make

    click.echo(str(make()))


@click.command("work")
@click.option("--until-done", is_flag=True, help="Stop when nothing waits any more.")
@_within_app
def work(until_done: bool) -> None:
    """Do the tasks in the background; serve.py does it by itself, a second process takes turns with it."""
    from flask import current_app

    from portal.jobs import worker

    worker.serve(current_app._get_current_object(), until_done=until_done)  # type: ignore[attr-defined]


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_within_app
def export_all(file: Path) -> None:
    """Write all data into FILE (a ZIP: JSON lines, files unsealed, manifest), for the owner of the data."""
    from portal.whole_export import export

    try:
        manifest = export(file)
    except FileExistsError:
        click.echo(f"{file} is there already: name another file.", err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"{file} cannot be written: {error.strerror}.", err=True)
        sys.exit(1)
    rows = sum(manifest["tables"].values())
    click.echo(f"ok: {rows} rows, {len(manifest['files'])} files, digest {manifest['digest']}")
    click.echo("The file is not encrypted: personal data lie open in it.")
