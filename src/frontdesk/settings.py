"""Every setting of the server, read once from the environment."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

PREFIX = "FRONTDESK_"
#: The path of a Unix socket has at most 103 bytes on every system; `/control.sock` takes 13 of them.
MAX_FOLDER_BYTES = 90
#: Characters of a token that cannot be guessed.
MIN_TOKEN = 16
#: Keys with the same prefix that are not settings of the server: a test's failpoint, and what bots are told.
_OTHERS = frozenset({"FRONTDESK_FAIL", "FRONTDESK_API_URL", "FRONTDESK_TOKEN", "FRONTDESK_SIGNING_SECRET"})

_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_-]{1,63})*\.?")


class SettingsInvalid(Exception):
    """A setting is not known or not usable; the message names it and says what to write instead."""


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise ValueError("a port number between 0 and 65535, such as 8080; 0 takes any free port")
    return int(text)


def _host(text: str) -> str:
    if not text or any(mark in text for mark in " /?#@"):
        raise ValueError("a host name or an address without a port, such as 127.0.0.1 or 0.0.0.0")
    return text.strip("[]")


def _folder(text: str) -> Path:
    if not text:
        raise ValueError("a folder, such as /var/lib/frontdesk")
    path = Path(text).expanduser()
    if len(os.fsencode(path)) > MAX_FOLDER_BYTES:
        raise ValueError(f"a folder with a path of at most {MAX_FOLDER_BYTES} bytes, since a Unix socket lies in it")
    return path


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    whole = f"{parts.scheme}://{parts.netloc}{parts.path}"
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or whole != text:
        raise ValueError("the address that browsers use, such as https://chat.example.org")
    if parts.path.strip("/"):
        raise ValueError("an address without a path, such as https://chat.example.org")
    return text.rstrip("/")


def _targets(text: str) -> tuple[str, ...]:
    found = tuple(one.strip() for one in text.split(",") if one.strip())
    for one in found:
        if not _is_network(one) and not _HOST.fullmatch(one):
            raise ValueError("host names, addresses or networks with commas between, such as bots.internal,10.1.0.0/16")
    return found


def _networks(text: str) -> tuple[str, ...]:
    found = tuple(one.strip() for one in text.split(",") if one.strip())
    if not all(_is_network(one) for one in found):
        raise ValueError("addresses or networks with commas between, such as 10.0.0.5,192.168.0.0/24")
    return found


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=True)
    except ValueError:
        return False
    return True


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise ValueError("a whole number such as 20; 0 sets no limit")
    return int(text)


def _log_format(text: str) -> Literal["text", "json"]:
    match text:
        case "text" | "json":
            return text
        case _:
            raise ValueError("`text` or `json`")


def _log_level(text: str) -> Literal["debug", "info", "warning", "error"]:
    match text:
        case "debug" | "info" | "warning" | "error":
            return text
        case _:
            raise ValueError("`debug`, `info`, `warning` or `error`")


def _database_url(text: str) -> str:
    if urlsplit(text).scheme not in {"postgresql", "postgres"}:
        raise ValueError("the address of a PostgreSQL database, such as postgresql://frontdesk@db.internal/frontdesk")
    return text


def _token(text: str) -> str:
    if len(text) < MIN_TOKEN or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(f"a text of at least {MIN_TOKEN} characters without spaces")
    return text


def _setting(doc: str, *, default: Any, read: Callable[[str], Any], example: str, secret: bool = False) -> Any:
    """Describe a setting; the value of a `secret` one is never shown, nor part of the settings' own text."""
    return field(default=default, repr=not secret, metadata={"doc": doc, "read": read, "example": example})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this server runs; nothing has to be set to start it."""

    host: str = _setting(
        "The address to listen on. `0.0.0.0` listens on all.",
        default="127.0.0.1",
        read=_host,
        example="0.0.0.0",  # noqa: S104 -- an example
    )
    port: int = _setting("The port to listen on; 0 takes any free one.", default=8080, read=_port, example="8080")
    data: Path = _setting(
        "The folder of the database and of the socket that shell commands use.",
        default=Path(".data"),
        read=_folder,
        example="/var/lib/frontdesk",
    )
    database_url: str | None = _setting(
        "A PostgreSQL database to keep everything in, instead of SQLite in the data folder; also read from `DATABASE_URL`.",
        default=None,
        read=_database_url,
        example="postgresql://frontdesk@db.internal/frontdesk",
        secret=True,
    )
    public_url: str | None = _setting(
        "The address at which browsers and bots reach this server, where a proxy stands before it.",
        default=None,
        read=_public_url,
        example="https://chat.example.org",
    )
    allowed_private: tuple[str, ...] = _setting(
        "Private hosts, addresses and networks that webhooks may reach; all others are refused.",
        default=(),
        read=_targets,
        example="bots.internal,10.1.0.0/16",
    )
    trusted_proxies: tuple[str, ...] = _setting(
        "Addresses and networks of proxies whose `X-Forwarded-For` is believed.",
        default=(),
        read=_networks,
        example="10.0.0.5",
    )
    sockets_per_address: int = _setting(
        "How many connections one address may have at once; 0 sets no limit. This machine and trusted proxies are "
        "not counted; behind these, the sockets of each address that they name are.",
        default=20,
        read=_count,
        example="200",
    )
    metrics_token: str | None = _setting(
        "The token with which `/metrics` is read from other machines, or through a proxy.",
        default=None,
        read=_token,
        example="a-long-random-text-of-yours",
        secret=True,
    )
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "What is logged: this and what is graver.", default="info", read=_log_level, example="warning"
    )
    log_format: Literal["text", "json"] = _setting(
        "How log lines are written: `text` for people, `json` for machines.",
        default="text",
        read=_log_format,
        example="json",
    )

    @property
    def url(self) -> str:
        """The address that browsers and bots use, without a slash at its end."""
        return self.url_at(self.port)

    def url_at(self, port: int) -> str:
        """Return the address, where the server listens at `port`."""
        if self.public_url is not None:
            return self.public_url
        anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- where a listener on all addresses is found
        host = anywhere.get(self.host, self.host)
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def control_path(self) -> Path:
        """Where the running server listens for shell commands."""
        return self.data / "control.sock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One setting, for the reference page and for `--help`."""

    name: str
    key: str
    default: str
    example: str
    doc: str


