"""Accounts in Django admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.http import HttpRequest

from accounts import sessions
from accounts.models import User
from streamsite.admin_lists import BoundedListMixin


class AccountCreationForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """A new account, with the site's username rule."""

    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields = ("username", "email")


@admin.register(User)
class AccountAdmin(BoundedListMixin[User], UserAdmin):  # type: ignore[type-arg]
    """People: find, inspect, deactivate."""

    add_form = AccountCreationForm
    list_display = (
        "username",
        "full_name",
        "email",
        "subscriber_count",
        "video_count",
        "is_active",
        "is_staff",
        "created_at",
    )
    list_filter = ("is_active", "is_staff", "email_verified", "created_at")
    search_fields = ("username", "full_name", "email")
    ordering = ("-created_at",)
    readonly_fields = (
        "id", "created_at", "last_login", "subscriber_count", "subscription_count", "video_count", "view_count",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("id", "username", "password")}),
        ("Channel", {"fields": ("full_name", "bio", "email", "email_verified")}),
        ("Counters", {"fields": ("subscriber_count", "subscription_count", "video_count", "view_count")}),
        ("Limits", {"fields": ("quota_bytes",)}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "email", "usable_password", "password1", "password2"),
            },
        ),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A deactivated account, or one with a new password, loses its sessions at once."""
        super().save_model(request, obj, form, change)
        if change and (not obj.is_active or "password" in form.changed_data):
            sessions.revoke_all(obj.pk, "changed_by_staff")
