"""The confirmation page of account actions, for one account or for those chosen in the list."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import quote, unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from accounts import access
from accounts.admin.actions import ACTIONS, AccountAction
from accounts.current_user import signed_in_user
from accounts.models import User
from streamsite.errors import Absent, SiteError
from streamsite.service_admin import ServiceAdmin, error_sentence

MAX_ACCOUNTS = 100


class ConfirmedActionsMixin(ServiceAdmin[User]):
    """Account actions in the list and on an account's page. Each is confirmed first."""

    actions = (
        *("warn", "suspend", "reinstate", "verify", "send_reset", "change_email", "reset_second_factor"),
        *("approve_creator", "withdraw_creator"),
    )

    def has_act_permission(self, request: HttpRequest, account: User | None = None) -> bool:
        """Return whether the caller may act on accounts, and on ``account`` if given."""
        if not request.user.has_perm("accounts.change_user"):
            return False
        return account is None or access.may_manage(signed_in_user(request), account)

    def get_urls(self) -> list[URLPattern]:
        """Add one address per account and action."""
        act = path(
            "<str:account_id>/act/<str:name>/", self.admin_site.admin_view(self.act), name="accounts_user_act"
        )
        return [act, *super().get_urls()]

    def act(self, request: HttpRequest, account_id: str, name: str) -> HttpResponse:
        """Ask about an action on one account, and carry it out."""
        action, account = ACTIONS.get(name), User.objects.filter(pk=unquote(account_id)).first()
        if action is None or account is None or not self.has_act_permission(request, account):
            raise Absent
        form = action.form(request.POST if request.method == "POST" else None) if action.form else None
        page = reverse("admin:accounts_user_change", args=[quote(account.pk)])
        if request.method == "POST" and (form is None or form.is_valid()):
            self._carry_out(request, action, [account], **(form.cleaned_data if form else {}))
            return HttpResponseRedirect(page)
        return self._ask(request, action, [account], back=page, form=form)

    @admin.action(description=ACTIONS["reset"].label, permissions=["act"])
    def send_reset(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Send reset links and end all access."""
        return self._act_on_selected(request, "reset", queryset)

    @admin.action(description=ACTIONS["email"].label, permissions=["act"])
    def change_email(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Ask for the new address of the one chosen account."""
        return self._act_on_selected(request, "email", queryset)

    @admin.action(description=ACTIONS["second-factor"].label, permissions=["act"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Turn two-factor authentication off."""
        return self._act_on_selected(request, "second-factor", queryset)

    @admin.action(description=ACTIONS["warn"].label, permissions=["act"])
    def warn(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Ask for the message to the chosen accounts."""
        return self._act_on_selected(request, "warn", queryset)

    @admin.action(description=ACTIONS["verify"].label, permissions=["act"])
    def verify(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Mark the addresses of the chosen accounts as verified."""
        return self._act_on_selected(request, "verify", queryset)

    @admin.action(description=ACTIONS["suspend"].label, permissions=["act"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Suspend the chosen accounts."""
        return self._act_on_selected(request, "suspend", queryset)

    @admin.action(description=ACTIONS["reinstate"].label, permissions=["act"])
    def reinstate(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Reinstate the chosen accounts."""
        return self._act_on_selected(request, "reinstate", queryset)

    @admin.action(description=ACTIONS["creator"].label, permissions=["act"])
    def approve_creator(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Approve the chosen accounts as creators."""
        return self._act_on_selected(request, "creator", queryset)

    @admin.action(description=ACTIONS["no-creator"].label, permissions=["act"])
    def withdraw_creator(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Withdraw the approval as creators."""
        return self._act_on_selected(request, "no-creator", queryset)

    def _act_on_selected(
        self, request: HttpRequest, name: str, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        action, accounts = ACTIONS[name], list(queryset[: MAX_ACCOUNTS + 1])
        if len(accounts) > MAX_ACCOUNTS:
            text = _("Choose up to %(limit)d accounts.") % {"limit": MAX_ACCOUNTS}
            self.message_user(request, text, messages.ERROR)
            return None
        for account in (account for account in accounts if not self.has_act_permission(request, account)):
            text = _("%(account)s: you can't change this account.") % {"account": account}
            self.message_user(request, text, messages.ERROR)
        accounts = [account for account in accounts if self.has_act_permission(request, account)]
        if not accounts:
            return None
        if action.one_account:
            if len(accounts) > 1:
                self.message_user(request, _("Choose one account."), messages.ERROR)
                return None
            return HttpResponseRedirect(
                reverse("admin:accounts_user_act", args=[quote(accounts[0].pk), name])
            )
        is_confirmed = request.POST.get("confirmed") == "yes"
        form = action.form(request.POST if is_confirmed else None) if action.form else None
        if is_confirmed and (form is None or form.is_valid()):
            self._carry_out(request, action, accounts, **(form.cleaned_data if form else {}))
            return None
        fields = [(ACTION_CHECKBOX_NAME, account.pk) for account in accounts]
        fields += [("action", request.POST.getlist("action")[0]), ("confirmed", "yes")]
        back = reverse("admin:accounts_user_changelist")
        return self._ask(request, action, accounts, back=back, form=form, fields=fields)

    def _ask(
        self,
        request: HttpRequest,
        action: AccountAction,
        accounts: list[User],
        *,
        back: str,
        form: forms.Form | None = None,
        fields: Iterable[tuple[str, str]] = (),
    ) -> HttpResponse:
        context: dict[str, object] = {
            **self.admin_site.each_context(request),
            "title": action.label,
            "opts": self.opts,
            "account_action": action,
            "accounts": accounts,
            "form": form,
            "fields": fields,
            "back": back,
        }
        return TemplateResponse(request, "admin/accounts/user/confirm.html", context)

    def _carry_out(
        self, request: HttpRequest, action: AccountAction, accounts: list[User], **details: object
    ) -> None:
        done = []
        for account in accounts:
            try:
                changed = action.run(account, actor=signed_in_user(request), request=request, **details)
            except SiteError as error:
                self.message_user(request, f"{account}: {error_sentence(error)}", messages.ERROR)
                continue
            if changed:
                done.append(account.username)
                self.log_change(request, account, f"{action.done}.")
            else:
                self.message_user(request, f"{account}: {action.unchanged}", messages.WARNING)
        if done:
            self.message_user(request, f"{action.done}: {', '.join(done)}.", messages.SUCCESS)
