"""Settings of ``script/server --domain`` are those of each test."""

import pytest

VARIABLES = (
    *(
        "DOMAIN",
        "DOMAIN_TLS",
        "ACME_CA",
        "ACME_CA_ROOT",
        "ACME_EMAIL",
        "HTTP_PORT",
        "HTTPS_PORT",
        "CADDY_BIN",
    ),
    *("SITE_URL", "TRUSTED_PROXIES", "PORT"),
)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    """Nothing of the site's address is set."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
