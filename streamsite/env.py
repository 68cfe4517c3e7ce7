"""Typed access to the environment. Every error is one sentence: the variable, what it holds, and what it may hold.

django-environ reads ``.env``; these helpers add ranges, choices, addresses, and secrets kept in files. What a secret
holds is never part of a message.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SHOWN_CHARACTERS = 80
# The names that were asked for, and those that are read elsewhere or with others only.
known_variables = {
    *("PORT", "MONGOD_BIN", "NGINX_BIN", "MONGODB_SILENT_SECONDS", "LOG_FILE_MIB", "S3_SECRET_ACCESS_KEY"),
    "MONGOD_KEEP_FCV",
    *("DOMAIN_TLS", "ACME_CA", "ACME_CA_ROOT", "ACME_EMAIL", "HTTP_PORT", "HTTPS_PORT", "CADDY_BIN"),
}
HOST = re.compile(
    r"\A(?:\*\.|\.)?[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?\.?\Z|\A\[[0-9A-Fa-f:.]+\]\Z|\A\*\Z"
)

CONTACT_EMAIL = re.compile(r"\A[^\s@:/?<>]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\Z")
CONTACT_URL = re.compile(r"\Ahttps://[A-Za-z0-9][^\s<>]*\Z")

# What these hold is not shown in errors, whatever else is wrong with it.
SECRET_NAME = re.compile(
    r"(?:SECRET|SECRET_KEY|PRIVATE_KEY|ACCESS_KEY|FALLBACKS|PASSWORD|PASSPHRASE|TOKEN|MONGODB_URI|BROKER_URL|DSN|HEADERS)"
    r"(?:_FILE)?\Z"
)
# The user and password of a URL, to the last "@": a password may hold any character. The scheme may be missing.
CREDENTIALS = re.compile(r"(?:(?<=//)|[^\s/@:,]+:(?!//)).*@", re.DOTALL)


def load_dotenv(path: Path) -> None:
    """Read ``path`` (KEY=value lines) into the environment; variables already set win."""
    if not path.is_file():
        return
    try:
        path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"{path} cannot be read ({_reason(error)}): run this as the site's user, or let that user read the file"
        ) from None
    environ.Env.read_env(str(path), overwrite=False)


def invalid_value(name: str, allowed: str, *, is_secret: bool = False) -> ImproperlyConfigured:
    """Return the error for a value that cannot work; ``allowed`` is the sentence's end, such as "use 1 or 0"."""
    value = os.environ.get(name, "").strip()
    if is_secret or (SECRET_NAME.search(name) and not _is_path(name, value)):
        return ImproperlyConfigured(f"{name} has a value that cannot work: {allowed}")
    return ImproperlyConfigured(f"{name}={_shown(value)} cannot work: {allowed}")


def _is_path(name: str, value: str) -> bool:
    """Return whether the variable names a secret's file, as it should, and does not hold the secret itself."""
    return name.endswith("_FILE") and value.startswith("/")


def _shown(value: str) -> str:
    """Return the value on one line and not too long, without user and password of a URL."""
    public = CREDENTIALS.sub("...@", value)
    plain = "".join(character if character.isprintable() else "?" for character in public)
    return plain if len(plain) <= SHOWN_CHARACTERS else f"{plain[:SHOWN_CHARACTERS]}..."


def _reason(error: Exception) -> str:
    return error.strerror or "?" if isinstance(error, OSError) else "it is not UTF-8"


def text(name: str, default: str = "") -> str:
    """Return the variable as text, stripped; ``default`` when unset or empty. A ``$`` in it is a dollar sign."""
    known_variables.add(name)
    return os.environ.get(name, "").strip() or default


def contact(name: str) -> str:
    """Return the variable as an address to write to: ``mailto:...`` for an email address, or an https URL."""
    raw = text(name)
    address = raw.removeprefix("mailto:")
    if not raw or CONTACT_URL.match(raw):
        return raw
    if CONTACT_EMAIL.match(address):
        return f"mailto:{address}"
    raise invalid_value(name, "use an email address or an https URL")


def flag(name: str, default: bool = False) -> bool:
    """Return the variable as a boolean: 1/0, true/false, yes/no, on/off."""
    raw = text(name).lower()
    if not raw:
        return default
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise invalid_value(name, "use 1 or 0 (or true/false, yes/no, on/off)")


def integer(name: str, default: int, *, least: int, most: int) -> int:
    """Return the variable as a whole number within ``least``..``most``."""
    raw = text(name)
    if not raw:
        return default
    try:
        value = int(environ.Env.parse_value(raw, int))
    except ValueError:
        raise invalid_value(name, f"use a whole number between {least} and {most}") from None
    if not least <= value <= most:
        raise invalid_value(name, f"use a whole number between {least} and {most}")
    return value


def optional_integer(name: str, *, least: int, most: int) -> int | None:
    """Return the variable as ``integer`` does, ``None`` when unset or empty."""
    return integer(name, least, least=least, most=most) if text(name) else None


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """Return the variable as one of ``choices``."""
    value = text(name, default)
    if value not in choices:
        raise invalid_value(name, f"use one of {', '.join(choices)}")
    return value


