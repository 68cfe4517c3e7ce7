"""What the admin pages of rows that only services write have in common."""

from __future__ import annotations

from typing import TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from streamsite.admin_lists import BoundedListMixin

Row = TypeVar("Row", bound=Model)


class ReadOnlyAdmin(BoundedListMixin[Row], admin.ModelAdmin[Row]):
    """To look at: rows and counters go together, so services write them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People add them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """People change them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """People remove them."""
        return False
