"""Headers of responses, as components of the document."""

from __future__ import annotations

HEADERS: dict[str, tuple[str, str, object]] = {
    "X-Request-Id": ("string", "Id of the request: the one that was sent, or a new one.", "369b62ca5b7c1493"),
    "Content-Language": ("string", "Language of sentences in the body.", "en"),
    "Cache-Control": ("string", "How long the answer may be kept, and by whom.", "private, no-cache"),
    "RateLimit-Limit": ("integer", "Requests per window.", 300),
    "RateLimit-Remaining": ("integer", "Requests that are left in the window.", 299),
    "RateLimit-Reset": ("integer", "Seconds until the window ends.", 42),
    "Retry-After": ("integer", "Seconds to wait before the next try.", 5),
    "WWW-Authenticate": ("string", "The scheme to authenticate with.", 'Bearer realm="api"'),
    "ETag": (
        "string",
        "Names this state: for `If-None-Match`, and `If-Match` where there is a version.",
        '"v3"',
    ),
    "Location": ("string", "Address of what was created.", "/api/v1/comments/Xk29vQpL0aTzR4bM"),
    "Idempotency-Replayed": ("string", "`true` on the first answer again.", "true"),
    "Set-Cookie": (
        "string",
        "The refresh token of a browser, or its deletion.",
        "refresh=...; HttpOnly; Secure",
    ),
    "Content-Disposition": ("string", "The file's name.", 'attachment; filename="stats.csv"'),
    "Tus-Resumable": ("string", "Version of the upload protocol.", "1.0.0"),
    "Tus-Version": ("string", "Versions of the upload protocol that the server speaks.", "1.0.0"),
    "Tus-Extension": ("string", "Extensions of the upload protocol.", "creation,termination"),
    "Tus-Max-Size": ("integer", "Most bytes of an upload.", 4294967296),
    "Tus-Checksum-Algorithm": ("string", "Algorithms that `Upload-Checksum` may name.", "sha1,sha256"),
    "Upload-Offset": ("integer", "Number of bytes that have arrived.", 524288),
    "Upload-Length": ("integer", "Length of the whole file; absent while it is unknown.", 1048576),
    "Upload-Defer-Length": ("integer", "1 while the length is unknown.", 1),
    "Upload-Expires": ("string", "When an unfinished upload is deleted.", "Mon, 30 Nov 2026 22:00:00 GMT"),
    "Upload-Metadata": ("string", "The metadata as it was sent.", "filename Y2xpcC5tcDQ="),
    "Upload-Concat": ("string", "`partial`, or `final;` and the parts.", "partial"),
    "X-Video-Id": ("string", "Id of the draft video; absent for partial uploads.", "dQw4w9WgXcQ"),
    "Last-Modified": ("string", "When it last changed.", "Mon, 30 Nov 2026 09:00:00 GMT"),
    "Access-Control-Allow-Origin": ("string", "`*`: pages of every origin may read it.", "*"),
    "Allow": ("string", "Methods that the address takes.", "GET, HEAD, OPTIONS"),
    "Link": ("string", "Addresses of other pages of it.", '</feeds/site.rss?page=2>; rel="next"'),
}
ALWAYS = ("X-Request-Id", "Content-Language", "Cache-Control")
LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
ON_ERROR = {405: ("Allow",), 401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
_UPLOAD = ("Tus-Resumable", "Upload-Offset", "Upload-Expires", "Upload-Concat", "X-Video-Id")
# By the id of the operation: what its successful responses have besides.
OF_OPERATION: dict[str, tuple[str, ...]] = {
    "address_imports_create": ("Location",),
    "auth_logout": ("Set-Cookie",),
    "captions_create": ("Location",),
    "playlists_create": ("Location", "ETag"),
    "playlists_update": ("ETag",),
    "playlist_items_add": ("ETag",),
    "playlist_items_remove": ("ETag",),
    "playlist_items_update": ("ETag",),
    "posts_create": ("Location", "ETag"),
    "posts_update": ("ETag",),
    "share_links_create": ("Location",),
    "videos_update": ("ETag",),
    "videos_upload": ("Location",),
    "comments_update": ("ETag",),
    "auth_logout_all": ("Set-Cookie",),
    "auth_password_change": ("Set-Cookie",),
    "auth_token": ("Set-Cookie",),
    "auth_token_refresh": ("Set-Cookie",),
    "comment_reply": ("Location", "ETag"),
    "me": ("ETag",),
    "me_channel_page": ("ETag",),
    "me_channel_page_update": ("ETag",),
    "me_erase": ("Set-Cookie",),
    "me_export_archive": ("Content-Disposition",),
    "me_preferences_update": ("ETag",),
    "me_subscriptions_export": ("Content-Disposition",),
    "me_update": ("ETag",),
    "post_comment": ("Location", "ETag"),
    "studio_stats_file": ("Content-Disposition",),
    "studio_video_stats_file": ("Content-Disposition",),
    "uploads_append": _UPLOAD,
    "uploads_cancel": ("Tus-Resumable",),
    "uploads_create": (*_UPLOAD, "Location"),
    "uploads_state": (*_UPLOAD, "Upload-Length", "Upload-Defer-Length", "Upload-Metadata"),
    "video_comment": ("Location", "ETag"),
}
# Reads whose answers have no ETag, since they are never kept; those of ``me`` have one for ``If-Match`` only.
NOT_CONDITIONAL = frozenset(
    {
        *("auth_activity", "auth_api_tokens", "auth_sessions", "auth_totp"),
        *("me", "me_channel_page", "me_feed_rss", "me_push_subscriptions", "me_subscriptions_export"),
        *("playlist_invites", "share_links_list", "videos_processing", "mentions_suggest"),
        *("studio_stats", "studio_stats_file", "studio_videos", "studio_video_stats"),
        "studio_video_stats_file",
        *("address_imports_list", "address_imports_retrieve", "auth_passkeys"),
        *("me_exports", "me_export", "me_imports", "me_import", "me_import_rows"),
        *("webhooks", "webhooks_read", "webhooks_deliveries"),
    }
)
# Changes that honor ``If-Match`` without naming it in ``extend_schema``.
VERSIONED = frozenset(
    {
        *("me_update", "me_preferences_update", "videos_update", "videos_delete"),
        *("playlists_update", "playlists_delete", "posts_delete"),
    }
)


def reference(names: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return the headers as references to components."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def components() -> dict[str, object]:
    """Return every header as a component."""
    return {
        name: {"description": text, "schema": {"type": kind}, "example": example}
        for name, (kind, text, example) in HEADERS.items()
    }
