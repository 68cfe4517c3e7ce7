"""Comments and blocks in Django admin."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from streamsite.service_admin import ServiceAdmin
from videos.admin.read_only import ReadOnlyAdmin
from videos.comments import services
from videos.models import Block, Comment, CommentReaction, CommentRules


@admin.register(Comment)
class CommentAdmin(ServiceAdmin[Comment]):
    """Find, take down, restore and delete comments. Their texts are read-only."""

    admin_group, admin_rank = "content", 20
    list_display = ("short_text", "author", "state", "like_count", "reply_count", "about", "created_at")
    list_filter = ("state", "about", "pinned")
    list_select_related = ("author",)
    search_fields = ("author__username", "=subject")
    search_help_text = gettext_lazy("Search by username or the ID of what was commented on.")
    ordering = ("-created_at",)
    readonly_fields = tuple(field.name for field in Comment._meta.fields)
    actions = ("take_down", "put_back")

    @admin.display(description=gettext_lazy("text"))
    def short_text(self, comment: Comment) -> str:
        """Return the beginning of the text."""
        return str(comment)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: viewers write comments."""
        return False

    @admin.action(description=gettext_lazy("Take down"), permissions=["change"])
    def take_down(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        """Hide the chosen comments from everyone but staff."""
        for comment in queryset:
            services.take_down(comment.pk)
            self.log_change(request, comment, _("Taken down."))

    @admin.action(description=gettext_lazy("Restore"), permissions=["change"])
    def put_back(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        """Show the chosen comments again."""
        for comment in queryset:
            services.restore(comment.pk)
            self.log_change(request, comment, _("Restored."))

    def remove(self, request: HttpRequest, row: Comment) -> None:
        """Delete it with its replies, counted."""
        services.delete(row)


@admin.register(CommentReaction)
class CommentReactionAdmin(ReadOnlyAdmin[CommentReaction]):
    """Likes and dislikes of comments, read-only."""

    admin_group, admin_rank = "content", 80
    list_display = ("user", "comment", "value", "created_at")
    list_select_related = ("user", "comment")
    search_fields = ("user__username",)
    ordering = ("-id",)


@admin.register(CommentRules)
class CommentRulesAdmin(ReadOnlyAdmin[CommentRules]):
    """The rules by which channels hold comments for review, read-only."""

    admin_group, admin_rank = "moderation", 40
    list_display = ("channel_id", "hold_links", "hold_all")
    search_fields = ("=channel_id",)
    ordering = ("channel_id",)


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin[Block]):
    """Blocks between channels, read-only."""

    admin_group, admin_rank = "people", 30
    list_display = ("blocker", "blocked", "created_at")
    list_select_related = ("blocker", "blocked")
    search_fields = ("blocker__username", "blocked__username")
    ordering = ("-id",)
