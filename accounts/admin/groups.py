"""Groups in Django admin. They grant permissions, so only superusers change them."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from accounts import staff_actions
from accounts.current_user import signed_in_user

admin.site.unregister(Group)


def is_superuser(request: HttpRequest) -> bool:
    """Return whether the caller is an active superuser."""
    return request.user.is_active and request.user.is_superuser


@admin.register(Group)
class RightsGroupAdmin(GroupAdmin):
    """Groups: changed by superusers, visible to other staff with the permission."""

    admin_group, admin_rank = "people", 10

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return whether the caller may add groups."""
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Return whether the caller may change groups."""
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Return whether the caller may delete groups."""
        return is_superuser(request)

    def save_related(
        self, request: HttpRequest, form: ModelForm[Group], formsets: Sequence[object], change: bool
    ) -> None:
        """Save the permissions, and record their change."""
        super().save_related(request, form, formsets, change)
        if change and "permissions" in form.changed_data:
            self._note(request, form.instance)

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        """Delete the group, and record it."""
        self._note(request, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Group]) -> None:
        """Delete each group, and record it."""
        for group in queryset:
            self.delete_model(request, group)

    @staticmethod
    def _note(request: HttpRequest, group: Group) -> None:
        staff_actions.record_group_change(group, actor=signed_in_user(request), request=request)
