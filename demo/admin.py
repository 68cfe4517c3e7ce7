"""The dashboard section that says how to remove the demo."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from demo import store
from streamsite.admin_site import Section, register_section

PERMISSIONS = ("accounts.delete_user",)


def _demo_context(request: HttpRequest) -> dict[str, object] | None:
    if store.wanted_since() is None:
        return None
    return {"is_finished": store.is_finished()}


register_section(
    Section("demo", _("Demo content"), "admin/dashboard/demo.html", _demo_context, PERMISSIONS, 5, True)
)
