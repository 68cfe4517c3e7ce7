"""The page on which anyone chooses the language of the site; every page's footer leads to it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation

from accounts import profile
from accounts.models import User
from streamsite import languages
from streamsite.view_helpers import allow_get_and_post, safe_next


@login_not_required
@allow_get_and_post
def choose_language(request: HttpRequest) -> HttpResponse:
    """Show the languages; store the chosen one in the browser, and in the account of who is signed in."""
    target = safe_next(request, "/")
    code = request.POST.get("language")
    if code is None or code not in {"", *dict(settings.LANGUAGES)}:
        context = {"languages": settings.LANGUAGES, "active": translation.get_language(), "next": target}
        return render(request, "accounts/language.html", context)
    user: object = request.user
    if isinstance(user, User):
        profile.update_preferences(user, {"language": code})
    return languages.remember(redirect(target), code)