def matching(name: str, default: str, pattern: str, *, allowed: str) -> str:
    """Return the variable as text that the regular expression ``pattern`` matches as a whole."""
    value = text(name, default)
    require_match(name, value, pattern, allowed=allowed)
    return value


def require_match(name: str, value: str, pattern: str, *, allowed: str) -> None:
    """Raise the error for the variable unless ``pattern`` matches its ``value``, which may come from a file."""
    if not re.fullmatch(pattern, value):
        raise invalid_value(name, allowed)


def text_list(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the variable as a comma-separated list, blanks dropped."""
    raw = text(name)
    return (
        [word for part in environ.Env.parse_value(raw, list) if (word := part.strip())]
        if raw
        else list(default)
    )


def integer_list(name: str, default: tuple[int, ...], *, among: tuple[int, ...]) -> tuple[int, ...]:
    """Return the variable as a comma-separated list of some of ``among``, in their order and once each."""
    given = text_list(name, tuple(str(number) for number in default))
    known = {str(number): number for number in among}
    if not set(given) <= set(known):
        raise invalid_value(name, f"use some of {', '.join(known)}, separated by commas")
    return tuple(number for word, number in known.items() if word in given)


def server_url(name: str, default: str, *, example: str) -> SplitResult:
    """Return the variable as the address of a server: http or https, a host, and no path, user or query."""
    raw = text(name, default).rstrip("/")
    found = _server(raw)
    if found is None:
        raise invalid_value(name, f"it must look like {example}, without a path")
    return found


def origins(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the variable as a comma-separated list of origins, such as https://app.example.org."""
    found = text_list(name, default)
    if not all(_server(word) is not None and not word.endswith("/") for word in found):
        raise invalid_value(
            name, "use origins such as https://app.example.org, separated by commas, without a path"
        )
    return found


def domain_above(name: str, host: str) -> str:
    """Return the variable, "" or a domain that is ``host`` itself or above it and is no top-level one."""
    value = text(name).lower()
    if value and value != host and not ("." in value and host.endswith(f".{value}")):
        raise invalid_value(name, f"use {host} or a domain above it, without scheme or port")
    return value


def hosts(name: str, default: tuple[str, ...]) -> list[str]:
    """Return the variable as a comma-separated list of host names, without scheme and port."""
    found = text_list(name, default)
    if not all(HOST.match(word) for word in found):
        raise invalid_value(
            name, "use host names such as video.example.org, separated by commas, without scheme or port"
        )
    return found


def _server(raw: str) -> SplitResult | None:
    if re.search(r"[\s\x00-\x1f\x7f\\]", raw):
        return None
    try:
        found = urlsplit(raw)
        is_whole = found.scheme in {"http", "https"} and bool(found.hostname) and found.port != 0
    except ValueError:
        return None
    extra = found.path or found.query or found.fragment or "@" in found.netloc
    return found if is_whole and not extra and HOST.match(_bracketed(str(found.hostname))) else None


def _bracketed(hostname: str) -> str:
    return f"[{hostname}]" if ":" in hostname else hostname


def path(name: str, default: Path) -> Path:
    """Return the variable as an absolute path."""
    raw = text(name)
    if "\0" in raw:
        raise invalid_value(name, "use the path of a folder")
    return (Path(raw) if raw else default).expanduser().resolve()


def folder(name: str, default: Path) -> Path:
    """Return the variable as the absolute path of a folder, which need not be there yet."""
    found = path(name, default)
    if found.exists() and not found.is_dir():
        raise invalid_value(name, "it is a file; use the path of a folder")
    return found


def executable(name: str) -> str:
    """Return the variable as the path of a program that can be run; empty when unset."""
    raw = text(name)
    if raw and not (Path(raw).is_file() and os.access(raw, os.X_OK)):
        raise invalid_value(name, "use the path of a program that can be run")
    return raw


def secret(name: str, fallback: Path | None = None) -> str:
    """Return a secret from ``NAME``, from the file named by ``NAME_FILE``, or from the file ``fallback``.

    One that has no ``fallback`` is optional, and empty when it is not set.
    """
    value = text(name)
    if value:
        return value
    named = text(f"{name}_FILE")
    source = Path(named) if named else fallback
    if source is None:
        return ""
    try:
        value = source.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        if named:
            raise invalid_value(
                f"{name}_FILE", f"{_reason(error)}; name a file that this user may read"
            ) from None
        if isinstance(error, PermissionError):
            raise ImproperlyConfigured(
                f"{source} cannot be read by this user: run this as the site's user, or set {name}"
            ) from None
        raise ImproperlyConfigured(
            f"{name} is not set: set {name} or {name}_FILE, or run script/server once, which makes one"
        ) from None
    if not value:
        raise ImproperlyConfigured(f"{source}, which holds {name}, is empty: write the secret into it")
    return value
