"""Error codes, and the operations that answer with them.

Most follow from the view: whether it takes a body, pages through a list, needs an account, honors ``Idempotency-Key``
and so on. ``OPERATION_CODES`` adds what an operation's own rules refuse. A test that gets an answer with a code that
the document does not name for its operation fails (``tests.support.documented_answers``).
"""

from __future__ import annotations

from collections.abc import Iterable

# By status and code: when it happens.
CODES: dict[tuple[int, str], str] = {
    (
        400,
        "validation_error",
    ): "A field, parameter or header is missing or wrong; `fields` says which and why.",
    (
        400,
        "parse_error",
    ): "The body is not a JSON object or form that can be read, or `Authorization` was sent twice.",
    (400, "invalid_cursor"): "`cursor` is not from this list with these filters.",
    (400, "wrong_password"): "The password is not the account's.",
    (400, "otp_invalid"): "The code is wrong or was used already.",
    (400, "reset_invalid"): "The link was used, is too old, or was never valid.",
    (400, "link_invalid"): "The link was used, is too old, or was never valid.",
    (400, "terms_not_accepted"): "The site has rules or terms, and `accept_terms` is not true.",
    (400, "self_subscription"): "It is the caller's own channel.",
    (400, "self_report"): "It is the caller's own content.",
    (400, "url_refused"): "The site does not fetch anything from this address.",
    (400, "passkey_invalid"): "The new passkey is malformed, not for this site, or its challenge was used.",
    (401, "not_authenticated"): "No account: send a token, or sign in.",
    (401, "token_invalid"): "The token in `Authorization` is not valid.",
    (401, "token_expired"): "The access token has expired: refresh it.",
    (401, "session_revoked"): "The session has ended: sign in again.",
    (401, "user_inactive"): "The account is closed or suspended.",
    (401, "wrong_token_type"): "It is a refresh token, not an access token.",
    (401, "invalid_credentials"): "Username or password is wrong.",
    (401, "otp_required"): "The password is right; send a two-factor code in `otp`.",
    (401, "otp_invalid"): "The password is right; the two-factor code is wrong or was used already.",
    (401, "passkey_invalid"): "The passkey is unknown, its signature wrong, or its challenge used.",
    (401, "refresh_missing"): "There is no refresh token, in the cookie or in the body.",
    (401, "refresh_invalid"): "The refresh token is not valid.",
    (401, "refresh_expired"): "The refresh token has expired: sign in again.",
    (401, "refresh_reused"): "The refresh token was used before, so its session has ended: sign in again.",
    (401, "session_expired"): "The session has expired: sign in again.",
    (403, "permission_denied"): "The caller may see it but not do this, or the API token lacks the scope.",
    (403, "csrf_failed"): "The request has a cookie and no `X-CSRFToken`, or comes from another site.",
    (403, "public_api_disabled"): "This site's API answers people with an account only.",
    (403, "proof_required"): "Confirm the identity first (`POST /auth/proof`).",
    (403, "password_sign_in_closed"): "People sign in by an identity provider only.",
    (403, "email_not_verified"): "The email address has to be verified first.",
    (403, "registration_closed"): "This site takes no new accounts.",
    (403, "invitation_required"): "This site takes new accounts by invitation only.",
    (403, "invitation_invalid"): "The invitation was used, is too old, or was never valid.",
    (403, "approval_pending"): "Staff have not approved the account yet.",
    (403, "uploads_not_allowed"): "The account may not upload videos.",
    (404, "not_found"): "It does not exist, or the caller may not know that it does.",
    (404, "comments_disabled"): "Comments are turned off on this site.",
    (404, "trending_disabled"): "Trending videos are turned off on this site.",
    (404, "embeds_disabled"): "Embedding is turned off on this site.",
    (405, "method_not_allowed"): "The address does not take the method; `Allow` names those that it takes.",
    (409, "conflict"): "It exists already, its state does not allow this, or the first request with the "
    "`Idempotency-Key` is still in progress.",
    (409, "import_running"): "Another import of the account is running.",
    (409, "passkeys_unavailable"): "The site's address does not allow passkeys.",
    (409, "limit_reached"): "The account has as many as it may have.",
    (409, "already_in_playlist"): "The video is in the playlist already, which allows no duplicates.",
    (409, "playlist_full"): "The playlist has as many items as it may have.",
    (411, "length_required"): "The body has no `Content-Length`.",
    (412, "precondition_failed"): "`If-Match` names another version, or `Tus-Resumable` is missing.",
    (413, "too_large"): "The body or the file is larger than accepted, or than the quota has left.",
    (415, "unsupported_media_type"): "The body has a content type that is not accepted here.",
    (416, "range_not_satisfiable"): "`Range` begins after the end of the file.",
    (422, "idempotency_mismatch"): "The `Idempotency-Key` was used with another body.",
    (429, "throttled"): "Too many requests: wait `Retry-After` seconds.",
    (460, "checksum_mismatch"): "The bytes are not those of `Upload-Checksum`; none of them is kept.",
    (501, "not_implemented"): "The format is not offered.",
    (
        503,
        "unavailable",
    ): "The site is busy, starting, read-only or in maintenance: wait `Retry-After` seconds.",
    (507, "insufficient_storage"): "The disk is nearly full; what has arrived is kept.",
}

