"""Links into the admin for the subjects of jobs, which their first arguments name."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django_tasks.base import Task

P = ParamSpec("P")
T = TypeVar("T")
LinkBuilder = Callable[[str], str]

_addresses: dict[str, LinkBuilder] = {}


def register_admin_link(task: Task[P, T]) -> Callable[[LinkBuilder], LinkBuilder]:
    """Decorate a function that makes an address in the admin of the first argument of ``task``."""

    def keep(address: LinkBuilder) -> LinkBuilder:
        _addresses[task.module_path] = address
        return address

    return keep


def build_admin_link(task_path: str, args: list[object]) -> str | None:
    """Return the admin address of a job's subject, if its app registered one."""
    address = _addresses.get(task_path)
    return address(str(args[0])) if address is not None and args else None
