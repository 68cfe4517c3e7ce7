"""Accounts in Django admin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import ManyToManyField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts import access, audit, deliverability, sanction_store, staff_actions, totp
from accounts.admin.actions import ACTIONS
from accounts.admin.confirmed_actions import ConfirmedActionsMixin
from accounts.admin.panels import render_panels
from accounts.current_user import signed_in_user
from accounts.models import User
from accounts.passkeys import store as passkey_store
from streamsite import formats
from streamsite.admin_fields import ByteSizeField


class Rights(TypedDict, total=False):
    """The rights that ``staff_actions.set_rights`` takes."""

    is_staff: bool
    is_superuser: bool
    groups: Iterable[Group]
    permissions: Iterable[Permission]


PERMISSION_FIELDS = ("is_staff", "is_superuser", "groups", "user_permissions")
MAX_EVENTS, MAX_SANCTIONS = 20, 20


class AccountForm(forms.ModelForm[User]):
    """The form of an account, with its quota as a size."""

    quota_bytes = ByteSizeField(
        label=gettext_lazy("Upload quota"),
        required=False,
        help_text=gettext_lazy("Such as 5 GB. Empty: the default for the account's role. 0: no limit."),
    )


@admin.register(User)
class AccountAdmin(ConfirmedActionsMixin, UserAdmin):  # type: ignore[type-arg]
    """Find, inspect and act on accounts. Credentials are changed by confirmed actions only."""

    form = AccountForm
    admin_group, admin_rank = "people", 0
    change_form_template = "admin/accounts/user/change_form.html"
    list_display = (
        "display_name",
        "display_email",
        "list_subscribers",
        "list_videos",
        "list_status",
        "is_staff",
        "joined_on",
    )
    list_filter = ("is_active", "is_staff", "email_verified", "created_at")
    search_fields = ("username", "full_name", "email")
    ordering = ("-created_at",)
    readonly_fields = (
        "id", "username", "password_status", "passkeys", "second_factor", "email", "email_verified", "pending_email",
        "email_delivery", "is_active", "is_creator", "is_sensitive_by_staff", "status", "created_at", "last_login",
        "subscriber_count", "subscription_count", "video_count", "view_count", "events", "sanctions",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("id", "username", "status", "is_active", "is_creator")}),
        (
            gettext_lazy("Sign-in"),
            {
                "fields": (
                    *("email", "email_verified", "pending_email", "email_delivery"),
                    *("password_status", "passkeys", "second_factor"),
                )
            },
        ),
        (gettext_lazy("Channel"), {"fields": ("full_name", "bio", "is_sensitive_by_staff")}),
        (
            gettext_lazy("Counters"),
            {"fields": ("subscriber_count", "subscription_count", "video_count", "view_count")},
        ),
        (gettext_lazy("Limits"), {"fields": ("quota_bytes",)}),
        (gettext_lazy("Permissions"), {"fields": PERMISSION_FIELDS}),
        (gettext_lazy("Dates"), {"fields": ("last_login", "created_at")}),
        (gettext_lazy("Warnings and suspensions"), {"fields": ("sanctions",)}),
        (gettext_lazy("Recent events"), {"fields": ("events",)}),
    )

    # --- permissions ---

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: people sign up themselves."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Return whether the caller may change accounts, but never their own. Only superusers change those of staff."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or access.may_manage(signed_in_user(request), obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Return whether the caller may delete accounts, under the same conditions as changing them."""
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or access.may_manage(signed_in_user(request), obj))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Return the read-only fields. Only superusers change rights, and never their own."""
        shown = (*map(str, super().get_readonly_fields(request, obj)),)
        if obj is not None and access.may_manage_rights(signed_in_user(request), obj):
            return shown
        return (*shown, *PERMISSION_FIELDS)

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **options: object
    ) -> Any:
        """Load the models that permissions are named after together with them."""
        if db_field.name == "user_permissions":
            options["queryset"] = Permission.objects.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **options)

    # --- writes ---

    def write(self, request: HttpRequest, row: User, changes: dict[str, object]) -> None:
        """Change the profile and quota, and the rights, each by its service."""
        rights = {
            name.removeprefix("user_"): changes.pop(name) for name in PERMISSION_FIELDS if name in changes
        }
        if rights:
            chosen = cast(Rights, rights)
            staff_actions.set_rights(row, actor=signed_in_user(request), request=request, **chosen)
        if changes:
            staff_actions.edit_account(row, changes, actor=signed_in_user(request), request=request)

    def remove(self, request: HttpRequest, row: User) -> None:
        """Close the account; a worker erases it."""
        staff_actions.delete_account(row, actor=signed_in_user(request), request=request)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Tell that a worker will erase the account, and return to the list."""
        text = _("%(account)s: the account is closed and will be deleted within a few minutes.") % {
            "account": obj_display
        }
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:accounts_user_changelist"))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Offer a reset link in place of Django's form: staff never choose anyone's password."""
        account = User.objects.filter(pk=unquote(id)).first()
        if request.method != "GET" or account is None or not self.has_act_permission(request, account):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:accounts_user_act", args=[quote(account.pk), "reset"]))

    # --- pages ---

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """Show the account's page with the actions that it allows now."""
        account = User.objects.filter(pk=unquote(object_id)).first()
        context = dict(extra_context or {})
        if account is not None:
            context["account_panels"] = render_panels(request, account)
            context["is_own_account"] = account.pk == request.user.pk
            context["account_actions"] = [
                {
                    "label": action.label,
                    "effect": action.effect,
                    "url": reverse("admin:accounts_user_act", args=[quote(account.pk), name]),
                }
                for name, action in ACTIONS.items()
                if self.has_act_permission(request, account) and action.offered(account)
            ]
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description=gettext_lazy("user"), ordering="username")
    def display_name(self, account: User) -> SafeString:
        """Return the username with the display name below it."""
        return format_html(
            '<bdi>{}</bdi><span class="cell-more"><bdi>{}</bdi></span>', account.username, account.full_name
        )

    @admin.display(description=gettext_lazy("email"))
    def display_email(self, account: User) -> SafeString:
        """Return the email address, with a mark if it is verified."""
        mark = _("Verified") if account.email_verified else ""
        return format_html('<bdi>{}</bdi><span class="cell-more">{}</span>', account.email, mark)

    @admin.display(description=gettext_lazy("subscribers"), ordering="subscriber_count")
    def list_subscribers(self, account: User) -> str:
        """Return the number of subscribers."""
        return formats.number(account.subscriber_count)

    @admin.display(description=pgettext_lazy("model", "videos"), ordering="video_count")
    def list_videos(self, account: User) -> str:
        """Return the number of videos."""
        return formats.number(account.video_count)

    @admin.display(description=gettext_lazy("joined"), ordering="created_at")
    def joined_on(self, account: User) -> str:
        """Return the day on which the account was created."""
        return formats.day(account.created_at)

    @admin.display(description=gettext_lazy("status"))
    def list_status(self, account: User) -> str:
        """Return the state of the account in a word, for the list."""
        if account.is_active:
            return _("Active")
        if account.is_waiting:
            return _("Waiting for approval")
        return _("Suspended") if account.erase_at is None else _("Closed")

    @admin.display(description=gettext_lazy("status"))
    def status(self, account: User) -> str:
        """Return whether the account is active, suspended and until when, or about to be deleted."""
        if account.is_active:
            return _("Active")
        if account.erase_at is not None:
            return _("Closed. Deletion after %(when)s.") % {"when": formats.moment(account.erase_at)}
        if account.is_waiting:
            return _("Waiting for approval")
        row = sanction_store.current_suspension(account.pk)
        until = row.get("until") if row is not None else None
        return _("Suspended until %(when)s") % {"when": formats.moment(until)} if until else _("Suspended")

    @admin.display(description=gettext_lazy("warnings and suspensions"))
    def sanctions(self, account: User) -> SafeString:
        """Render the warnings and suspensions of the account, newest first."""
        rows = sanction_store.list_for_user(account.pk, most=MAX_SANCTIONS)
        names = User.objects.in_bulk({row["actor"] for row in rows if row["actor"]})
        shown = [{**row, "by": names[row["actor"]].username if row["actor"] in names else ""} for row in rows]
        return render_to_string("admin/accounts/user/sanctions.html", {"sanctions": shown})

    @admin.display(description=gettext_lazy("email delivery"))
    def email_delivery(self, account: User) -> str:
        """Return when and why a mail server refused the address for good, if one did."""
        address = deliverability.refused_address(account)
        if not address:
            return _("No problems")
        return _("%(address)s was refused on %(when)s. %(reason)s") % {
            "address": address,
            "when": formats.moment(account.undeliverable_at) if account.undeliverable_at else "",
            "reason": account.undeliverable_reason,
        }

    @admin.display(description=gettext_lazy("password"))
    def password_status(self, account: User) -> str:
        """Return whether a password is set. Its hash is never shown."""
        return _("Set") if account.has_usable_password() else _("None. The owner needs a reset link.")

    @admin.display(description=gettext_lazy("passkeys"))
    def passkeys(self, account: User) -> str:
        """Return the number of passkeys. Their names are the owner's business."""
        return formats.number(passkey_store.count_for_user(account.pk))

    @admin.display(description=gettext_lazy("two-factor authentication"))
    def second_factor(self, account: User) -> str:
        """Return whether two-factor authentication is on, and the number of unused recovery codes."""
        found = totp.load_status(account.pk)
        if not found["enabled"]:
            return _("Off")
        return _("On. Recovery codes left: %(count)d.") % {"count": found["recovery_codes"]}

    @admin.display(description=gettext_lazy("events"))
    def events(self, account: User) -> SafeString:
        """Return the account's recent events with the staff member who caused each."""
        rows = list(audit.events_for_user(account.pk).order_by(*audit.NEWEST)[:MAX_EVENTS])
        names = User.objects.in_bulk({row.actor for row in rows if row.actor})
        events = [
            audit.serialize_event(row)
            | {"time": row.at, "actor": names[row.actor].username if row.actor in names else row.actor}
            for row in rows
        ]
        return render_to_string("admin/accounts/user/events.html", {"events": events})
