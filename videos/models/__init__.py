"""Videos and what belongs to them: uploads, captions, share links, reactions, what was watched."""

from videos.models.caption import Caption
from videos.models.reaction import Reaction
from videos.models.share_link import ShareLink
from videos.models.upload import Upload
from videos.models.video import CATEGORIES, Status, Video
from videos.models.watch import Watch

__all__ = ["CATEGORIES", "Caption", "Reaction", "ShareLink", "Status", "Upload", "Video", "Watch"]