_FILE = ("413 too_large", "409 conflict", "507 insufficient_storage")
_COMMENT = ("403 email_not_verified", "403 permission_denied", "404 not_found", "409 limit_reached")
_SIGN_IN = ("401 invalid_credentials", "401 otp_required", "401 otp_invalid", "401 user_inactive")
_UPLOAD = ("403 uploads_not_allowed", "403 email_not_verified", *_FILE)
# By the id of the operation, as "status code".
OPERATION_CODES: dict[str, tuple[str, ...]] = {
    "webhooks_test": ("409 conflict",),
    "webhooks_redeliver": ("409 conflict",),
    "webhooks_update": ("403 proof_required", "409 conflict"),
    "webhooks_rotate_secret": ("403 proof_required", "409 conflict"),
    "webhooks_create": (
        "403 permission_denied",
        "403 proof_required",
        "409 limit_reached",
    ),
    "me_import_start": (
        "409 conflict",
        "409 import_running",
    ),
    "me_imports_create": (
        "404 not_found",
        "409 conflict",
        "409 import_running",
        "413 too_large",
        "507 insufficient_storage",
    ),
    "me_exports_create": (
        "403 proof_required",
        "409 conflict",
        "507 insufficient_storage",
    ),
    "auth_password_reset": ("403 password_sign_in_closed",),
    "auth_passkey_rename": ("403 proof_required",),
    "auth_passkey_remove": (
        "403 proof_required",
        "409 conflict",
    ),
    "auth_passkeys_registration": (
        "403 proof_required",
        "403 password_sign_in_closed",
        "409 passkeys_unavailable",
    ),
    "auth_passkeys_options": (
        "409 passkeys_unavailable",
        "403 password_sign_in_closed",
    ),
    "auth_passkeys_token": (
        "401 invalid_credentials",
        "401 user_inactive",
        "403 approval_pending",
        "401 passkey_invalid",
        "409 passkeys_unavailable",
        "403 password_sign_in_closed",
    ),
    "auth_passkeys_create": (
        "400 passkey_invalid",
        "403 proof_required",
        "409 conflict",
        "409 limit_reached",
        "409 passkeys_unavailable",
    ),
    "me_export_archive": ("416 range_not_satisfiable",),
    "address_imports_create": (*_UPLOAD, "400 url_refused", "404 not_found", "409 limit_reached"),
    "address_imports_list": ("404 not_found",),
    "auth_api_tokens_create": ("403 proof_required", "409 conflict", "409 limit_reached"),
    "auth_email_change": ("400 wrong_password", "409 conflict"),
    "auth_email_resend": ("409 conflict",),
    "auth_email_verify": ("400 link_invalid", "409 conflict"),
    "auth_password_change": (
        "400 wrong_password",
        "401 session_revoked",
        "409 conflict",
        "403 password_sign_in_closed",
    ),
    "auth_password_reset_confirm": ("400 reset_invalid", "403 password_sign_in_closed"),
    "auth_proof": (
        "400 wrong_password",
        "400 otp_invalid",
        "400 passkey_invalid",
        "403 password_sign_in_closed",
        "409 passkeys_unavailable",
    ),
    "auth_logout": ("403 csrf_failed",),
    "auth_register": (
        *("400 terms_not_accepted", "403 registration_closed", "403 invitation_required"),
        *("403 invitation_invalid", "409 conflict"),
        "403 password_sign_in_closed",
    ),
    "auth_restore": (*_SIGN_IN, "403 approval_pending", "403 password_sign_in_closed"),
    "auth_token": (
        *_SIGN_IN,
        "403 approval_pending",
        "401 passkey_invalid",
        "403 password_sign_in_closed",
        "409 passkeys_unavailable",
    ),
    "auth_token_refresh": (
        *("401 refresh_missing", "401 refresh_invalid", "401 refresh_expired", "401 refresh_reused"),
        *("401 session_revoked", "401 session_expired", "401 user_inactive", "403 csrf_failed"),
    ),
    "auth_token_verify": (
        *("401 token_invalid", "401 token_expired", "401 session_revoked", "401 user_inactive"),
        "401 wrong_token_type",
    ),
    "auth_totp_disable": ("400 otp_invalid", "409 conflict"),
    "auth_totp_enable": ("400 otp_invalid", "409 conflict"),
    "auth_totp_recovery_codes": ("400 otp_invalid", "409 conflict"),
    "auth_totp_setup": ("400 wrong_password", "400 otp_invalid", "409 conflict"),
    "captions_create": ("409 conflict", "409 limit_reached"),
    "captions_update": ("409 conflict",),
    "channel_subscribe": ("400 self_subscription", "409 conflict", "409 limit_reached"),
    "channels_report": ("400 self_report", "409 limit_reached"),
    "comment_reply": _COMMENT,
    "comments_follow": ("400 validation_error", "409 limit_reached"),
    "comments_report": ("400 self_report",),
    "comments_unpin": ("400 validation_error",),
    "comments_pin": ("400 validation_error",),
    "me_avatar_update": ("409 conflict",),
    "me_block": ("400 validation_error", "409 limit_reached"),
    "me_channel_page_update": ("404 not_found",),
    "me_cover_update": ("409 conflict",),
    "me_decision_appeal": ("409 conflict",),
    "me_erase": ("400 validation_error", "400 parse_error", "400 wrong_password", "411 length_required"),
    "me_feed_rss_renew": ("403 proof_required",),
    "me_hidden_channel_put": ("400 validation_error", "409 limit_reached"),
    "me_not_interested_put": ("409 limit_reached",),
    "me_push_subscriptions_create": ("404 not_found", "409 limit_reached"),
    "me_subscriptions_import": ("413 too_large",),
    "mentions_suggest": ("404 not_found",),
    "playlist_collaborators_add": ("400 validation_error", "409 conflict", "409 limit_reached"),
    "playlist_collaborators_remove": ("409 conflict",),
    "playlist_invites_accept": ("404 not_found", "409 conflict", "409 limit_reached"),
    "playlist_invites_create": ("403 email_not_verified", "409 conflict", "409 limit_reached"),
    "playlist_items_add": ("404 not_found", "409 already_in_playlist", "409 playlist_full", "409 conflict"),
    "playlist_items_update": ("409 conflict",),
    "playlists_create": ("403 email_not_verified", "404 not_found", "409 limit_reached", "409 playlist_full"),
    "playlists_delete": ("409 conflict",),
    "playlists_list": ("404 not_found",),
    "playlists_update": ("403 email_not_verified", "409 conflict"),
    "post_comment": _COMMENT,
    "posts_create": ("403 email_not_verified", "404 not_found", "409 limit_reached"),
    "posts_report": ("400 self_report",),
    "saved_playlists_add": ("409 conflict", "409 limit_reached"),
    "share_links_create": ("403 email_not_verified", "409 conflict", "409 limit_reached"),
    "studio_comments": ("404 not_found",),
    "studio_videos_bulk": ("404 not_found",),
    "thumbnail_update": ("409 conflict",),
    "thumbnail_delete": ("409 conflict",),
    "uploads_append": (
        "403 uploads_not_allowed",
        *_FILE,
        "400 validation_error",
        "412 precondition_failed",
        "460 checksum_mismatch",
    ),
    "uploads_cancel": ("412 precondition_failed",),
    "uploads_create": (
        *(*_UPLOAD, "400 validation_error", "404 not_found", "409 limit_reached"),
        "412 precondition_failed",
    ),
    "uploads_state": ("412 precondition_failed",),
    "video_comment": _COMMENT,
    "videos_playback": ("409 conflict",),
    "videos_report": ("400 self_report",),
    "videos_retry": ("409 conflict", "507 insufficient_storage"),
    "videos_update": ("403 email_not_verified", "409 conflict"),
    "videos_upload": (*_UPLOAD, "409 limit_reached"),
    "videos_list": ("404 trending_disabled",),
    "watch_later_add": ("409 playlist_full", "409 limit_reached"),
}


def codes_of(found: Iterable[str]) -> dict[int, list[str]]:
    """Return codes by status, in the order of ``CODES``. ``found`` has entries such as ``404 not_found``.

    Raise ``KeyError`` for a code without a description.
    """
    wanted = {(int(status), code) for status, _, code in (entry.partition(" ") for entry in found)}
    if unknown := wanted - CODES.keys():
        raise KeyError(f"error codes without a description: {sorted(unknown)}")
    by_status: dict[int, list[str]] = {}
    for status, code in CODES:
        if (status, code) in wanted:
            by_status.setdefault(status, []).append(code)
    return dict(sorted(by_status.items()))
