"""Subscriptions in Django admin."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from streamsite.service_admin import ServiceAdmin
from subscriptions import services
from subscriptions.models import (
    Broadcast,
    DisabledBecause,
    Notification,
    Post,
    Subscription,
    Webhook,
)
from subscriptions.posts import services as posts
from subscriptions.webhooks import delivering
from subscriptions.webhooks import services as webhooks
from videos.admin.read_only import ReadOnlyAdmin


@admin.register(Subscription)
class SubscriptionAdmin(ServiceAdmin[Subscription]):
    """Subscriptions."""

    admin_group, admin_rank = "people", 20
    list_display = ("subscriber", "channel", "notify", "created_at")
    list_select_related = ("subscriber", "channel")
    search_fields = ("subscriber__username", "channel__username")
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: people subscribe."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Subscription | None = None) -> bool:
        """Return False: only the subscriber sets the bell."""
        return False

    def remove(self, request: HttpRequest, row: Subscription) -> None:
        """End the subscription; both counters follow."""
        services.unsubscribe(row.subscriber, row.channel)


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin[Notification]):
    """Notifications, read-only."""

    admin_group, admin_rank = "people", 40
    list_display = ("user", "kind", "title", "is_read", "mail_at", "created_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("user__username",)
    ordering = ("-created_at",)


@admin.register(Broadcast)
class BroadcastAdmin(ReadOnlyAdmin[Broadcast]):
    """Notifications to all subscribers of a channel, read-only."""

    admin_group, admin_rank = "people", 50
    list_display = ("channel", "kind", "subject", "created_at")
    list_filter = ("kind",)
    list_select_related = ("channel",)
    search_fields = ("channel__username", "=subject")
    ordering = ("-created_at",)


@admin.register(Post)
class PostAdmin(ServiceAdmin[Post]):
    """Find, take down, restore and delete posts."""

    admin_group, admin_rank = "content", 10
    list_display = ("short_text", "channel", "is_taken_down", "like_count", "comment_count", "created_at")
    list_filter = ("is_taken_down",)
    list_select_related = ("channel",)
    search_fields = ("channel__username",)
    ordering = ("-created_at",)
    readonly_fields = tuple(field.name for field in Post._meta.fields)
    actions = ("take_down", "put_back")

    @admin.display(description=gettext_lazy("text"))
    def short_text(self, post: Post) -> str:
        """Return the beginning of the text."""
        return str(post)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: channels write posts."""
        return False

    @admin.action(description=gettext_lazy("Take down"), permissions=["change"])
    def take_down(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        """Hide the chosen posts from everyone but their channel."""
        for post in queryset:
            posts.set_taken_down(post.pk, True)
            self.log_change(request, post, _("Taken down."))

    @admin.action(description=gettext_lazy("Restore"), permissions=["change"])
    def put_back(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        """Show the chosen posts again."""
        for post in queryset:
            posts.set_taken_down(post.pk, False)
            self.log_change(request, post, _("Restored."))

    def remove(self, request: HttpRequest, row: Post) -> None:
        """Delete it with its picture, comments, and reactions."""
        posts.delete(row)


@admin.register(Webhook)
class WebhookAdmin(ServiceAdmin[Webhook]):
    """Find, disable and delete webhooks. Their secrets are shown to nobody."""

    admin_group, admin_rank = "people", 60
    list_display = ("url", "user", "scope", "state", "failing_since", "delivered_at", "created_at")
    list_filter = ("state",)
    list_select_related = ("user",)
    search_fields = ("user__username",)
    ordering = ("-created_at",)
    fields = (
        *("user", "scope", "url", "description", "events", "state", "disabled_because"),
        *("failing_since", "delivered_at", "created_at"),
    )
    readonly_fields = fields
    actions = ("disable",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: their owners create them."""
        return False

    @admin.action(description=gettext_lazy("Disable"), permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Stop sending to the chosen webhooks; their owners get an email."""
        for webhook in queryset.select_related("user"):
            delivering.disable(webhook, DisabledBecause.STAFF)
            self.log_change(request, webhook, _("Disabled."))

    def remove(self, request: HttpRequest, row: Webhook) -> None:
        """Delete it with its deliveries."""
        webhooks.delete(row)
