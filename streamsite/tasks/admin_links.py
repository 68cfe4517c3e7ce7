"""Links into the admin for the subjects of jobs, which their first arguments name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django_tasks.base import Task

LinkBuilder = Callable[[str], str]

_addresses: dict[str, LinkBuilder] = {}


def register_admin_link(task: Task[Any, Any]) -> Callable[[LinkBuilder], LinkBuilder]:
    """Decorate a function that makes an address in the admin of the first argument of ``task``."""

    def keep(address: LinkBuilder) -> LinkBuilder:
        _addresses[task.module_path] = address
        return address

    return keep


def build_admin_link(task_path: str, args: list[Any]) -> str | None:
    """Return the admin address of a job's subject, if its app registered one."""
    address = _addresses.get(task_path)
    return address(str(args[0])) if address is not None and args else None