_SECRET = frozenset(one.name for one in fields(Settings) if not one.repr)


def described() -> tuple[Described, ...]:
    """Return every setting in the order of the reference page."""
    return tuple(
        Described(
            name=one.name,
            key=PREFIX + one.name.upper(),
            default=_shown(one.default),
            example=one.metadata["example"],
            doc=one.metadata["doc"],
        )
        for one in fields(Settings)
    )


def _shown(value: object) -> str:
    return "" if value is None else ",".join(value) if isinstance(value, tuple) else str(value)


def read(environ: Mapping[str, str], *, flags: Mapping[str, str | None] | None = None) -> Settings:
    """Return the settings of this environment; a flag that is given wins over the environment.

    Raises SettingsInvalid naming the first key that is not known or whose value cannot be used.
    """
    readers: dict[str, Callable[[str], Any]] = {one.name: one.metadata["read"] for one in fields(Settings)}
    ours = {key: text for key, text in environ.items() if key.startswith(PREFIX) and key not in _OTHERS}
    # The name that hosters set by themselves; ours wins over it.
    if "DATABASE_URL" in environ:
        ours = {f"{PREFIX}DATABASE_URL": environ["DATABASE_URL"], **ours}
    given = {key[len(PREFIX) :].lower(): (key, text) for key, text in _with_files(ours).items()}
    for name, text in (flags or {}).items():
        if text is not None:
            given[name] = (f"--{name.replace('_', '-')}", text)
    values: dict[str, Any] = {}
    for name, (key, text) in given.items():
        if name not in readers:
            known = ", ".join(one.key for one in described())
            raise SettingsInvalid(f"{key} is not a setting. The settings are: {known}.")
        try:
            values[name] = readers[name](text)
        except ValueError as wrong:
            shown = repr(text) if name not in _SECRET else "not usable"
            raise SettingsInvalid(f"{key} is {shown}; it must be {wrong}.") from None
    return Settings(**values)


def _with_files(given: Mapping[str, str]) -> dict[str, str]:
    """Return the keys with the secrets that lie in files: `…_FILE` names the file for a key. Raises SettingsInvalid."""
    found = dict(given)
    for name in sorted(_SECRET):
        key = PREFIX + name.upper()
        file = found.pop(f"{key}_FILE", None)
        if file is None:
            continue
        if key in found:
            raise SettingsInvalid(f"{key} and {key}_FILE are both set; set one of them.")
        try:
            found[key] = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as wrong:
            raise SettingsInvalid(f"{key}_FILE is {file!r}, and that file cannot be read: {wrong}.") from None
    return found
