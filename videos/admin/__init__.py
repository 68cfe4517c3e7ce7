"""Videos, what is said about them, and moderation in Django admin; actions call the same services as all else."""

from videos.admin import comments, moderation, videos

__all__ = ["comments", "moderation", "videos"]
