"""Subscriptions, the feed, notifications, community posts, and channel pages."""
