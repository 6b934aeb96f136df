"""A wrong setting stops the start with one sentence that names it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.config import Config, ConfigError

ROOT = Path(__file__).resolve().parents[1]
REGISTER = ROOT / "portal" / "demo" / "register.xlsx"
WRONG = {
    "DATABASE_URL": ("mysql://localhost/portal", "portal.db", "sqlite:///portal.db"),
    "DEMO": ("maybe", "2"),
    "TIMEZONE": ("Europe/Moskow", "../../etc/passwd", "+03:00"),
    "COUNTRY": ("kz", "RU"),
    "HTTPS": ("on please",),
    "PROXIES": ("-1", "6", "one", "1.5"),
    "IDLE_MINUTES": ("0", "1441", "an hour", "²"),
    "SESSION_HOURS": ("0", "169", "-12"),
    "LOG_LEVEL": ("verbose", "info"),
    "MAIL_SERVER": (
        "mail.center.ru",
        "http://mail.center.ru",
        "smtp://",
        "smtp://host:99999",
        "smtp://user@host",
    ),
    "MAIL_FROM": ("portal", "Портал <portal@center.ru>", "a@b.ru, c@d.ru"),
    "PORTAL_URL": ("portal.center.ru", "ftp://portal", "https://portal.center.ru/path?x=1"),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, all_ in WRONG.items() for value in all_])
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Config.load({name: value})


def test_defaults_serve_a_centre_without_any_setting() -> None:
    config = Config.load({})
    assert (config.on_sqlite, config.demo, config.timezone) == (True, None, "Europe/Moscow")
    assert (config.idle_minutes, config.session_hours, config.https) == (60, 12, False)
    assert config.instance == ROOT / "instance"


def test_an_empty_setting_is_a_default() -> None:
    assert Config.load(dict.fromkeys(WRONG, "") | {"INSTANCE": ""}) == Config.load({})


@pytest.mark.parametrize("prefix", ["postgres://", "postgresql://", "postgresql+psycopg://"])
def test_every_spelling_of_postgresql_is_understood(prefix: str) -> None:
    config = Config.load({"DATABASE_URL": f"{prefix}user@localhost/portal"})
    assert config.database_url == "postgresql+psycopg://user@localhost/portal"


@pytest.mark.parametrize(("value", "demo"), [("1", True), ("yes", True), ("0", False), ("false", False)])
def test_flags(value: str, demo: bool) -> None:
    assert Config.load({"DEMO": value}).demo is demo


def _start(tmp_path: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in ("DEMO", "DATABASE_URL")}
    env |= {"INSTANCE": str(tmp_path / "instance")} | settings
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=300
    )


def test_a_command_stops_with_one_sentence_and_no_trace(tmp_path: Path) -> None:
    done = _start(tmp_path, "-m", "flask", "--app", "wsgi", "check", IDLE_MINUTES="soon")
    assert done.returncode == 1
    assert done.stderr == "portal: IDLE_MINUTES must be a whole number from 1 to 1440, not 'soon'.\n"


@pytest.mark.parametrize("port", ["0", "65536", "web"])
def test_a_wrong_port_is_named(tmp_path: Path, port: str) -> None:
    done = _start(tmp_path, "serve.py", PORT=port)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "PORT" in done.stderr


def test_a_demo_never_becomes_a_real_centre_nor_the_other_way(tmp_path: Path) -> None:
    check = ("-m", "flask", "--app", "wsgi", "audit", "verify")
    assert _start(tmp_path, *check, DEMO="1").returncode == 0
    as_real = _start(tmp_path, *check, DEMO="0")
    assert as_real.returncode == 1
    assert "demo" in as_real.stderr
    assert _start(tmp_path, *check).returncode == 0
    other = tmp_path / "real"
    other.mkdir()
    register = ("-m", "flask", "--app", "wsgi", "import-register", str(REGISTER), "--apply")
    assert _start(other, *register).returncode == 0
    as_demo = _start(other, *check, DEMO="1")
    assert as_demo.returncode == 1
    assert "DEMO" in as_demo.stderr


def test_an_instance_that_only_a_command_has_prepared_may_become_a_demo(tmp_path: Path) -> None:
    check = ("-m", "flask", "--app", "wsgi", "audit", "verify")
    assert _start(tmp_path, *check).returncode == 0
    assert _start(tmp_path, *check, DEMO="1").returncode == 0
    assert _start(tmp_path, *check, DEMO="0").returncode == 1


def test_a_lost_key_is_said_in_words(tmp_path: Path) -> None:
    check = ("-m", "flask", "--app", "wsgi", "audit", "verify")
    assert _start(tmp_path, *check).returncode == 0
    key = tmp_path / "instance" / "master.key"
    assert key.stat().st_mode & 0o077 == 0
    for wrong in ("00" * 32, "no key", ""):
        key.write_text(wrong)
        done = _start(tmp_path, *check)
        assert done.returncode == 1
        assert "master.key" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_said_in_words(tmp_path: Path) -> None:
    url = "postgresql://nobody:secret@127.0.0.1:1/portal"
    done = _start(tmp_path, "-m", "flask", "--app", "wsgi", "audit", "verify", DATABASE_URL=url)
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = _start(
        tmp_path, "-m", "flask", "--app", "wsgi", "audit", "verify", INSTANCE=str(tmp_path / "file" / "x")
    )
    assert done.returncode == 1
    assert "INSTANCE" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mail_server_needs_a_sender_and_the_portal_s_address() -> None:
    server = {"MAIL_SERVER": "smtps://portal:s%40cret@mail.center.ru"}
    with pytest.raises(ConfigError, match="MAIL_FROM"):
        Config.load(server)
    with pytest.raises(ConfigError, match="PORTAL_URL"):
        Config.load(server | {"MAIL_FROM": "portal@center.ru"})
    config = Config.load(
        server | {"MAIL_FROM": "portal@center.ru", "PORTAL_URL": "https://portal.center.ru/"}
    )
    assert config.portal_url == "https://portal.center.ru"


def test_a_wrong_mail_server_does_not_tell_its_password() -> None:
    with pytest.raises(ConfigError) as error:
        Config.load({"MAIL_SERVER": "smtpx://portal:s3cret@mail.center.ru"})
    assert "s3cret" not in str(error.value)
