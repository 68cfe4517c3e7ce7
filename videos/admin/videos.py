"""Videos in Django admin. Actions call the services that pages and API call."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from streamsite.errors import SiteError
from streamsite.service_admin import ServiceAdmin
from videos import schedules, services, tasks
from videos.admin.read_only import ReadOnlyAdmin
from videos.forms import VISIBILITY_FIELDS
from videos.models import Reaction, Video


@admin.register(Video)
class VideoAdmin(ServiceAdmin[Video]):
    """Find videos, see their processing, retry it, delete videos with their files."""

    list_display = ("title", "channel", "status", "visibility", "duration", "view_count", "created_at")
    list_filter = ("status", "visibility", "is_taken_down", "category", "created_at")
    list_select_related = ("channel",)
    search_fields = ("title", "channel__username", "=id")
    search_help_text = "Words of the title, the beginning of a username, or an id."
    ordering = ("-created_at",)
    readonly_fields = (
        "id", "channel", "is_taken_down",
        "status", "progress", "attempt", "failure_code", "failure_detail", "steps", "duration", "width", "height",
        "source_name", "source_size", "media_bytes", "generation", "listed", "published_at", "view_count", "like_count",
        "comment_count", "created_at", "updated_at", "version",
    )  # fmt: skip
    actions = ("process_again", "take_down", "put_back")

    @admin.action(description="Take down, for its owner only", permissions=["change"])
    def take_down(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        """Hide the chosen videos from everyone but their owners."""
        for video in queryset:
            services.take_down(video.pk)
            self.log_change(request, video, "Taken down.")
            self._say_what_was_canceled(request, video)

    @admin.action(description="Put back what was taken down", permissions=["change"])
    def put_back(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        """Show the chosen videos again."""
        for video in queryset:
            services.restore(video.pk)
            self.log_change(request, video, "Put back.")

    @admin.action(description="Process failed videos again", permissions=["change"])
    def process_again(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        """Process the chosen videos that failed again."""
        for video in queryset:
            try:
                services.retry(video, enqueue=tasks.enqueue_processing)
            except SiteError as error:
                self.message_user(request, f"{video}: {error.detail}", messages.WARNING)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: videos come from uploads."""
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Add hidden initial values of visibility and schedule: a schedule may run while the page is open."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in VISIBILITY_FIELDS:
            field.show_hidden_initial = True
        return field

    def write(self, request: HttpRequest, row: Video, changes: dict[str, object]) -> None:
        """Change the video as its owner would."""
        services.update(row, changes)
        self._say_what_was_canceled(request, row)

    def _say_what_was_canceled(self, request: HttpRequest, before: Video) -> None:
        """Tell staff when the change of ``before`` canceled its schedule."""
        after = Video.objects.filter(pk=before.pk).first()
        sentence = schedules.cancellation_notice(before, after) if after is not None else ""
        if sentence:
            self.message_user(request, f"{before}: {sentence}", messages.WARNING)

    def remove(self, request: HttpRequest, row: Video) -> None:
        """Delete the video and its files."""
        services.delete(row)


@admin.register(Reaction)
class ReactionAdmin(ReadOnlyAdmin[Reaction]):
    """Likes and dislikes, read-only. Watch history is private, so it has no admin page."""

    list_display = ("user", "video", "value", "created_at")
    list_filter = ("value",)
    list_select_related = ("user", "video")
    search_fields = ("user__username",)
    ordering = ("-created_at",)
