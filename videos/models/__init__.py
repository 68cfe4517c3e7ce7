"""Videos and what belongs to them: uploads, captions, share links, reactions, comments, what was watched."""

from videos.models.address_import import AddressImport, ImportStatus
from videos.models.block import Block
from videos.models.caption import Caption
from videos.models.comment import Comment, CommentReaction, CommentRules, ThreadFollow
from videos.models.moderation import Case, Report, Strike
from videos.models.reaction import Reaction
from videos.models.share_link import ShareLink
from videos.models.upload import Upload, UploadKind
from videos.models.video import CATEGORIES, Status, Video
from videos.models.watch import Watch

__all__ = [
    "CATEGORIES",
    "AddressImport",
    "Block",
    "Caption",
    "Case",
    "Comment",
    "CommentReaction",
    "CommentRules",
    "ImportStatus",
    "Reaction",
    "Report",
    "ShareLink",
    "Status",
    "Strike",
    "ThreadFollow",
    "Upload",
    "UploadKind",
    "Video",
    "Watch",
]
