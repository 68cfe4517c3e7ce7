"""Faults of the rehearsed deployment. Each returns a function that undoes it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.cluster.deployment import Deployment
from bench.cluster.services import Service

Mend = Callable[[], None]


@dataclass(frozen=True)
class Fault:
    """``strike`` breaks something and returns what mends it; ``seconds`` pass between both."""

    name: str
    strike: Callable[[Deployment], Mend]
    seconds: float = 4.0


def all_faults(deployment: Deployment) -> list[Fault]:
    """Return the faults that this deployment can suffer, in the order in which they are tried."""
    faults = [
        Fault("nothing", lambda site: _nothing, 8),
        Fault("web server 1: kill -9", lambda site: _kill(site.services["web-1"])),
        Fault("web server 2: kill -9", lambda site: _kill(site.services["web-2"])),
        Fault("nginx: kill -9", lambda site: _kill(site.services["nginx"]), 1),
        Fault("nginx: reload", lambda site: _reload(site.services["nginx"]), 1),
        *(
            Fault(f"worker {worker.name}: kill -9", lambda site, name=worker.name: _kill(site.services[name]))  # type: ignore[misc]
            for worker in deployment.workers
        ),
        Fault("ffmpeg: kill -9", _kill_ffmpeg),
        Fault("MongoDB, a secondary: kill -9", lambda site: _kill_member(site, is_primary=False)),
        Fault("MongoDB, the primary: kill -9", lambda site: _kill_member(site, is_primary=True), 8),
        Fault("MongoDB: step-down", _step_down, 8),
        Fault("MongoDB, the primary: frozen for 8 s", _freeze_primary, 8),
    ]
    if deployment.can_fill_disks:
        faults += [
            Fault("MongoDB, the primary: disk full", _fill_database, 12),
            Fault("the data folder: disk full", _fill_data, 8),
        ]
    return faults


def _nothing() -> None:
    """Mend nothing."""


def _kill(service: Service) -> Mend:
    service.kill()
    return service.start


def _reload(service: Service) -> Mend:
    service.reload()
    return _nothing


def _kill_ffmpeg(site: Deployment) -> Mend:
    """Kill the encoder of the worker that next has one, three times."""
    killed, deadline = 0, time.monotonic() + 30
    while killed < 3 and time.monotonic() < deadline:
        killed += any(
            worker.kill_below("ffmpeg", seconds=0.2) for worker in site.workers if "transcode" in worker.name
        )
    if not killed:
        raise RuntimeError("no encoder ran within 30 s")
    return _nothing


def _kill_member(site: Deployment, *, is_primary: bool) -> Mend:
    member = site.mongo.primary() if is_primary else site.mongo.secondary()
    member.kill()
    return member.start


def _step_down(site: Deployment) -> Mend:
    site.mongo.step_down()
    return _nothing


def _freeze_primary(site: Deployment) -> Mend:
    member = site.mongo.primary()
    member.freeze()
    return member.thaw


def _fill_database(site: Deployment) -> Mend:
    """Fill the disk of the first member, which is made the primary before."""
    member, disk = site.mongo.members[0], site.disks["db0"]
    site.mongo.prefer(member)
    disk.fill()

    def mend() -> None:
        ended = member.wait_for_end(60)
        disk.free()
        if ended:
            member.start()

    return mend


def _fill_data(site: Deployment) -> Mend:
    site.disks["data"].fill()
    return site.disks["data"].free
