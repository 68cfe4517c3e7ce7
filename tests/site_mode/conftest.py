"""Setting the mode, and everything that is stored."""

from __future__ import annotations

import pytest

from streamsite.site_mode import services
from streamsite.site_mode.state import Mode


@pytest.fixture
def read_only(database):
    """A site that is read-only from here on; called again, it is so with other words."""

    def switch(**told):
        services.set_mode(Mode.READ_ONLY, **told)

    return switch


@pytest.fixture
def maintenance(database):
    """A site that is in maintenance from the call on."""

    def switch(**told):
        services.set_mode(Mode.MAINTENANCE, **told)

    return switch


@pytest.fixture
def normal(database):
    """A site that is in normal mode from the call on."""
    return lambda: services.set_mode(Mode.NORMAL)
