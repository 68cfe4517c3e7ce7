"""Admin pages whose writes go through services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from streamsite.admin_lists import BoundedListMixin
from streamsite.errors import SiteError

Row = TypeVar("Row", bound=Model)


def error_sentence(error: SiteError) -> str:
    """Return the sentences of a service's error as one line, each after the name of its field."""
    if not error.fields:
        return str(error.detail)
    return " ".join(
        f"{name.replace('_', ' ').capitalize()}: {' '.join(problems)}"
        for name, problems in error.fields.items()
    )


class ServiceAdmin(BoundedListMixin[Row], admin.ModelAdmin[Row]):
    """An admin that passes changes to ``write`` and deletions to ``remove``, and never saves the row itself.

    Saving it would write every field as it was when the page was opened, counters included. There is no transaction
    around a form, because services have their own.
    """

    def write(self, request: HttpRequest, row: Row, changes: dict[str, object]) -> None:
        """Pass the changed fields to the service. ``row`` is as stored."""
        raise NotImplementedError(f"{type(self).__name__} has editable fields and no service")

    def remove(self, request: HttpRequest, row: Row) -> None:
        """Delete the row through its service."""
        raise NotImplementedError(f"{type(self).__name__} allows deletion and has no service")

    def save_model(self, request: HttpRequest, obj: Row, form: ModelForm[Row], change: bool) -> None:
        """Pass the changed fields to ``write``."""
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        if changes:
            self.write(request, self.model._default_manager.get(pk=obj.pk), changes)

    def save_related(
        self, request: HttpRequest, form: ModelForm[Row], formsets: object, change: bool
    ) -> None:
        """Do nothing: ``write`` changes relations too."""

    def delete_model(self, request: HttpRequest, obj: Row) -> None:
        """Delete the row through ``remove``."""
        self.remove(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Row]) -> None:
        """Delete each row through ``remove``."""
        for row in queryset:
            self.remove(request, row)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """Show or save the form; show it again with a message when the service refuses."""
        try:
            response: HttpResponse = self._changeform_view(  # type: ignore[attr-defined]
                request, object_id, form_url, extra_context
            )
        except SiteError as error:
            return self.refused(request, error)
        return response

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Confirm or carry out the deletion; show the page again with a message when the service refuses."""
        try:
            response: HttpResponse = self._delete_view(  # type: ignore[attr-defined]
                request, object_id, extra_context
            )
        except SiteError as error:
            return self.refused(request, error)
        return response

    def refused(self, request: HttpRequest, error: SiteError) -> HttpResponse:
        """Show the page again with the sentences of the error."""
        self.message_user(request, error_sentence(error), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def get_deleted_objects(
        self, objs: QuerySet[Row] | Sequence[Row], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """List the rows themselves: services remove what refers to them, of which there may be a great deal."""
        rows = list(objs)
        name = str(self.opts.verbose_name)
        may = all(self.has_delete_permission(request, row) for row in rows)
        count = {str(self.opts.verbose_name_plural): len(rows)}
        return [str(row) for row in rows], count, set() if may else {name}, []
