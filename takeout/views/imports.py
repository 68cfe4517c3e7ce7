"""Settings: imports of archives, each of which begins with a report of what would come over."""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.current_user import signed_in_user
from streamsite.cache_headers import never_cached
from streamsite.view_actions import perform, perform_and_redirect, posted_data, refusal_status
from streamsite.view_helpers import allow_get_and_post
from takeout import mappers, store, tasks
from takeout.forms import ImportForm
from takeout.imports import services

SHOWN, ROWS_SHOWN = 10, 100


@never_cached
@login_required
@allow_get_and_post
def settings_import(request: HttpRequest) -> HttpResponse:
    """Show the latest imports, and take an archive, which is looked at before anything is changed."""
    user = signed_in_user(request)
    form = ImportForm(posted_data(request), request.FILES or None)

    def begin() -> store.ImportDoc:
        file: TemporaryUploadedFile = form.cleaned_data["file"]
        return services.begin(
            user,
            services.Sent(path=Path(file.temporary_file_path()), name=file.name or ""),
            source=form.cleaned_data["source"],
            is_dry=True,
            enqueue=tasks.enqueue_import,
        )

    response = perform(
        request, form, begin, lambda document: redirect("settings-import-report", document["_id"])
    )
    if response is not None:
        return response
    entries = services.list_imports(user, None, SHOWN)
    context = {"form": form, "imports": [mappers.serialize_import(entry.document) for entry in entries]}
    return render(request, "takeout/settings_import.html", context, status=refusal_status(form))


@never_cached
@login_required
@require_safe
def import_report(request: HttpRequest, import_id: str) -> HttpResponse:
    """Show an import's progress and report."""
    document = services.get_import(signed_in_user(request), import_id)
    after = request.GET.get("after", "")
    first = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    rows = store.list_rows(import_id, first, ROWS_SHOWN + 1)
    context = {
        "import": mappers.serialize_import(document),
        "rows": [mappers.serialize_row(row) for row in rows[:ROWS_SHOWN]],
        "next_after": rows[ROWS_SHOWN - 1]["number"] if len(rows) > ROWS_SHOWN else None,
    }
    return render(request, "takeout/settings_import_report.html", context)


@login_required
@require_POST
def start_import(request: HttpRequest, import_id: str) -> HttpResponse:
    """Import the archive whose report was shown."""
    user = signed_in_user(request)
    services.get_import(user, import_id)
    return perform_and_redirect(
        request,
        lambda: services.start_rehearsed(user, import_id, enqueue=tasks.enqueue_import),
        "",
        f"/settings/import/{import_id}",
    )


@login_required
@require_POST
def delete_import(request: HttpRequest, import_id: str) -> HttpResponse:
    """Cancel an import, or delete its archive and report."""
    user = signed_in_user(request)
    return perform_and_redirect(
        request, lambda: services.cancel_import(user, import_id), _("Import deleted."), "settings-import"
    )
