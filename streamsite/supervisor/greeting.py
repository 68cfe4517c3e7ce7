"""The lines by which ``script/server`` says that the site is running."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from streamsite import setup_link_store
from streamsite.supervisor.preparation import Preparation


def lines(
    site: str, demo_folder: Path | None, preparation: Preparation | None, access: Iterable[str]
) -> Iterator[str]:
    """Yield them: the address ``site``, sign-ins and set-up link, and ``access``, how others reach it.

    ``demo_folder`` is the data folder of a site with a demo.
    """
    yield f"Streamsite is running at {site}"
    if demo_folder is not None:
        yield from _demo_login(site, demo_folder)
    if preparation is not None and (token := preparation.issue_setup_link()):
        yield setup_link_store.describe(site, token)
    yield from access
    yield "press Ctrl-C to stop"


def _demo_login(site: str, data_dir: Path) -> Iterator[str]:
    kept = data_dir / "keys" / "demo_password"
    if kept.is_file():
        password = kept.read_text(encoding="utf-8").strip()
        yield f"sign in as 'demo', or as 'demoadmin' at {site}/admin/ ; password: {password}"
        yield "demo videos appear within minutes; 'manage.py remove_demo' removes them all"
