"""Subscriptions in Django admin."""

from __future__ import annotations

from django.contrib import admin

from subscriptions.models import Subscription


@admin.register(Subscription)
class SubscriptionAdmin(admin.ModelAdmin[Subscription]):
    """Who is subscribed to whom."""

    list_display = ("subscriber", "channel", "notify", "created_at")
    list_filter = ("notify", "created_at")
    list_select_related = ("subscriber", "channel")
    search_fields = ("subscriber__username", "channel__username")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    raw_id_fields = ("subscriber", "channel")
    readonly_fields = ("id", "created_at")
