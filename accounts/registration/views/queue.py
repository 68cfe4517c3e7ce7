"""``/admin/registrations/``: the accounts that wait for approval."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.current_user import signed_in_user
from accounts.models import User
from accounts.registration import applications, queue, rules
from accounts.registration.forms import DecisionForm
from accounts.registration.rules import Mode
from accounts.registration.views.staff import admin_context, staff_page
from streamsite.errors import SiteError
from streamsite.view_actions import attempt
from streamsite.view_helpers import allow_get_and_post

PAGE_SIZE = 50


@staff_page(queue.PERMISSION)
@allow_get_and_post
def registration_queue(request: HttpRequest) -> HttpResponse:
    """List the accounts that wait, oldest first, and approve or decline some of them."""
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        chosen = request.POST.getlist("accounts")[:PAGE_SIZE]
        if chosen:
            waiting = queue.waiting_accounts().filter(pk__in=chosen)
            _decide(request, list(waiting), form.cleaned_data["decision"], form.cleaned_data["note"])
            return redirect("registration-queue")
        form.add_error(None, _("Select at least one account."))
    rows = list(queue.waiting_accounts().order_by(*queue.OLDEST)[: PAGE_SIZE + 1])
    context = admin_context(request, _("Sign-up requests")) | {
        "form": form,
        "accounts": rows[:PAGE_SIZE],
        "has_more": len(rows) > PAGE_SIZE,
        "by_approval": rules.current().mode == Mode.APPROVAL,
    }
    return render(request, "registration/queue.html", context, status=400 if form.errors else 200)


def _decide(request: HttpRequest, accounts: Iterable[User], decision: str, note: str) -> None:
    """Approve or decline accounts, and say how many."""
    run = applications.approve if decision == "approve" else applications.decline
    actor, decided = signed_in_user(request), 0
    for account in accounts:
        result = attempt(partial(run, account, actor=actor, note=note, request=request))
        if isinstance(result, SiteError):
            messages.error(request, f"{account.username}: {result.detail}")
        elif result:
            decided += 1
            _log(actor, account, decision)
    if decision == "approve":
        sentence = ngettext("%(count)d account approved.", "%(count)d accounts approved.", decided)
    else:
        sentence = ngettext("%(count)d account declined.", "%(count)d accounts declined.", decided)
    messages.success(request, sentence % {"count": decided})


def _log(actor: User, account: User, decision: str) -> None:
    """Write the decision into the admin's own history."""
    LogEntry.objects.create(
        user_id=actor.pk,
        content_type_id=ContentType.objects.get_for_model(User).pk,
        object_id=account.pk,
        object_repr=account.username[:200],
        action_flag=CHANGE,
        change_message="Approved." if decision == "approve" else "Declined.",
    )
