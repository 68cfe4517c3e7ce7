"""Parameters: descriptions of those that say nothing themselves, and those that follow from the view."""

from __future__ import annotations

from typing import Any

PATHS = {
    "video_id": ("The video's id.", "dQw4w9WgXcQ"),
    "username": ("The channel's username.", "ada"),
    "comment_id": ("The comment's id.", "Xk29vQpL0aTzR4bM"),
    "playlist_id": ("The playlist's id.", "Pm3tY7uWqE1sZ8cV"),
    "item_id": ("The item's id.", "It5hB2nJ9kLx6dFg"),
    "post_id": ("The post's id.", "Po8wR4eTy1uI3oPa"),
    "caption_id": ("The caption track's id.", "Ca7sD2fGh4jK6lZx"),
    "upload_id": ("The upload's id.", "Up1qW3eR5tY7uI9o"),
    "token_id": ("The API token's id.", "To2aS4dF6gH8jK0l"),
    "session_id": ("The session's id.", "Se3zX5cV7bN9mQ1w"),
    "case_id": ("The decision's id.", "De4rT6yU8iO0pA2s"),
    "subscription_id": ("The browser's id.", "9f86d081884c7d659a2feaa0c55ad015"),
    "invite_id": ("The invite link's id.", "In5fG7hJ9kL1zX3c"),
    "category": ("A category, such as `music`.", "music"),
    "tag": ("A tag.", "sailing"),
    "passkey_id": ("The passkey's id.", "9f86d081884c7d659a2feaa0c55ad015"),
    "address_import_id": ("The import's id.", "Ad4fG6hJ8kL0zX2c"),
    "export_id": ("The export's id.", "Ex7cV9bN1mQ3wE5r"),
    "import_id": ("The import's id.", "Im3eR5tY7uI9oP1a"),
    "webhook_id": ("The webhook's id.", "We5tY7uI9oP1aS3d"),
    "delivery_id": ("The delivery's id.", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"),
    "link_id": ("The share link's id.", "Sh6vB8nM0qW2eR4t"),
}
OTHERS = {
    (
        "query",
        "cursor",
    ): "Where the page begins, from `next` or `previous` of another page; absent: the first page.",
    ("query", "page_size"): "Entries per page: 1 to 100, else the nearest of these.",
    ("query", "tag"): "A tag: only videos that have it.",
    ("query", "category"): "A category: only videos of it.",
    ("query", "role"): "Only playlists in which the caller has this role.",
    ("query", "sort"): "Order of the list.",
    ("query", "visibility"): "Only videos of this visibility.",
    ("query", "status"): "Only videos in this state.",
    ("query", "table"): "The table to download.",
    (
        "header",
        "If-Match",
    ): 'The version that is to be changed, such as `"v3"`, or the `ETag` of the last answer; '
    "absent or `*`: whatever is there.",
    ("header", "Tus-Resumable"): "Version of the upload protocol.",
    ("header", "Upload-Offset"): "Number of bytes that the server has, at which this body begins.",
    ("header", "Upload-Defer-Length"): "1: the length is sent later, with the last chunk.",
    (
        "header",
        "Upload-Metadata",
    ): "Pairs of a name and a Base64 value, separated by commas: `filename`, `title`, "
    "`description`, `visibility`, `category`, `language`, `license`, `originally_published_on`.",
}
EXAMPLES: dict[tuple[str, str], object] = {
    ("query", "q"): "sailing",
    ("query", "page_size"): 20,
    ("header", "If-Match"): '"v3"',
    ("header", "Upload-Length"): 1048576,
    ("header", "Upload-Offset"): 0,
    ("header", "Upload-Metadata"): "filename Y2xpcC5tcDQ=,visibility cHJpdmF0ZQ==",
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "Text of your choice. For 24 hours the same key with the same body gets the first answer again "
    "(`Idempotency-Replayed: true`), and nothing is created twice; with another body it is 422.",
    "example": "5f3c1c0e-8d0b-4a57-9a56-0b6f0a5b7c11",
}
ACCEPT_LANGUAGE = {
    "in": "header",
    "name": "Accept-Language",
    "schema": {"type": "string"},
    "description": "The languages that sentences in the answer may have, as browsers send them; English without one.",
    "example": "de, en;q=0.8",
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "The `ETag` of an answer that you have: 304 if it is still current.",
    "example": 'W/"539de1b2c4"',
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string"},
    "description": OTHERS["header", "If-Match"],
    "example": '"v3"',
}


def complete(parameter: dict[str, Any]) -> None:
    """Add description and example to a parameter that has none."""
    place, name = parameter["in"], parameter["name"]
    example: object
    if place == "path":
        text, example = PATHS.get(name, ("", None))
    else:
        text, example = OTHERS.get((place, name), ""), EXAMPLES.get((place, name))
    given = parameter.get("description", "")
    if not given:
        parameter["description"] = text
    elif text and given.startswith("* `"):
        parameter["description"] = f"{text}\n\n{given}"
    if example is not None and "example" not in parameter and "enum" not in parameter.get("schema", {}):
        parameter["example"] = example
