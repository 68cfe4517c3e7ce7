"""Compose's services and systemd's units of ``deploy/``: what each runs, its environment, and how it is probed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, cast

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent.parent
DEPLOY = ROOT / "deploy"
UNITS = ("streamsite-web", "streamsite-worker", "streamsite-tasks", "streamsite-copies")


class ComposeService(TypedDict, total=False):
    """The members of a service in ``compose.yml`` that are read."""

    image: str
    entrypoint: list[str]
    command: list[str]
    environment: dict[str, object]
    volumes: list[str]
    tmpfs: list[str]
    read_only: bool
    cap_drop: list[str]
    cap_add: list[str]
    group_add: list[str]
    healthcheck: dict[str, list[str]]
    depends_on: dict[str, dict[str, str]]
    logging: dict[str, object]
    mem_limit: str
    pids_limit: int
    stop_grace_period: str


@dataclass(frozen=True)
class Service:
    """One container or unit. ``probes`` are paths for HTTP or commands, ``needs`` the services it waits for."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    before: tuple[tuple[str, ...], ...] = ()
    volumes: dict[str, str] = field(default_factory=dict)
    is_read_only: bool = False
    temporary: tuple[str, ...] = ()
    drops_capabilities: bool = False
    capabilities: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()
    probes: tuple[str | tuple[str, ...], ...] = ()
    needs: dict[str, str] = field(default_factory=dict)
    user: int | None = None
    image: str = ""


def read_compose(variables: dict[str, str], name: str = "compose.yml") -> dict[str, ComposeService]:
    """Return the services of a file for compose with ``variables`` in the place of ``deploy/.env``, in its order."""
    read = _filled(yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8")), variables)
    return cast(dict[str, dict[str, ComposeService]], read)["services"]


def parse_compose(variables: dict[str, str], name: str = "compose.yml") -> dict[str, Service]:
    """Return the services of ``read_compose`` as what they run."""
    return {name: _composed(name, body) for name, body in read_compose(variables, name).items()}


def _composed(name: str, body: ComposeService) -> Service:
    mounts = (text.removesuffix(":ro").split(":") for text in body.get("volumes", ()))
    test = body.get("healthcheck", {}).get("test", ())
    return Service(
        name=name,
        command=tuple(body.get("entrypoint", ())) or tuple(map(str, body.get("command", ()))),
        environment={key: str(value) for key, value in body.get("environment", {}).items()},
        volumes={path: source for source, path in mounts},
        is_read_only=bool(body.get("read_only")),
        temporary=tuple(body.get("tmpfs", ())),
        drops_capabilities=body.get("cap_drop") == ["ALL"],
        capabilities=tuple(body.get("cap_add", ())),
        groups=tuple(map(int, body.get("group_add", ()))),
        probes=(tuple(test[1:]),) if test else (),
        needs={other: how["condition"] for other, how in body.get("depends_on", {}).items()},
        image=body.get("image", ""),
    )


def _filled(value: object, variables: dict[str, str]) -> object:
    """``${NAME:?}`` and ``${NAME:-default}`` replaced, ``$$`` made ``$``, as compose does."""
    if isinstance(value, dict):
        return {key: _filled(inner, variables) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, variables) for inner in value]
    if not isinstance(value, str):
        return value

    def replaced(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        name, _, default = found[1].partition(":")
        if default.startswith("-"):
            return variables.get(name) or default[1:]
        return variables[name]

    return re.sub(r"\$\$|\$\{([^}]+)\}", replaced, value)


def parse_unit(name: str) -> dict[str, dict[str, list[str]]]:
    """Return a unit's sections: each key with all its values, in order."""
    found: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] = {}
    for line in (DEPLOY / "systemd" / f"{name}.service").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif line and not line.startswith(("#", ";")):
            key, _, value = line.partition("=")
            section.setdefault(key, []).append(value)
    return found


def parse_units() -> Iterator[Service]:
    """Yield the units, in the order in which systemd starts them."""
    for name in UNITS:
        section = parse_unit(name)["Service"]
        yield Service(
            name=name,
            command=tuple(shlex.split(section["ExecStart"][0])),
            before=tuple(tuple(shlex.split(line)) for line in section.get("ExecStartPre", ())),
            environment=dict(line.split("=", 1) for line in section.get("Environment", ())),
        )
