"""Videos in Django admin. Actions call the services that pages and API call."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.forms import SplitDateTimeField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.current_user import signed_in_user
from streamsite import formats
from streamsite.admin_fields import TextListField
from streamsite.errors import SiteError
from streamsite.service_admin import ServiceAdmin
from videos import schedules, sensitive_marks, services, tasks
from videos.admin.media import mark_reviewable, render_preview, render_thumbnail
from videos.admin.read_only import ReadOnlyAdmin
from videos.forms import VISIBILITY_FIELDS
from videos.models import Reaction, Video

# Lists that staff edit as text, with the help of each.
LIST_FIELDS = {
    "tags": gettext_lazy("Separate tags with commas."),
    "embed_domains": gettext_lazy("Separate domains with commas. Empty: every site may embed the video."),
}


@admin.register(Video)
class VideoAdmin(ServiceAdmin[Video]):
    """Find videos, see their processing, retry it, delete videos with their files."""

    admin_group, admin_rank = "content", 0
    list_display = (
        "display_thumbnail",
        "display_title",
        "channel",
        "list_state",
        "display_duration",
        "view_count",
        "created_at",
    )
    list_display_links = ("display_title",)
    list_filter = ("status", "visibility", "is_taken_down", "category", "created_at")
    list_select_related = ("channel",)
    search_fields = ("title", "channel__username", "=id")
    search_help_text = gettext_lazy("Search by words in the title, username, or ID.")
    ordering = ("-created_at",)
    readonly_fields = (
        "preview", "id", "channel_link", "is_sensitive_by_staff", "is_taken_down", "status", "progress",
        "attempt", "failure_code", "failure_detail", "steps", "report", "chapters", "display_duration",
        "display_size", "source_name", "display_source_size", "ready_at", "source_leaves_at", "source_removed_at",
        "display_media_bytes", "generation", "listed",
        "published_at", "view_count", "like_count", "comment_count", "created_at", "updated_at", "version",
    )  # fmt: skip
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "preview",
                    "title",
                    "channel_link",
                    "description",
                    "tags",
                    "category",
                    "language",
                    "license",
                    "is_sensitive",
                    "is_sensitive_by_staff",
                )
            },
        ),
        (
            gettext_lazy("Visibility"),
            {
                "fields": (
                    *("visibility", "is_taken_down", "listed", "published_at", "originally_published_on"),
                    *("publish_at", "publish_visibility"),
                )
            },
        ),
        (
            gettext_lazy("Playback and comments"),
            {
                "fields": (
                    *("allow_comments", "allow_embed", "embed_domains", "allow_download"),
                    *("normalise_loudness", "chapters"),
                )
            },
        ),
        (gettext_lazy("Counters"), {"fields": ("view_count", "like_count", "comment_count")}),
        (
            gettext_lazy("Processing"),
            {
                "fields": (
                    *("status", "progress", "attempt", "failure_code", "failure_detail", "steps", "report"),
                    *("display_duration", "display_size", "source_name", "display_source_size"),
                    *("ready_at", "source_leaves_at", "source_removed_at"),
                    *("display_media_bytes", "generation"),
                )
            },
        ),
        (gettext_lazy("Record"), {"fields": ("id", "version", "created_at", "updated_at")}),
    )
    actions = ("process_again", "take_down", "put_back", "mark_sensitive", "unmark_sensitive")

    @admin.action(description=gettext_lazy("Mark as sensitive"), permissions=["change"])
    def mark_sensitive(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        """Mark the chosen videos; their owners cannot take that off."""
        for video in queryset:
            if sensitive_marks.mark_by_staff(video.pk, is_sensitive=True):
                self.log_change(request, video, _("Marked as sensitive"))

    @admin.action(description=gettext_lazy("Remove sensitive mark"), permissions=["change"])
    def unmark_sensitive(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        """Take the mark of staff off the chosen videos; one of the owner stays."""
        for video in queryset:
            if sensitive_marks.mark_by_staff(video.pk, is_sensitive=False):
                self.log_change(request, video, _("Sensitive mark removed"))

    @admin.action(description=gettext_lazy("Take down"), permissions=["change"])
    def take_down(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        """Hide the chosen videos from everyone but their owners."""
        for video in queryset:
            services.take_down(video.pk)
            self.log_change(request, video, _("Taken down."))
            self._say_what_was_canceled(request, video)

    @admin.action(description=gettext_lazy("Restore"), permissions=["change"])
    def put_back(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        """Show the chosen videos again."""
        for video in queryset:
            services.restore(video.pk)
            self.log_change(request, video, _("Restored."))

    @admin.action(description=gettext_lazy("Retry processing"), permissions=["change"])
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
        if db_field.name in LIST_FIELDS:
            return TextListField(
                label=db_field.verbose_name.capitalize(), required=False, help_text=LIST_FIELDS[db_field.name]
            )
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in VISIBILITY_FIELDS:
            field.show_hidden_initial = True
        if isinstance(field, SplitDateTimeField):
            # Django's template has labels that belong to neither.
            for part, label in zip(field.widget.widgets, (_("Date"), _("Time")), strict=True):
                part.attrs["aria-label"] = f"{field.label}: {label}"
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

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Find out together which of the page's videos the caller may see."""
        found = super().get_changelist_instance(request)
        found.result_list = list(found.result_list)
        mark_reviewable(signed_in_user(request), found.result_list)
        return found

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Video | None:
        """Return the video, with whether the caller may watch it."""
        video: Video | None = super().get_object(request, object_id, from_field)
        if video is not None:
            mark_reviewable(signed_in_user(request), [video])
        return video

    @admin.display(description="")
    def display_thumbnail(self, video: Video) -> SafeString:
        """Return the thumbnail."""
        return render_thumbnail(video)

    @admin.display(description=gettext_lazy("preview"))
    def preview(self, video: Video) -> SafeString:
        """Return a player, also of hidden videos if the caller may watch them."""
        return render_preview(video)

    @admin.display(description=gettext_lazy("title"), ordering="title")
    def display_title(self, video: Video) -> SafeString:
        """Return the title with the category below it."""
        return format_html(
            '<bdi>{}</bdi><span class="cell-more">{}</span>', video.title, video.get_category_display()
        )

    @admin.display(description=gettext_lazy("channel"))
    def channel_link(self, video: Video) -> SafeString:
        """Return a link to the channel's account."""
        address = reverse("admin:accounts_user_change", args=[quote(video.channel_id)])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', address, video.channel.username)

    @admin.display(description=gettext_lazy("state"))
    def list_state(self, video: Video) -> SafeString:
        """Return who may see the video, and its processing below it."""
        shown = _("Taken down") if video.is_taken_down else video.get_visibility_display()
        return format_html('{}<span class="cell-more">{}</span>', shown, video.get_status_display())

    @admin.display(description=gettext_lazy("duration"))
    def display_duration(self, video: Video) -> str:
        """Return the duration."""
        return formats.clock(video.duration) if video.duration else "-"

    @admin.display(description=gettext_lazy("dimensions"))
    def display_size(self, video: Video) -> str:
        """Return width and height in pixels."""
        return f"{video.width} x {video.height}" if video.width else "-"

    @admin.display(description=gettext_lazy("original file size"))
    def display_source_size(self, video: Video) -> str:
        """Return the size of the uploaded file."""
        return formats.size(video.source_size)

    @admin.display(description=gettext_lazy("size of renditions"))
    def display_media_bytes(self, video: Video) -> str:
        """Return the size of what is served."""
        return formats.size(video.media_bytes)

    def remove(self, request: HttpRequest, row: Video) -> None:
        """Delete the video and its files."""
        services.delete(row)


@admin.register(Reaction)
class ReactionAdmin(ReadOnlyAdmin[Reaction]):
    """Likes and dislikes, read-only. Watch history is private, so it has no admin page."""

    admin_group, admin_rank = "content", 70
    list_display = ("user", "video", "value", "created_at")
    list_filter = ("value",)
    list_select_related = ("user", "video")
    search_fields = ("user__username",)
    ordering = ("-created_at",)
