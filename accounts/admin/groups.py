"""Groups in Django admin. They hold rights, so only superusers change them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import staff_actions
from accounts.models import User

admin.site.unregister(Group)


def is_superuser(request: HttpRequest) -> bool:
    """Whether an active superuser is asking."""
    return isinstance(request.user, User) and request.user.is_active and request.user.is_superuser


@admin.register(Group)
class RightsGroupAdmin(GroupAdmin):
    """Superusers change groups; other staff with the permission see them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return is_superuser(request)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and "permissions" in form.changed_data:
            self._note(request, form.instance)

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        self._note(request, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Group]) -> None:
        for group in queryset:
            self.delete_model(request, group)

    @staticmethod
    def _note(request: HttpRequest, group: Group) -> None:
        if isinstance(request.user, User):
            staff_actions.record_group_change(group, actor=request.user, request=request)
