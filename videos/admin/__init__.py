"""Videos, comments and moderation in Django admin. Actions call the services that pages and API call."""

from videos.admin import comments, moderation, videos

__all__ = ["comments", "moderation", "videos"]
