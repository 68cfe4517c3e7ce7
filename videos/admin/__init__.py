"""Videos, comments and moderation in Django admin. Actions call the services that pages and API call."""

from videos.admin import comments, dashboard, moderation, videos

__all__ = ["comments", "dashboard", "moderation", "videos"]
