"""The studio's page of imports by address. It works by forms alone; a script only keeps it up to date."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.current_user import signed_in_user
from streamsite.api.pagination import paginate
from streamsite.page_limits import count_writes_as
from streamsite.rate_limits import IMPORT
from streamsite.view_actions import (
    perform,
    perform_and_redirect,
    posted_data,
    redirect_with_message,
    refusal_status,
)
from streamsite.view_helpers import allow_get_and_post
from videos import quota
from videos.forms import ImportForm
from videos.imports import mappers, services
from videos.imports.playlist_hook import playlists
from videos.tasks import enqueue_import


@count_writes_as(IMPORT)
@login_required
@allow_get_and_post
def imports(request: HttpRequest) -> HttpResponse:
    """List the caller's imports, and begin one."""
    services.require_enabled()
    user = signed_in_user(request)
    form = ImportForm(posted_data(request), playlists=playlists().choices(user))
    begun = perform(
        request,
        form,
        lambda: services.start_import(user, enqueue=enqueue_import, **form.cleaned_data),
        lambda _row: redirect_with_message(request, _("The import has begun."), "studio-imports"),
    )
    if begun is not None:
        return begun
    page = paginate(request, services.imports_of(user), services.NEWEST, absolute=False)
    context = {
        "form": form,
        "page": page.body(mappers.serialize_import),
        "is_open": any(row.status in services.OPEN for row in page.rows),
        "storage": quota.storage_use(user),
    }
    return render(request, "videos/imports.html", context, status=refusal_status(form))


@login_required
@require_POST
def delete_import(request: HttpRequest, import_id: str) -> HttpResponse:
    """Cancel an import, or remove one that has ended from the list."""
    services.require_enabled()
    action = partial(services.delete_import, signed_in_user(request), import_id)
    return perform_and_redirect(request, action, _("Removed from the list."), "studio-imports")
