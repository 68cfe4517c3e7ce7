"""An identity provider, as the environment describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class OidcProvider:
    """An OpenID provider that people may sign in by. ``id`` is its name in addresses, ``label`` on pages.

    ``may_sign_up`` is whether unknown people may get an account, as far as the site's sign-up mode allows.
    ``trusts_email`` is whether an address that the provider has verified counts as verified here. Members of
    ``staff_groups`` are staff and nobody else is, unless it is empty; ``quotas`` are bytes by group, 0 for no limit.
    """

    id: str
    label: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...]
    may_sign_up: bool
    trusts_email: bool
    groups_claim: str
    staff_groups: tuple[str, ...]
    quotas: Mapping[str, int]
    offers_logout: bool
