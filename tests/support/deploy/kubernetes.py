"""``deploy/kubernetes`` as objects, and their containers as services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypedDict, cast

import yaml

from tests.support.deploy.files import DEPLOY, Service

BASE = DEPLOY / "kubernetes" / "base"
EXAMPLE = DEPLOY / "kubernetes" / "overlays" / "example"
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
Object = dict[str, Any]


class Security(TypedDict):
    """The security context of a container."""

    readOnlyRootFilesystem: bool
    allowPrivilegeEscalation: bool
    capabilities: dict[str, list[str]]


class Container(TypedDict):
    """The members of a container that are read, besides its probes."""

    name: str
    image: str
    command: list[str]
    envFrom: list[dict[str, dict[str, str]]]
    volumeMounts: list[dict[str, str]]
    securityContext: Security
    resources: dict[str, dict[str, str]]


class Pod(TypedDict):
    """The members of a pod that are read."""

    volumes: list[dict[str, object]]
    securityContext: dict[str, int]


def list_objects() -> list[Object]:
    """Return what the base consists of, in its order, without the lists around it."""
    names = yaml.safe_load((BASE / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    lists = [yaml.safe_load((BASE / name).read_text(encoding="utf-8")) for name in names]
    return [item for one in lists for item in one["items"]]


def of_kind(*kinds: str) -> list[Object]:
    """Return the objects of some kinds."""
    return [item for item in list_objects() if item["kind"] in kinds]


def pods() -> list[Object]:
    """Return the templates of all pods, with ``metadata`` and ``spec``."""
    return [item["spec"]["template"] for item in of_kind("Job", "Deployment")]


def containers() -> Iterator[Container]:
    """Yield the containers of all pods, each pod's init containers first."""
    for pod in pods():
        yield from (*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"])


def parse_kubernetes(secrets: dict[str, str]) -> dict[str, Service]:
    """Return the containers by their names, with ``secrets`` as the site's secret."""
    maps = {item["metadata"]["name"]: item["data"] for item in of_kind("ConfigMap")}
    found: dict[str, Service] = {}
    for template in pods():
        pod = template["spec"]
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            service = _as_service(container, pod, maps, secrets)
            found.setdefault(service.name, service)
    return found


def _as_service(
    container: Container, pod: Pod, maps: dict[str, dict[str, str]], secrets: dict[str, str]
) -> Service:
    environment: dict[str, str] = {}
    for source in container["envFrom"]:
        reference = source.get("configMapRef")
        environment |= maps[reference["name"]] if reference else secrets
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    memory = {volume["name"] for volume in pod["volumes"] if "emptyDir" in volume}
    security = container["securityContext"]
    probes = cast(dict[str, Object], container)
    return Service(
        name=container["name"],
        command=tuple(map(str, container["command"])),
        environment={key: str(value) for key, value in environment.items()},
        volumes={path: name for path, name in mounts.items() if name not in memory},
        temporary=tuple(path for path, name in mounts.items() if name in memory),
        is_read_only=security["readOnlyRootFilesystem"],
        drops_capabilities=security["capabilities"]["drop"] == ["ALL"],
        probes=tuple(_as_probe(probes[name]) for name in PROBES if name in probes),
        user=pod["securityContext"]["runAsUser"],
        image=container["image"],
    )


def _as_probe(probe: Object) -> str | tuple[str, ...]:
    return str(probe["httpGet"]["path"]) if "httpGet" in probe else tuple(probe["exec"]["command"])
