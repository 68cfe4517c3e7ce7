"""The rule of read-only mode and maintenance: which requests they refuse. Nothing else decides about a request.

Every unsafe method is refused while the site is read-only, by any route, now and in the future, except for what is
listed here with its reason. In maintenance everything is, except for staff and what is listed.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve

from streamsite.http_methods import SAFE_METHODS
from streamsite.site_mode.section import SECTION
from streamsite.site_mode.state import InMaintenance, ModeRefusal, ReadOnly, SiteMode, is_staff, site_mode

# What changes nothing. OPTIONS is a question that browsers ask before they may read a refusal.

SIGN_IN = "Without it sessions would end, and staff could not switch the mode off."
SIGN_OUT = "Ending a session protects an account, and can wait for nobody."
PLAYER = "Players keep playing: heartbeats are answered and not recorded."
COOKIE = "It changes nothing but a cookie."
# What is not refused while the site is read-only, by the name of its route.
WRITES = {
    **dict.fromkeys(("login", "login-code", "login-passkey", "staff-login"), SIGN_IN),
    **dict.fromkeys(("api-token", "api-token-refresh", "api-token-verify"), SIGN_IN),
    **dict.fromkeys(("api-passkey-options", "api-passkey-token"), SIGN_IN),
    **dict.fromkeys(("logout", "admin:logout", "api-logout", "api-logout-all", "api-session"), SIGN_OUT),
    **dict.fromkeys(("settings-session-revoke", "settings-sessions-revoke-others"), SIGN_OUT),
    "api-playback": PLAYER,
    "dismiss-banner": COOKIE,
}
# The same for visitors only: an account's choice is stored in the account.
WRITES_OF_VISITORS = {"language": COOKIE}

MEDIA = "What plays goes on until its signed address ends; nginx and the bucket would send it anyway."
PAGE_PART = "The page that says that the site is in maintenance needs it."
FOR_PROGRAMS = "Programs and browsers keep what they get here for long, and it reveals nothing."
# What visitors get during maintenance, by any method.
OPEN_IN_MAINTENANCE = {
    **dict.fromkeys(
        ("login", "login-code", "login-passkey", "signin", "staff-login"),
        SIGN_IN,
    ),
    **dict.fromkeys(("api-token", "api-token-refresh", "api-token-verify"), SIGN_IN),
    **dict.fromkeys(("oidc-start", "oidc-callback"), SIGN_IN),
    **dict.fromkeys(("api-passkey-options", "api-passkey-token"), SIGN_IN),
    **dict.fromkeys(("logout", "admin:logout", "api-logout", "api-logout-all"), SIGN_OUT),
    "api-playback": PLAYER,
    **dict.fromkeys(("media", "public-image"), MEDIA),
    **dict.fromkeys(("profile-picture", "site-appearance", "language"), PAGE_PART),
    **dict.fromkeys(("favicon", "touch-icon", "touch-icon-ready", "manifest"), PAGE_PART),
    **dict.fromkeys(("jwks", "security-txt", "robots"), FOR_PROGRAMS),
}


def refusal(request: HttpRequest) -> ModeRefusal | None:
    """Return why the mode refuses the request, ``None`` when it does not."""
    state = site_mode()
    if state.is_normal:
        return None
    if state.is_maintenance:
        return _refusal_in_maintenance(request, state)
    if request.method in SAFE_METHODS or _may_write(request, _match(request)):
        return None
    return ReadOnly(state)


def _refusal_in_maintenance(request: HttpRequest, state: SiteMode) -> ModeRefusal | None:
    if request.method == "OPTIONS" and request.path.startswith("/api/"):
        return None
    match = _match(request)
    is_open = match is not None and match.view_name in OPEN_IN_MAINTENANCE
    return None if is_open or is_staff(request.user) else InMaintenance(state)


def _may_write(request: HttpRequest, match: ResolverMatch | None) -> bool:
    if match is None:
        return False
    if match.view_name in WRITES_OF_VISITORS:
        return not request.user.is_authenticated
    return match.view_name in WRITES or is_mode_page(match)


def is_mode_page(match: ResolverMatch) -> bool:
    """Return whether a route is the page that switches the mode off."""
    return match.view_name == "site-settings-section" and match.kwargs.get("name") == SECTION.key


def _match(request: HttpRequest) -> ResolverMatch | None:
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None
