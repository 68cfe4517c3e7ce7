"""``/admin/invitations/``: links with which people sign up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.current_user import signed_in_user
from accounts.models import Invitation
from accounts.registration import invitations, rules
from accounts.registration.forms import InvitationForm
from accounts.registration.rules import Mode
from accounts.registration.views.staff import admin_context, staff_page
from streamsite.cache_headers import never_cached
from streamsite.errors import Absent
from streamsite.view_actions import form_status, perform, posted_data, redirect_with_message
from streamsite.view_helpers import allow_get_and_post

PERMISSION = "accounts.add_invitation"
MAX_SHOWN = 200


@staff_page(PERMISSION)
@never_cached
@allow_get_and_post
def invitations_page(request: HttpRequest) -> HttpResponse:
    """List the invitations, newest first, and create one, whose link only the answer to its creation shows."""
    form = InvitationForm(posted_data(request))

    def create() -> tuple[Invitation, str]:
        return invitations.create(signed_in_user(request), request=request, **form.cleaned_data)

    def created(found: tuple[Invitation, str]) -> HttpResponse:
        return _page(request, InvitationForm(), invitations.link(found[1]), status=201)

    return perform(request, form, create, created) or _page(request, form, status=form_status(form))


def _page(
    request: HttpRequest, form: InvitationForm, new_link: str = "", *, status: int = 200
) -> HttpResponse:
    rows = list(Invitation.objects.order_by(*invitations.NEWEST)[:MAX_SHOWN])
    mode = rules.current().mode
    context = admin_context(request, _("Invitations")) | {
        "form": form,
        "new_link": new_link,
        "invitations": rows,
        "now": timezone.now(),
        "mode": mode,
        "works": mode in {Mode.INVITATION, Mode.APPROVAL},
    }
    return render(request, "registration/invitations.html", context, status=status)


@staff_page(PERMISSION)
@require_POST
def revoke_invitation(request: HttpRequest, invitation_id: str) -> HttpResponse:
    """Revoke an invitation: nobody else can sign up with its link."""
    if not Invitation.objects.filter(pk=invitation_id).exists():
        raise Absent
    invitations.revoke(invitation_id, actor=signed_in_user(request), request=request)
    return redirect_with_message(request, _("Invitation revoked."), "registration-invitations")
