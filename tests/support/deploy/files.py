"""The files of ``deploy/`` as services: what each runs, as whom, with which environment, and how it is probed."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, cast

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent.parent
DEPLOY = ROOT / "deploy"
UNITS = ("streamsite-web", "streamsite-worker", "streamsite-tasks")


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
    healthcheck: dict[str, list[str]]
    depends_on: dict[str, dict[str, str]]


class Security(TypedDict):
    """The security context of a container of ``kubernetes.yaml``."""

    readOnlyRootFilesystem: bool
    capabilities: dict[str, list[str]]


class Probe(TypedDict):
    """A probe by HTTP."""

    httpGet: dict[str, str]


class Container(TypedDict):
    """The members of a container of ``kubernetes.yaml`` that are read, besides its probes."""

    name: str
    image: str
    command: list[str]
    envFrom: list[dict[str, dict[str, str]]]
    volumeMounts: list[dict[str, str]]
    securityContext: Security


class Pod(TypedDict):
    """The members of a pod that are read."""

    volumes: list[dict[str, object]]
    securityContext: dict[str, int]


@dataclass(frozen=True)
class Image:
    """The image of ``deploy/Dockerfile``: ``steps`` are its instructions in order, as pairs of name and text."""

    steps: tuple[tuple[str, str], ...]
    environment: dict[str, str]
    directory: str
    user: int
    command: tuple[str, ...]


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
    probes: tuple[str | tuple[str, ...], ...] = ()
    needs: dict[str, str] = field(default_factory=dict)
    user: int | None = None
    image: str = ""


def parse_dockerfile() -> Image:
    """Return what the Dockerfile says."""
    text = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    steps = [
        (name, rest.strip())
        for line in text.splitlines()
        if line and not line.startswith("#")
        for name, _, rest in (line.partition(" "),)
    ]
    told = dict(steps)
    environment = dict(
        word.split("=", 1) for name, rest in steps if name == "ENV" for word in shlex.split(rest)
    )
    uid = re.search(r"useradd --uid (\d+) ", text)
    assert uid is not None
    return Image(tuple(steps), environment, told["WORKDIR"], int(uid[1]), tuple(json.loads(told["CMD"])))


def parse_compose(variables: dict[str, str]) -> dict[str, Service]:
    """Return the services of ``compose.yml`` with ``variables`` in the place of ``deploy/.env``, in its order."""
    read = _filled(yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8")), variables)
    services = cast(dict[str, dict[str, ComposeService]], read)["services"]
    return {name: _composed(name, body) for name, body in services.items()}


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


def parse_kubernetes(secrets: dict[str, str]) -> dict[str, Service]:
    """Return the containers of ``kubernetes.yaml``, init containers first, with ``secrets`` as its secret."""
    items = yaml.safe_load((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8"))["items"]
    maps = {item["metadata"]["name"]: item["data"] for item in items if item["kind"] == "ConfigMap"}
    found: dict[str, Service] = {}
    for item in items:
        if item["kind"] in {"Deployment", "Job"}:
            pod = item["spec"]["template"]["spec"]
            for container in (*pod.get("initContainers", ()), *pod["containers"]):
                service = _contained(container, pod, maps, secrets)
                found.setdefault(service.name, service)
    return found


def _contained(
    container: Container, pod: Pod, maps: dict[str, dict[str, str]], secrets: dict[str, str]
) -> Service:
    environment: dict[str, str] = {}
    for source in container["envFrom"]:
        reference = source.get("configMapRef")
        environment |= maps[reference["name"]] if reference else secrets
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    memory = {volume["name"] for volume in pod["volumes"] if "emptyDir" in volume}
    security = container["securityContext"]
    return Service(
        name=container["name"],
        command=tuple(map(str, container["command"])),
        environment={key: str(value) for key, value in environment.items()},
        volumes={path: name for path, name in mounts.items() if name not in memory},
        temporary=tuple(path for path, name in mounts.items() if name in memory),
        is_read_only=security["readOnlyRootFilesystem"],
        drops_capabilities=security["capabilities"]["drop"] == ["ALL"],
        probes=tuple(
            cast(dict[str, Probe], container)[probe]["httpGet"]["path"]
            for probe in ("startupProbe", "livenessProbe", "readinessProbe")
            if probe in container
        ),
        user=pod["securityContext"]["runAsUser"],
        image=container["image"],
    )


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
