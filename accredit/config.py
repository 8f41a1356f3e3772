"""Settings, read once from the environment and never changed afterwards."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from importlib.resources import files
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accredit.text import Bilingual

MINIMUM_SECRET_LENGTH = 32
DEMO_SECRET = "demonstration only: not a secret, and refused in production"  # noqa: S105 - refused outside the demonstration


#: In characters: what a telephone shows beside the sign of the site.
LONGEST_NAME = 40
_COLOUR = re.compile("#[0-9a-f]{6}")

#: Names of this machine itself.
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Mode(StrEnum):
    """What this process is for; anything that is not named is production."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class SettingsError(ValueError):
    """A setting is missing or cannot be used; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where files are kept instead of the data folder: an S3-compatible service.

    `endpoint` is None for Amazon itself; without keys those of the machine's role are used.
    """

    name: str
    prefix: str
    endpoint: str | None
    region: str
    access_key: str | None
    secret_key: str | None


@dataclass(frozen=True, slots=True)
class Smtp:
    """The server that takes our mail, and from whom it comes.

    `security` is "starttls", "tls" or "none"; `ca_file` names the authority that signed the
    server's certificate where it is not a public one.
    """

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = None
    security: str = "starttls"
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the application may know about where it runs.

    `upload_limit` is bytes per request file, `data_dir` holds the SQLite database and
    the evidence store, `base_url` is the address printed on certificates. `scanner` is
    where ClamAV listens: `host:port`, or the path of its socket. `trail_heads` is the file of
    signed heads of the event trail, `trail_key` what they are signed with, and
    `trail_minutes` how long the end of the trail may stay unsigned. `smtp` is None where no
    mail is sent. Requests are answered for the host of `base_url` and `trusted_hosts` only;
    what `trusted_proxies` say of a request's origin is believed. A session ends after
    `session_idle` without a request, and after `session_length` whatever happens.
    What is sent to us must bring some in every `body_pause` and all within `body_whole`; a
    process of the server that gives no sign for `pulse_pause` is replaced.
    `limit_factor` says how many times the usual number of checks, exports and uploads is let
    through. With `second_factor_for_all` nobody signs in by a password alone, whatever their
    roles. `log_as_json` is how the server's own log is written. `mark`, the colours (as
    "#rrggbb") and the names are those of an organisation, where it brings its own.
    """

    mode: Mode
    secret_key: str
    password_salt: str
    data_dir: Path
    database_url: str
    base_url: str
    time_zone: ZoneInfo
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    upload_limit: int = 25 * 1024 * 1024
    bucket: Bucket | None = None
    scanner: str | None = None
    trail_heads: Path | None = None
    trail_key: str | None = None
    trail_minutes: int = 5
    smtp: Smtp | None = None
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    session_idle: timedelta = timedelta(hours=1)
    session_length: timedelta = timedelta(hours=12)
    body_pause: timedelta = timedelta(seconds=30)
    body_whole: timedelta = timedelta(minutes=30)
    pulse_pause: timedelta = timedelta(seconds=30)
    limit_factor: int = 1
    second_factor_for_all: bool = False
    secure_cookies: bool = True
    log_as_json: bool = False
    product_name: str = "accredit"
    product_name_ar: str | None = None
    mark: Path | None = None
    brand_colour: str | None = None
    accent_colour: str | None = None

    @property
    def names(self) -> Bilingual:
        """What the site is called."""
        return Bilingual(self.product_name, self.product_name_ar or self.product_name)

    @property
    def evidence_dir(self) -> Path:
        """Where files are stored under the hash of their content."""
        return self.data_dir / "evidence"

    @property
    def arriving_dir(self) -> Path:
        """Where files lie while they arrive in pieces."""
        return self.data_dir / "arriving"

    @property
    def heads_file(self) -> Path:
        """Where signed heads of the event trail are kept."""
        return self.trail_heads or self.data_dir / "trail" / "heads.jsonl"

    @property
    def heads_key(self) -> bytes:
        """What heads are signed with; never in the database nor in the data folder."""
        return (self.trail_key or self.secret_key).encode()


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; secrets also from files named by `…_FILE`.

    Raises `SettingsError` where a value cannot be used, and in production where the
    secret key is missing, short or the demonstration's.
    """
    env = os.environ if environ is None else environ
    mode = _mode(env)
    data_dir = Path(env.get("ACCREDIT_DATA_DIR") or "instance").resolve()
    secret = _secret(env, "ACCREDIT_SECRET_KEY", mode)
    return Settings(
        mode=mode,
        secret_key=secret,
        password_salt=_further_secret(env, "ACCREDIT_PASSWORD_SALT", mode) or f"salt:{secret}",
        data_dir=data_dir,
        database_url=_optional_secret(env, "DATABASE_URL")
        or f"sqlite:///{data_dir / 'accredit.sqlite3'}",
        base_url=_base_url(env),
        time_zone=_zone(env),
        host=env.get("ACCREDIT_HOST") or "127.0.0.1",
        port=_number(env, "ACCREDIT_PORT", 8000, 1, 65535),
        workers=_number(env, "ACCREDIT_WORKERS", min(4, os.cpu_count() or 1), 1, 64),
        upload_limit=_number(env, "ACCREDIT_UPLOAD_LIMIT_MB", 25, 1, 1024) * 1024 * 1024,
        bucket=_bucket(env),
        scanner=_scanner(env),
        trail_heads=_path(env, "ACCREDIT_TRAIL_HEADS"),
        trail_key=_further_secret(env, "ACCREDIT_TRAIL_KEY", mode),
        trail_minutes=_number(env, "ACCREDIT_TRAIL_MINUTES", 5, 1, 24 * 60),
        smtp=_smtp(env),
        trusted_hosts=_words(env, "ACCREDIT_TRUSTED_HOSTS"),
        trusted_proxies=_networks(env, "ACCREDIT_TRUSTED_PROXIES"),
        session_idle=timedelta(
            minutes=_number(env, "ACCREDIT_SESSION_IDLE_MINUTES", 60, 5, 24 * 60)
        ),
        session_length=timedelta(hours=_number(env, "ACCREDIT_SESSION_HOURS", 12, 1, 24 * 7)),
        body_pause=timedelta(seconds=_number(env, "ACCREDIT_BODY_SECONDS", 30, 5, 600)),
        body_whole=timedelta(minutes=_number(env, "ACCREDIT_BODY_MINUTES", 30, 1, 24 * 60)),
        pulse_pause=timedelta(seconds=_number(env, "ACCREDIT_PULSE_SECONDS", 30, 5, 3600)),
        limit_factor=_number(env, "ACCREDIT_LIMIT_FACTOR", 1, 1, 1_000_000),
        second_factor_for_all=_choice(env, "ACCREDIT_SECOND_FACTOR", "roles", "everybody")
        == "everybody",
        secure_cookies=mode is Mode.PRODUCTION and not is_loopback(_base_url(env)),
        log_as_json=_choice(env, "ACCREDIT_LOG", "lines", "json") == "json",
        product_name=_name(env, "ACCREDIT_NAME") or "accredit",
        product_name_ar=_name(env, "ACCREDIT_NAME_AR"),
        mark=_path(env, "ACCREDIT_MARK"),
        brand_colour=_colour(env, "ACCREDIT_BRAND_COLOUR"),
        accent_colour=_colour(env, "ACCREDIT_ACCENT_COLOUR"),
    )


