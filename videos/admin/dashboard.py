"""What moderation adds to the dashboard and to the page of an account."""

from __future__ import annotations

from django.contrib.admin.utils import quote
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.admin.panels import AccountPanel, register_account_panel
from accounts.models import User
from streamsite.admin_site import Section, register_section
from videos import quota
from videos.admin.case_page import moderation_history
from videos.admin.case_queue import waiting_cases
from videos.admin.moderation import ABOUT_LABELS

MAX_CASES, MAX_COUNTED = 8, 1_000
PERMISSIONS = ("videos.view_case", "videos.change_case")


def cases_context(request: HttpRequest) -> dict[str, object]:
    """Return the cases that wait, oldest first, and their number."""
    waiting = waiting_cases()
    rows = waiting.select_related("owner", "claimed_by")[:MAX_CASES]
    return {
        "cases": [
            {
                "case": row,
                "about": ABOUT_LABELS.get(row.about, row.about),
                "url": reverse("admin:videos_case_change", args=[quote(row.pk)]),
            }
            for row in rows
        ],
        "count": len(waiting.values_list("pk", flat=True)[:MAX_COUNTED]),
        "most": MAX_COUNTED,
        "may_decide": request.user.has_perm("videos.change_case"),
    }


def _account_moderation(request: HttpRequest, account: User) -> dict[str, object] | None:
    if not any(map(request.user.has_perm, PERMISSIONS)):
        return None
    return {"record": moderation_history(account)}


def _account_storage(request: HttpRequest, account: User) -> dict[str, object] | None:
    return {"used": quota.used_bytes(account), "limit": quota.quota_bytes_of(account)}


register_section(
    Section("cases", _("Waiting cases"), "admin/dashboard/cases.html", cases_context, PERMISSIONS, 10, True)
)
register_account_panel(AccountPanel(_("Uploads"), "admin/videos/account_uploads.html", _account_storage))
register_account_panel(
    AccountPanel(_("Moderation"), "admin/videos/account_history.html", _account_moderation)
)
