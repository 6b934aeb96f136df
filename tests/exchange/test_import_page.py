"""The page of the import, and the command."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.config import Config
from portal.db import db
from portal.exchange.workbook import read_workbook
from portal.families.models import Family
from tests.client import Client
from tests.factories import make_user

ROOT = Path(__file__).parents[2]
REGISTER = ROOT / "portal" / "demo" / "register.xlsx"


def upload(client: Client, data: bytes, name: str = "register.xlsx", status: int = 303) -> str:
    answer = client.post("/imports/new/families", status, file=(io.BytesIO(data), name))
    return answer.headers.get("Location", "")


def test_the_old_address_leads_to_the_wizard(app: Flask) -> None:
    answer = Client(app, make_user("head")).get("/families/import", 303)
    assert answer.headers["Location"] == "/imports/new/families"


def test_preview_apply_and_the_refused_rows(app: Flask) -> None:
    client = Client(app, make_user("head"))
    client.get("/imports/new/families")
    preview = upload(client, REGISTER.read_bytes())
    client.get(preview)
    assert len(client.page.xpath("//tbody/tr")) == 80
    client.get(preview + "?show=refused")
    assert len(client.page.xpath("//tbody/tr")) == 16
    assert "31.02.2025" in client.text
    client.get(preview + "?show=double")
    assert len(client.page.xpath("//tbody/tr")) == 12
    client.get(preview + "?show=extra")
    assert len(client.page.xpath("//tbody/tr")) == 8
    assert db.session.scalar(select(func.count()).select_from(Family)) == 0
    done = client.post(preview + "/apply").headers["Location"]
    assert db.session.scalar(select(func.count()).select_from(Family)) == 80
    assert client.post(preview + "/apply").headers["Location"] == done
    assert db.session.scalar(select(func.count()).select_from(Family)) == 80
    client.get(done)
    assert "8" in client.text
    client.get(preview + "?show=known")
    assert len(client.page.xpath("//tbody/tr")) == 80 and "№ 1." in client.text
    refused = client.http.get(preview + "/refused")
    assert refused.status_code == 200
    sheets = read_workbook(refused.data, "refused.xlsx")
    assert sum("." in str(cells[-1]) for _number, cells in sheets[0].rows) >= 16


def test_mended_rows_come_back(app: Flask) -> None:
    """The file of refused rows is read as a register again: the same rows, the same reasons."""
    client = Client(app, make_user("head"))
    preview = upload(client, REGISTER.read_bytes())
    again = upload(client, client.http.get(preview + "/refused").data)
    client.get(again + "?show=refused")
    assert len(client.page.xpath("//tbody/tr")) == 16


def test_anothers_upload_is_not_found(app: Flask) -> None:
    preview = upload(Client(app, make_user("head")), REGISTER.read_bytes())
    Client(app, make_user("head")).get(preview, 404)
    Client(app, make_user("head")).get("/imports/new/families/nonsense", 404)


@pytest.mark.parametrize(
    "data", [b"", b"<html>no workbook</html>", b"PK\x03\x04 broken", "просто текст".encode()]
)
def test_what_is_no_register_gets_a_sentence(app: Flask, data: bytes) -> None:
    client = Client(app, make_user("head"))
    upload(client, data, "register.xlsx", 422)
    assert client.page.xpath("//*[@data-errors]//li")


def run(config: Config, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {"INSTANCE": str(config.instance), "DATABASE_URL": config.database_url, "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "import-register", *arguments]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_command_previews_and_applies(config: Config) -> None:
    preview = run(config, str(REGISTER), "--json")
    facts = json.loads(preview.stdout)
    assert (preview.returncode, facts["read"], facts["accepted"]) == (0, 108, 80)
    assert (len(facts["refused"]), len(facts["duplicates"]), len(facts["families"])) == (16, 12, 80)
    applied = json.loads(run(config, str(REGISTER), "--apply", "--json").stdout)
    assert (applied["made"], applied["known"]) == (80, 0)
    applied = json.loads(run(config, str(REGISTER), "--apply", "--json").stdout)
    assert (applied["made"], applied["known"]) == (0, 80)


def test_the_command_refuses_what_is_no_workbook(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "register.xlsx"
    file.write_bytes(b"nothing of the kind")
    answer = run(config, str(file), "--json")
    assert answer.returncode == 1 and "error" in json.loads(answer.stdout)
