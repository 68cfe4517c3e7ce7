"""An OpenID provider on this machine: npm's ``oidc-provider``, which a test can have forge what it says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests

from streamsite.oidc_provider import OidcProvider
from streamsite.outbound_hosts import AllowedHost
from tests.support import npm
from tests.support.node import NODE
from tests.support.stack import ROOT, free_port

FOLDER = ROOT / "tests" / "clients" / "oidc"
SECRET = "secret of the site"
FRESH: dict[str, object] = {"accounts": {}, "forge": None, "userinfo": None, "keys": [], "issuer": None}


class OpenIdProvider:
    """A running provider. ``host`` is what ``OUTBOUND_PRIVATE_HOSTS`` needs."""

    def __init__(self, folder: Path, site: str = "http://localhost:8000", *ids: str) -> None:
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.host = AllowedHost("127.0.0.1", port=self.port, may_be_private=True)
        script = folder / "provider.mjs"
        script.write_text((FOLDER / "provider.mjs").read_text())
        (folder / "node_modules").symlink_to(npm.installed(FOLDER))
        callbacks = ",".join(f"{site}/login/with/{one}/callback" for one in ids or ("test", "other"))
        self.process = subprocess.Popen(
            [NODE, str(script), str(self.port), callbacks],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.strip() == "ready":
                return
        raise AssertionError("the provider did not start")

    def settings(self, provider_id: str = "test", **changes: object) -> OidcProvider:
        """Return the provider as the site's settings describe it."""
        values: dict[str, object] = {
            "id": provider_id,
            "label": "Test Login",
            "issuer": self.issuer,
            "client_id": "site",
            "client_secret": SECRET,
            "scopes": ("openid", "profile", "email"),
            "may_sign_up": True,
            "trusts_email": False,
            "groups_claim": "groups",
            "staff_groups": (),
            "quotas": {},
            "offers_logout": True,
        }
        return OidcProvider(**(values | changes))  # type: ignore[arg-type]

    def control(self, **wanted: object) -> None:
        """Set accounts by subject, or what is forged."""
        requests.post(f"{self.issuer}/control", data=json.dumps(wanted), timeout=20).raise_for_status()

    def reset(self) -> None:
        """Be an honest provider of nobody."""
        self.control(**FRESH)

    def visit(self, url: str, account: str, session: requests.Session | None = None) -> str:
        """Sign in at the provider as ``account``, nobody for "", and return the URL that leads back to the site."""
        session = session or requests.Session()
        for _step in range(10):
            answer = session.get(url, allow_redirects=False, timeout=20)
            if answer.status_code == 200:
                answer = session.post(url, {"account": account}, allow_redirects=False, timeout=20)
            assert answer.status_code in {302, 303}, (url, answer.status_code, answer.text[:500])
            url = urljoin(url, answer.headers["Location"])
            if urlsplit(url).port != self.port:
                return url
        raise AssertionError("the provider never leads back")

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(20)
