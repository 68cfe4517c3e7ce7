"""Warnings for the operator when the web server or a worker starts. They stop nothing.

Apps register their own with ``register_startup_warning``; the project imports none of them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from streamsite import privileges

logger = logging.getLogger("streamsite.start")

_warnings: list[Callable[[], str]] = []


def register_startup_warning(warning: Callable[[], str]) -> None:
    """Call ``warning`` at every start and log what it returns, unless that is "". It may take seconds."""
    if warning not in _warnings:
        _warnings.append(warning)


def log_startup_warnings() -> None:
    """Write what there is to say, one line of level WARNING each."""
    for warning in (privileges.root_warning, *_warnings):
        if told := warning():
            logger.warning("%s", told)


def log_startup_warnings_in_background() -> None:
    """Do so in another thread, so that the start waits for nobody."""
    threading.Thread(target=log_startup_warnings, name="start-warnings", daemon=True).start()
