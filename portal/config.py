"""Every setting of the portal: its environment variable, default, meaning, and its check at start."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class ConfigError(SystemExit):
    """A setting is wrong: the process stops with one clear sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"portal: {sentence}")


@dataclass(frozen=True)
class Config:
    """The checked settings; `Config.load()` reads them from the environment."""

    instance: Path  # INSTANCE: folder of the database, keys and uploads
    database_url: str  # DATABASE_URL: empty = encrypted SQLite inside the instance
    demo: bool | None  # DEMO: an imaginary centre with known passwords; unset: what the instance already is
    timezone: str  # TIMEZONE: the centre's zone
    country: str  # COUNTRY: ru or by
    https: bool  # HTTPS: cookies travel over HTTPS only
    proxies: int  # PROXIES: how many reverse proxies stand in front
    idle_minutes: int  # IDLE_MINUTES: a login sleeps after this time without a request
    session_hours: int  # SESSION_HOURS: a login ends after this time in any case
    log_level: str  # LOG_LEVEL: DEBUG, INFO, WARNING or ERROR
    mail_server: str = (
        ""  # MAIL_SERVER: smtp://[user:password@]host[:port] or smtps://…; empty: no mail is sent
    )
    mail_from: str = ""  # MAIL_FROM: the address mails come from
    portal_url: str = ""  # PORTAL_URL: the address of the portal that mails link to

    @classmethod
    def load(cls, env: dict[str, str] | None = None) -> "Config":
        """The settings of this process. Raises ConfigError naming the variable that is wrong."""
        env = dict(os.environ) if env is None else env
        root = Path(__file__).resolve().parent.parent
        return cls(
            instance=Path(env.get("INSTANCE") or root / "instance").resolve(),
            database_url=_database_url(env.get("DATABASE_URL", "")),
            demo=_flag(env, "DEMO") if env.get("DEMO") else None,
            timezone=_timezone(env.get("TIMEZONE") or "Europe/Moscow"),
            country=_one_of(env, "COUNTRY", ("ru", "by")),
            https=_flag(env, "HTTPS"),
            proxies=_number(env, "PROXIES", 0, 0, 5),
            idle_minutes=_number(env, "IDLE_MINUTES", 60, 1, 1440),
            session_hours=_number(env, "SESSION_HOURS", 12, 1, 168),
            log_level=_one_of(env, "LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
            **_mail(env),
        )

    @property
    def on_sqlite(self) -> bool:
        """True when the embedded database is used."""
        return not self.database_url


def _database_url(text: str) -> str:
    if not text:
        return ""
    for prefix in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if text.startswith(prefix):
            return "postgresql+psycopg://" + text[len(prefix) :]
    raise ConfigError(
        "DATABASE_URL must begin with postgresql:// (leave it empty for the embedded database)."
    )


def _mail(env: dict[str, str]) -> dict[str, str]:
    """The server, and what each mail needs besides: who it is from, and where its link leads."""
    server, sender = env.get("MAIL_SERVER", ""), env.get("MAIL_FROM", "")
    address = env.get("PORTAL_URL", "").rstrip("/")
    if address and not re.fullmatch(r"https?://[\w.:\[\]-]+", address):
        raise ConfigError("PORTAL_URL must be the portal's own address, such as https://portal.center.ru.")
    if sender and not re.fullmatch(r"[\w.%+-]+@[\w.-]+", sender, re.ASCII):
        raise ConfigError("MAIL_FROM must be one address, such as portal@center.ru.")
    if server:
        _check_mail_server(server)
        for name, value in (("MAIL_FROM", sender), ("PORTAL_URL", address)):
            if not value:
                raise ConfigError(f"MAIL_SERVER needs {name} too (leave all of them empty for no mail).")
    return {"mail_server": server, "mail_from": sender, "portal_url": address}


def _check_mail_server(text: str) -> None:
    """The value may hold a password: it is never repeated."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("smtp", "smtps") and parts.hostname and (parts.port or 25)
        good = good and parts.path in ("", "/") and bool(parts.username) == bool(parts.password)
    except ValueError:
        good = False
    if not good:
        raise ConfigError("MAIL_SERVER must look like smtp://user:password@host:587 (or smtps://…).")


def _flag(env: dict[str, str], name: str) -> bool:
    value = env.get(name, "").lower()
    if value not in ("", "0", "1", "no", "yes", "false", "true"):
        raise ConfigError(f"{name} must be 0 or 1, not {value!r}.")
    return value in ("1", "yes", "true")


def _one_of(env: dict[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = env.get(name) or allowed[0]
    if value not in allowed:
        raise ConfigError(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def _number(env: dict[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ConfigError(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(f"TIMEZONE {name!r} is not known; a right one is Europe/Moscow.") from None
    return name
