"""A mark that tells which account a browser's pages belong to.

Pages carry it in ``<meta name="account">``, browsers in a cookie that scripts can read. A page that is shown again (by
the Back button, or when its tab gets focus) compares the two and reloads if they differ: ``static/js/account.js``. Such
pages therefore need no ``no-store``. Scripts also keep per-account data, such as drafts, under this mark.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

from streamsite.cache_headers import PRIVATE_NEVER_STORED, PRIVATE_REVALIDATED, CachePolicy

# ``static/js/account.js`` uses the same name.
COOKIE = "__Host-account" if settings.SESSION_COOKIE_SECURE else "account"
# Prefix of the cookie's value after signing out, until a page has deleted the account's data in the browser.
SIGNED_OUT = "out."
SIGNED_OUT_SECONDS = 30 * 86_400
# The maximum lifetime of a session. If it ends earlier, the next response deletes the cookie.
MAX_AGE_SECONDS = 90 * 86_400
MARK_LENGTH = 20

# Cache-Control directives that allow, or forbid, shared caches to store the response.
PUBLIC_DIRECTIVE, PRIVATE_DIRECTIVE = re.compile(r"\bpublic\b"), re.compile(r"\b(?:private|no-store)\b")


def mark_for_user(user_id: str) -> str:
    """Return an account's mark: the same in every session, and useless to anyone who reads it."""
    return salted_hmac("accounts.account_marks", user_id).hexdigest()[:MARK_LENGTH]


def mark_for_page(request: HttpRequest) -> str:
    """Return the mark for a page that loads the script checking it; ``""`` for anonymous visitors."""
    if not request.user.is_authenticated:
        return ""
    request.has_account_mark = True  # type: ignore[attr-defined]
    return mark_for_user(str(request.user.pk))


def cache_control_for(request: HttpRequest) -> CachePolicy:
    """Return ``Cache-Control`` for a signed-in user's response whose view set none.

    Only a page that checks its mark may be kept by the browser for the Back button.
    """
    return PRIVATE_REVALIDATED if getattr(request, "has_account_mark", False) else PRIVATE_NEVER_STORED


def record_sign_out(request: HttpRequest, user_id: str) -> None:
    """Record on the request that its user chose to sign out."""
    request.signed_out_mark = mark_for_user(user_id)  # type: ignore[attr-defined]


def update_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Update the browser's mark cookie to match who is signed in after this request.

    After a sign-out the cookie names the account that left, and the browser is told to clear its cache. If the session
    merely ended, the cookie is deleted; drafts wait for the account's next sign-in. Responses that shared caches may
    store, such as files of public videos, never carry the cookie.
    """
    if _is_publicly_cacheable(response):
        return
    had = request.COOKIES.get(COOKIE, "")
    signed_out = getattr(request, "signed_out_mark", "")
    if request.user.is_authenticated:
        mark = mark_for_user(str(request.user.pk))
        if had != mark:
            ends_with_browser = request.session.get_expire_at_browser_close()
            _set_cookie(response, mark, None if ends_with_browser else MAX_AGE_SECONDS)
    elif signed_out:
        _set_cookie(response, SIGNED_OUT + signed_out, SIGNED_OUT_SECONDS)
        response.headers["Clear-Site-Data"] = '"cache"'
    elif had and not had.startswith(SIGNED_OUT):
        response.delete_cookie(COOKIE, samesite="Lax")


def _is_publicly_cacheable(response: HttpResponseBase) -> bool:
    """Return whether shared caches may store the response."""
    cache_control = response.headers.get("Cache-Control", "").lower()
    return bool(
        PUBLIC_DIRECTIVE.search(cache_control)
        or ("max-age" in cache_control and not PRIVATE_DIRECTIVE.search(cache_control))
    )


def _set_cookie(response: HttpResponseBase, value: str, max_age: int | None) -> None:
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, value, max_age=max_age, secure=secure, httponly=False, samesite="Lax")