def refuse_debug(environ: Mapping[str, str], mode: Mode) -> None:
    """Raise `SettingsError` if production is asked to run in debug mode."""
    asked = environ.get("FLASK_DEBUG", "").strip().lower()
    if mode is Mode.PRODUCTION and asked not in ("", "0", "false", "no"):
        raise SettingsError(
            "FLASK_DEBUG is set: production never runs in debug mode. Unset it, "
            "or set ACCREDIT_MODE=demo for a demonstration."
        )


def resource_dir(name: str) -> Path:
    """The folder `name` ("templates", "criteria", "translations") as installed or checked out."""
    bundled = Path(str(files("accredit"))) / "_bundled" / name
    return bundled if bundled.is_dir() else Path(str(files("accredit"))).parent / name


def newest_revision() -> str:
    """The revision of the database this release works with."""
    folder = Path(str(files("accredit"))) / "migrations" / "versions"
    return max(path.name.partition("_")[0] for path in folder.glob("[0-9]*_*.py"))


def _mode(env: Mapping[str, str]) -> Mode:
    given = env.get("ACCREDIT_MODE") or Mode.PRODUCTION.value
    try:
        return Mode(given)
    except ValueError:
        choices = ", ".join(mode.value for mode in Mode)
        raise SettingsError(f"ACCREDIT_MODE is {given!r}; it must be one of: {choices}.") from None


def _secret(env: Mapping[str, str], name: str, mode: Mode) -> str:
    value = _optional_secret(env, name)
    if mode is not Mode.PRODUCTION:
        return value or DEMO_SECRET
    if not value:
        raise SettingsError(
            f"{name} is not set. Production needs a random secret of at least "
            f"{MINIMUM_SECRET_LENGTH} characters, in {name} or in a file named by {name}_FILE."
        )
    _refuse_guessable(name, value)
    return value


def _further_secret(env: Mapping[str, str], name: str, mode: Mode) -> str | None:
    """A secret that is derived from the secret key where it is not set."""
    value = _optional_secret(env, name)
    if value and mode is Mode.PRODUCTION:
        _refuse_guessable(name, value)
    return value


def _refuse_guessable(name: str, value: str) -> None:
    if value == DEMO_SECRET or len(value) < MINIMUM_SECRET_LENGTH or len(set(value)) < 8:
        raise SettingsError(
            f"{name} is too short or guessable. Use at least {MINIMUM_SECRET_LENGTH} random "
            "characters, for example from: python -c 'import secrets; "
            "print(secrets.token_urlsafe(48))'"
        )


