"""Videos and what belongs to them: uploads, captions, share links."""

from videos.models.caption import Caption
from videos.models.share_link import ShareLink
from videos.models.upload import Upload
from videos.models.video import CATEGORIES, Status, Video

__all__ = ["CATEGORIES", "Caption", "ShareLink", "Status", "Upload", "Video"]
