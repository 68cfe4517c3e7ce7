"""Typed access to the environment. Every error names the variable, what it holds is never printed.

Reading goes through django-environ; these helpers add ranges, choices and secrets kept in files.
"""

from __future__ import annotations

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

_env = environ.Env()


def load_dotenv(path: Path) -> None:
    """Read ``path`` (KEY=value lines) into the environment; variables already set win."""
    if path.is_file():
        environ.Env.read_env(str(path), overwrite=False)


def text(name: str, default: str = "") -> str:
    """The variable as text, stripped; ``default`` when unset or empty."""
    value: str = _env.str(name, default=default)
    return value.strip() or default


def flag(name: str, default: bool = False) -> bool:
    """The variable as a boolean: 1/0, true/false, yes/no, on/off."""
    raw = text(name).lower()
    if not raw:
        return default
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be a boolean: 1/0, true/false, yes/no, on/off")


def integer(name: str, default: int, *, least: int, most: int) -> int:
    """The variable as a whole number within ``least``..``most``."""
    raw = text(name)
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number") from None
    if not least <= value <= most:
        raise ImproperlyConfigured(f"{name} must be between {least} and {most}")
    return value


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """The variable as one of ``choices``."""
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of: {', '.join(choices)}")
    return value


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """The variable as a comma-separated list, blanks dropped."""
    raw = text(name)
    return [word.strip() for word in raw.split(",") if word.strip()] if raw else list(default)


def numbers(name: str, default: tuple[int, ...], *, among: tuple[int, ...]) -> tuple[int, ...]:
    """The variable as a comma-separated list of some of ``among``, in their order and once each."""
    given = words(name, tuple(str(number) for number in default))
    known = {str(number): number for number in among}
    if not set(given) <= set(known):
        raise ImproperlyConfigured(f"{name} must be a list of some of: {', '.join(known)}")
    return tuple(number for word, number in known.items() if word in given)


def path(name: str, default: Path) -> Path:
    """The variable as an absolute path."""
    raw = text(name)
    return (Path(raw) if raw else default).expanduser().resolve()


def secret(name: str, fallback: Path | None = None) -> str:
    """A secret from ``NAME``, from the file named by ``NAME_FILE``, or from the file ``fallback``.

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
    except OSError:
        if named:
            raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read") from None
        raise ImproperlyConfigured(
            f"{name} is not set: set {name} or {name}_FILE, or run script/server once, which makes one"
        ) from None
    if not value:
        raise ImproperlyConfigured(f"{name}: the secret's file is empty")
    return value