def _optional_secret(env: Mapping[str, str], name: str) -> str | None:
    path = env.get(f"{name}_FILE")
    if not path:
        return env.get(name) or None
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE names {path}, which cannot be read: {error}") from error


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name)
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingsError(f"{name} is {text!r}; it must be a whole number from {low} to {high}.")
    return int(text)


def _choice(env: Mapping[str, str], name: str, *choices: str) -> str:
    """One of a few words; the first where nothing is set."""
    given = env.get(name) or choices[0]
    if given not in choices:
        raise SettingsError(f"{name} is {given!r}; it must be one of: {', '.join(choices)}.")
    return given


def _bucket(env: Mapping[str, str]) -> Bucket | None:
    address = env.get("ACCREDIT_STORE")
    if not address:
        return None
    kind, _, place = address.partition("://")
    name, _, prefix = place.partition("/")
    if kind != "s3" or not name:
        raise SettingsError(
            f"ACCREDIT_STORE is {address!r}; it must be s3://bucket or s3://bucket/folder."
        )
    endpoint = env.get("ACCREDIT_S3_ENDPOINT") or None
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise SettingsError(
            f"ACCREDIT_S3_ENDPOINT is {endpoint!r}; it must start with https:// or http://."
        )
    return Bucket(
        name=name,
        prefix=prefix.strip("/"),
        endpoint=endpoint,
        region=env.get("ACCREDIT_S3_REGION") or "us-east-1",
        access_key=_optional_secret(env, "ACCREDIT_S3_ACCESS_KEY"),
        secret_key=_optional_secret(env, "ACCREDIT_S3_SECRET_KEY"),
    )


def _scanner(env: Mapping[str, str]) -> str | None:
    address = env.get("ACCREDIT_CLAMAV") or None
    if address is None or address.startswith("/"):
        return address
    host, _, port = address.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port) <= 65535):
        raise SettingsError(
            f"ACCREDIT_CLAMAV is {address!r}; it must be host:port or the path of a socket."
        )
    return address


def _smtp(env: Mapping[str, str]) -> Smtp | None:
    host = env.get("ACCREDIT_SMTP_HOST")
    if not host:
        return None
    security = env.get("ACCREDIT_SMTP_SECURITY") or "starttls"
    if security not in ("starttls", "tls", "none"):
        raise SettingsError(
            f"ACCREDIT_SMTP_SECURITY is {security!r}; it must be one of: starttls, tls, none."
        )
    sender = env.get("ACCREDIT_MAIL_FROM") or ""
    if "@" not in sender or any(sign.isspace() for sign in sender):
        raise SettingsError(
            f"ACCREDIT_MAIL_FROM is {sender!r}; mail needs a sender, for example "
            "accredit@example.org."
        )
    return Smtp(
        host=host,
        port=_number(env, "ACCREDIT_SMTP_PORT", 465 if security == "tls" else 587, 1, 65535),
        sender=sender,
        user=env.get("ACCREDIT_SMTP_USER") or None,
        password=_optional_secret(env, "ACCREDIT_SMTP_PASSWORD"),
        security=security,
        ca_file=env.get("ACCREDIT_SMTP_CA_FILE") or None,
    )


def _name(env: Mapping[str, str], name: str) -> str | None:
    text = env.get(name, "").strip()
    if len(text) > LONGEST_NAME or not text.isprintable():
        raise SettingsError(
            f"{name} is {text!r}; it must be one line of at most {LONGEST_NAME} characters."
        )
    return text or None


def _colour(env: Mapping[str, str], name: str) -> str | None:
    text = env.get(name, "").strip().lower()
    if text and not _COLOUR.fullmatch(text):
        raise SettingsError(
            f"{name} is {text!r}; it must be a colour as #rrggbb, for example #0b5563."
        )
    return text or None


def _words(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(word.strip().lower() for word in env.get(name, "").split(",") if word.strip())


def _networks(env: Mapping[str, str], name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(word, strict=False) for word in _words(env, name))
    except ValueError as error:
        raise SettingsError(
            f"{name} must list addresses or networks, for example 10.0.0.5,10.1.0.0/16: {error}."
        ) from error


def is_loopback(url: str) -> bool:
    """Whether the address leads to this machine itself."""
    return urlsplit(url).hostname in LOOPBACK


def _path(env: Mapping[str, str], name: str) -> Path | None:
    return Path(env[name]).resolve() if env.get(name) else None


def _zone(env: Mapping[str, str]) -> ZoneInfo:
    name = env.get("ACCREDIT_TIME_ZONE") or "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            f"ACCREDIT_TIME_ZONE is {name!r}, no known time zone (one is Asia/Riyadh)."
        ) from error


def _base_url(env: Mapping[str, str]) -> str:
    url = (env.get("ACCREDIT_BASE_URL") or "http://127.0.0.1:8000").rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise SettingsError(
            f"ACCREDIT_BASE_URL is {url!r}; it must start with https:// or http://."
        )
    return url
