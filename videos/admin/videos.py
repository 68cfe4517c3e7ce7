"""Videos in Django admin; actions call the same services as everything else."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from streamsite.admin_lists import BoundedListMixin
from streamsite.errors import SiteError
from videos import services, tasks
from videos.admin.looking import LookingAdmin
from videos.models import Reaction, Video


@admin.register(Video)
class VideoAdmin(BoundedListMixin[Video], admin.ModelAdmin[Video]):
    """Find a video, see how far its processing is, try it again, remove it with its files."""

    list_display = ("title", "channel", "status", "visibility", "duration", "view_count", "created_at")
    list_filter = ("status", "visibility", "is_taken_down", "category", "created_at")
    list_select_related = ("channel",)
    search_fields = ("title", "channel__username", "=id")
    search_help_text = "Words of the title, the beginning of a username, or an id."
    ordering = ("-created_at",)
    raw_id_fields = ("channel",)
    readonly_fields = (
        "id", "is_taken_down",
        "status", "progress", "attempt", "failure_code", "failure_detail", "steps", "duration", "width", "height",
        "source_name", "source_size", "media_bytes", "generation", "listed", "published_at", "view_count", "like_count",
        "comment_count", "created_at", "updated_at", "version",
    )  # fmt: skip
    actions = ("process_again", "take_down", "put_back")

    @admin.action(description="Take down, for its owner only")
    def take_down(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        """Hide the chosen videos from everybody but their owners."""
        for video in queryset:
            services.take_down(video.pk)
            self.log_change(request, video, "Taken down.")

    @admin.action(description="Put back what was taken down")
    def put_back(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        """Show the chosen videos again."""
        for video in queryset:
            services.put_back(video.pk)
            self.log_change(request, video, "Put back.")

    @admin.action(description="Process failed videos again")
    def process_again(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        """Queue the chosen videos that failed."""
        for video in queryset:
            try:
                services.retry(video, enqueue=tasks.enqueue_processing)
            except SiteError as error:
                self.message_user(request, f"{video}: {error.detail}", messages.WARNING)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Videos come from uploads."""
        return False

    def save_model(self, request: HttpRequest, obj: Video, form: object, change: bool) -> None:
        """Keep lists and counters in line with what staff changed."""
        super().save_model(request, obj, form, change)
        services.refresh_listing(obj.pk)

    def delete_model(self, request: HttpRequest, obj: Video) -> None:
        """Remove the files as well."""
        services.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        """Remove the files as well."""
        for video in queryset:
            services.delete(video)


@admin.register(Reaction)
class ReactionAdmin(LookingAdmin[Reaction]):
    """Who likes what. What people watched is for nobody but them, and so is not here."""

    list_display = ("user", "video", "value", "created_at")
    list_filter = ("value",)
    list_select_related = ("user", "video")
    search_fields = ("user__username",)
    ordering = ("-created_at",)
