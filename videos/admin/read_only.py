"""The base of admin pages of rows that only services write."""

from __future__ import annotations

from typing import TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from streamsite.admin_lists import BoundedListMixin

Row = TypeVar("Row", bound=Model)


class ReadOnlyAdmin(BoundedListMixin[Row], admin.ModelAdmin[Row]):
    """A read-only admin: rows and counters belong together, so services write them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: rows come from the site."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Return False: rows are changed on the site."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Return False: rows are deleted on the site."""
        return False
