"""Every API route, and what anonymous and strangers get there. A new route without a row fails."""

import json
import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

# Route name -> (path, {method: (anonymous, stranger)}). ``{video}`` is public, ``{secret}`` private, both the owner's.
ROUTES = {
    "api-register": ("auth/register", {"post": (400, 400)}),
    "api-token": ("auth/token", {"post": (400, 400)}),
    "api-token-refresh": ("auth/token/refresh", {"post": (401, 401)}),
    "api-token-verify": ("auth/token/verify", {"post": (400, 400)}),
    "api-logout": ("auth/logout", {"post": (204, 204)}),
    "api-logout-all": ("auth/logout-all", {"post": (401, 200)}),
    "api-sessions": ("auth/sessions", {"get": (401, 200)}),
    "api-session": ("auth/sessions/AAAAAAAAAAAAAAAA", {"delete": (401, 404)}),
    "api-password-change": ("auth/password/change", {"post": (401, 400)}),
    "api-password-reset": ("auth/password/reset", {"post": (400, 400)}),
    "api-password-reset-confirm": ("auth/password/reset/confirm", {"post": (400, 400)}),
    "api-email-verify": ("auth/email/verify", {"post": (400, 400)}),
    "api-email-resend": ("auth/email/resend", {"post": (401, 202)}),
    "api-email-change": ("auth/email/change", {"post": (401, 400)}),
    "api-totp": ("auth/totp", {"get": (401, 200)}),
    "api-totp-setup": ("auth/totp/setup", {"post": (401, 200)}),
    "api-totp-enable": ("auth/totp/enable", {"post": (401, 400)}),
    "api-totp-disable": ("auth/totp/disable", {"post": (401, 400)}),
    "api-totp-recovery-codes": ("auth/totp/recovery-codes", {"post": (401, 400)}),
    "api-passkeys": ("auth/passkeys", {"get": (401, 200), "post": (401, 400)}),
    "api-passkey-options": ("auth/passkeys/options", {"post": (200, 200)}),
    "api-passkey-token": ("auth/passkeys/token", {"post": (400, 400)}),
    "api-passkey-registration": ("auth/passkeys/registration", {"post": (401, 200)}),
    "api-passkey": ("auth/passkeys/AAAAAAAAAAAAAAAA", {"patch": (401, 400), "delete": (401, 404)}),
    "api-proof": ("auth/proof", {"post": (401, 400)}),
    "api-api-tokens": ("auth/api-tokens", {"get": (401, 200), "post": (401, 400)}),
    "api-api-token": ("auth/api-tokens/AAAAAAAAAAAAAAAA", {"delete": (401, 404)}),
    "api-activity": ("auth/activity", {"get": (401, 200)}),
    "api-restore": ("auth/restore", {"post": (400, 400)}),
    "api-me": ("me", {"get": (401, 200), "patch": (401, 200), "delete": (401, 400)}),
    "api-me-preferences": ("me/preferences", {"patch": (401, 200)}),
    "api-me-avatar": ("me/avatar", {"put": (401, 400), "delete": (401, 204)}),
    "api-me-cover": ("me/cover", {"put": (401, 400), "delete": (401, 204)}),
    "api-videos": ("videos", {"get": (200, 200), "post": (401, 400)}),
    "api-video": ("videos/{secret}", {"get": (404, 404), "patch": (401, 404), "delete": (401, 404)}),
    "api-video-processing": ("videos/{video}/processing", {"get": (401, 403)}),
    "api-video-retry": ("videos/{video}/retry", {"post": (401, 403)}),
    "api-video-thumbnail": ("videos/{video}/thumbnail", {"put": (401, 403), "delete": (401, 403)}),
    "api-captions": ("videos/{video}/captions", {"get": (200, 200), "post": (401, 403)}),
    "api-caption": (
        "videos/{video}/captions/AAAAAAAAAAAAAAAA",
        {"get": (404, 404), "patch": (401, 403), "delete": (401, 403)},
    ),
    "api-transcript": ("videos/{video}/transcript", {"get": (200, 200)}),
    "api-chapters-preview": ("videos/{video}/chapters/preview", {"post": (401, 403)}),
    "api-playback": ("videos/{video}/playback", {"post": (400, 400)}),
    "api-reaction": ("videos/{secret}/reaction", {"put": (401, 404), "delete": (401, 404)}),
    "api-related": ("videos/{secret}/related", {"get": (404, 404)}),
    "api-trending": ("trending", {"get": (200, 200)}),
    "api-suggest": ("search/suggest", {"get": (200, 200)}),
    "api-likes": ("me/likes", {"get": (401, 200)}),
    "api-history": ("me/history", {"get": (401, 200), "delete": (401, 204)}),
    "api-history-entry": ("me/history/{video}", {"delete": (401, 204)}),
    "api-studio-stats": ("studio/stats", {"get": (401, 200)}),
    "api-studio-stats-file": ("studio/stats.csv", {"get": (401, 200)}),
    "api-studio-videos": ("studio/videos", {"get": (401, 200)}),
    "api-studio-bulk": ("studio/videos/bulk", {"post": (401, 400)}),
    "api-studio-video-stats": ("studio/videos/{video}/stats", {"get": (401, 403)}),
    "api-studio-video-stats-file": ("studio/videos/{secret}/stats.csv", {"get": (401, 404)}),
    "api-share-links": ("videos/{video}/share-links", {"get": (401, 403), "post": (401, 403)}),
    "api-share-link": ("videos/{video}/share-links/AAAAAAAAAAAAAAAA", {"delete": (401, 403)}),
    "api-uploads": ("uploads", {"post": (401, 412)}),
    "api-upload-titles": ("uploads/titles", {"post": (401, 400)}),
    "api-upload": ("uploads/AAAAAAAAAAAAAAAA", {"patch": (401, 412), "delete": (401, 412)}),
    "api-address-imports": ("imports", {"get": (401, 404), "post": (401, 404)}),
    "api-address-import": ("imports/AAAAAAAAAAAAAAAA", {"get": (401, 404), "delete": (401, 404)}),
    "api-playlists": ("playlists", {"get": (401, 200), "post": (401, 400)}),
    "api-playlist": ("playlists/{playlist}", {"get": (404, 404), "patch": (401, 404), "delete": (401, 404)}),
    "api-playlist-tidy": ("playlists/{playlist}/tidy", {"post": (401, 404)}),
    "api-playlist-items": ("playlists/{playlist}/items", {"get": (404, 404), "post": (401, 404)}),
    "api-playlist-item": (
        "playlists/{playlist}/items/{playlist}",
        {"patch": (401, 404), "delete": (401, 404)},
    ),
    "api-playlist-collaborator": (
        "playlists/{playlist}/collaborators/member",
        {"put": (401, 404), "delete": (401, 404)},
    ),
    "api-playlist-invites": ("playlists/AAAAAAAAAAAAAAAA/invites", {"get": (401, 404), "post": (401, 404)}),
    "api-playlist-invite": ("playlists/AAAAAAAAAAAAAAAA/invites/AAAAAAAAAAAAAAAA", {"delete": (401, 404)}),
    "api-playlist-invite-accept": ("playlist-invites/accept", {"post": (401, 400)}),
    "api-watch-later": ("me/watch-later", {"get": (401, 200)}),
    "api-watch-later-entry": ("me/watch-later/{secret}", {"put": (401, 404), "delete": (401, 204)}),
    "api-saved-playlists": ("me/saved-playlists", {"get": (401, 200)}),
    "api-saved-playlist": ("me/saved-playlists/{playlist}", {"put": (401, 404), "delete": (401, 204)}),
    "api-channel-playlists": ("channels/owner/playlists", {"get": (200, 200)}),
    "api-channels": ("channels", {"get": (200, 200)}),
    "api-channel": ("channels/owner", {"get": (200, 200)}),
    "api-channel-videos": ("channels/owner/videos", {"get": (200, 200)}),
    "api-channel-subscribers": ("channels/owner/subscribers", {"get": (200, 200)}),
    "api-channel-subscriptions": ("channels/owner/subscriptions", {"get": (200, 200)}),
    "api-subscription": ("channels/owner/subscription", {"put": (401, 200), "delete": (401, 200)}),
    "api-me-subscriptions": ("me/subscriptions", {"get": (401, 200)}),
    "api-me-feed": ("me/feed", {"get": (401, 200)}),
    "api-channel-front": ("channels/owner/front", {"get": (200, 200)}),
    "api-channel-page": ("me/channel-page", {"get": (401, 200), "patch": (401, 200)}),
    "api-subscriptions-opml": ("me/subscriptions/opml", {"get": (401, 200)}),
    "api-subscriptions-import": ("me/subscriptions/import", {"post": (401, 400)}),
    "api-private-feed": ("me/feed/rss", {"get": (401, 200), "post": (401, 201), "delete": (401, 204)}),
    "api-posts": ("posts", {"post": (401, 400)}),
    "api-post": ("posts/AAAAAAAAAAAAAAAA", {"get": (404, 404), "patch": (401, 404), "delete": (401, 404)}),
    "api-post-reaction": ("posts/AAAAAAAAAAAAAAAA/reaction", {"put": (401, 404), "delete": (401, 404)}),
    "api-post-comments": ("posts/AAAAAAAAAAAAAAAA/comments", {"get": (404, 404), "post": (401, 404)}),
    "api-post-report": ("posts/AAAAAAAAAAAAAAAA/report", {"post": (401, 404)}),
    "api-channel-posts": ("channels/owner/posts", {"get": (200, 200)}),
    "api-me-feed-posts": ("me/feed/posts", {"get": (401, 200)}),
    "api-channel-seen": ("channels/owner/seen", {"post": (401, 204)}),
    "api-feed-seen": ("me/feed/seen", {"post": (401, 204)}),
    "api-notifications": ("me/notifications", {"get": (401, 200)}),
    "api-notifications-unread": ("me/notifications/unread", {"get": (401, 200)}),
    "api-notifications-seen": ("me/notifications/seen", {"post": (401, 200)}),
    "api-notifications-read": ("me/notifications/read", {"post": (401, 200)}),
    "api-exports": ("me/export", {"get": (401, 200), "post": (401, 202)}),
    "api-export": ("me/export/AAAAAAAAAAAAAAAA", {"get": (401, 404), "delete": (401, 404)}),
    "api-export-archive": ("me/export/AAAAAAAAAAAAAAAA/archive", {"get": (401, 404)}),
    "api-imports": ("me/import", {"get": (401, 200), "post": (401, 400)}),
    "api-import": ("me/import/AAAAAAAAAAAAAAAA", {"get": (401, 404), "delete": (401, 404)}),
    "api-import-start": ("me/import/AAAAAAAAAAAAAAAA/start", {"post": (401, 404)}),
    "api-import-rows": ("me/import/AAAAAAAAAAAAAAAA/rows", {"get": (401, 404)}),
    "api-push-subscriptions": ("me/push-subscriptions", {"get": (401, 200), "post": (401, 400)}),
    "api-push-subscription": ("me/push-subscriptions/AAAAAAAAAAAAAAAA", {"delete": (401, 404)}),
    "api-webhooks": ("webhooks", {"get": (401, 200), "post": (401, 400)}),
    "api-webhook": (
        "webhooks/AAAAAAAAAAAAAAAA",
        {"get": (401, 404), "patch": (401, 404), "delete": (401, 404)},
    ),
    "api-webhook-secret": ("webhooks/AAAAAAAAAAAAAAAA/secret", {"post": (401, 404)}),
    "api-webhook-test": ("webhooks/AAAAAAAAAAAAAAAA/test", {"post": (401, 404)}),
    "api-webhook-deliveries": ("webhooks/AAAAAAAAAAAAAAAA/deliveries", {"get": (401, 404)}),
    "api-webhook-redeliver": (
        "webhooks/AAAAAAAAAAAAAAAA/deliveries/AAAAAAAAAAAAAAAA/redeliver",
        {"post": (401, 404)},
    ),
    "api-comments": ("videos/{secret}/comments", {"get": (404, 404), "post": (401, 404)}),
    "api-comment": (
        "comments/AAAAAAAAAAAAAAAA",
        {"get": (404, 404), "patch": (401, 404), "delete": (401, 404)},
    ),
    "api-replies": ("comments/AAAAAAAAAAAAAAAA/replies", {"get": (404, 404), "post": (401, 404)}),
    "api-comment-reaction": (
        "comments/AAAAAAAAAAAAAAAA/reaction",
        {"put": (401, 404), "delete": (401, 404)},
    ),
    "api-comment-pin": ("comments/AAAAAAAAAAAAAAAA/pin", {"put": (401, 404), "delete": (401, 404)}),
    "api-comment-heart": ("comments/AAAAAAAAAAAAAAAA/heart", {"put": (401, 404), "delete": (401, 404)}),
    "api-comment-follow": ("comments/AAAAAAAAAAAAAAAA/follow", {"put": (401, 404), "delete": (401, 404)}),
    "api-comment-approval": ("comments/AAAAAAAAAAAAAAAA/approval", {"put": (401, 404)}),
    "api-mentions": ("mentions?about=video&id={secret}", {"get": (401, 404)}),
    "api-comment-report": ("comments/AAAAAAAAAAAAAAAA/report", {"post": (401, 404)}),
    "api-video-report": ("videos/{secret}/report", {"post": (401, 404)}),
    "api-channel-report": ("channels/owner/report", {"post": (401, 400)}),
    "api-studio-comments": ("studio/comments", {"get": (401, 200)}),
    "api-studio-comments-bulk": ("studio/comments/bulk", {"post": (401, 400)}),
    "api-comment-rules": ("studio/comment-rules", {"get": (401, 200), "patch": (401, 200)}),
    "api-decisions": ("me/decisions", {"get": (401, 200)}),
    "api-decision-appeal": ("me/decisions/AAAAAAAAAAAAAAAA/appeal", {"post": (401, 404)}),
    "api-not-interested-list": ("me/not-interested", {"get": (401, 200)}),
    "api-not-interested": ("me/not-interested/{secret}", {"put": (401, 404), "delete": (401, 204)}),
    "api-hidden-channels": ("me/hidden-channels", {"get": (401, 200)}),
    "api-hidden-channel": ("me/hidden-channels/owner", {"put": (401, 204), "delete": (401, 204)}),
    "api-blocks": ("me/blocks", {"get": (401, 200)}),
    "api-block": ("me/blocks/owner", {"put": (401, 200), "delete": (401, 200)}),
}
METHODS = ("get", "post", "put", "patch", "delete")


def api_patterns(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from api_patterns(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern) and prefix.startswith("api/v1"):
            yield entry


class OwnersThings(dict):
    """Ids of what the owner has, made when an address names it."""

    def __init__(self, cast):
        super().__init__()
        self.cast = cast

    def __missing__(self, name):
        if name == "playlist":
            answer = self.cast.api("owner").post("/api/v1/playlists", {"title": "Mine"}, format="json")
            self[name] = answer.json()["id"]
        else:
            visibility = {"video": "public", "secret": "private"}[name]
            self[name] = self.cast.video(visibility=visibility).pk
        return self[name]


def test_every_route_has_a_row_and_every_row_a_route():
    assert {entry.name for entry in api_patterns()} == set(ROUTES)


@pytest.mark.parametrize("name", ROUTES)
def test_every_method_of_a_route_answers_as_its_row_says(cast, name):
    path, rows = ROUTES[name]
    assert cast.owner.pk
    things = OwnersThings(cast)
    url = f"/api/v1/{path.format_map(things)}"
    stranger = cast.api("stranger")
    for method in METHODS:
        # What is allowed may end the session that asks.
        clients = (cast.api("anonymous"), cast.api("stranger") if method in rows else stranger)
        answers = [getattr(client, method)(url) for client in clients]
        codes = tuple(answer.status_code for answer in answers)
        if method in rows:
            assert codes == rows[method], method
        else:
            assert set(codes) <= {401, 405}, method
        for answer in answers:
            if answer.status_code >= 400:
                assert {"code", "detail", "request_id"} <= answer.json().keys()
                assert answer["X-Request-Id"] == answer.json()["request_id"]
    if "playlist" in things:
        assert cast.api("owner").get(f"/api/v1/playlists/{things['playlist']}").status_code == 200


def test_unknown_api_paths_are_json(cast):
    answer = cast.api("anonymous").get("/api/v1/nothing/here")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_schema_describes_every_route_and_generates_cleanly(cast, capsys):
    answer = cast.api("anonymous").get("/api/schema")
    assert answer.status_code == 200
    described = {
        re.sub(r"\{\w+\}", "{}", path): {method for method in operations if method in METHODS}
        for path, operations in json.loads(answer.content)["paths"].items()
        if path.startswith("/api/v1/")
    }
    routes = {
        f"/api/v1/{re.sub('<str:[a-z_]+>', '{}', str(entry.pattern))}": set(ROUTES[entry.name][1])
        for entry in api_patterns()
    }
    assert described == routes
    printed = capsys.readouterr().err
    assert "rror [" not in printed
    assert "arning [" not in printed


def test_the_documentation_page_loads_nothing_from_elsewhere(cast):
    page = cast.page("anonymous").get("/api/docs")
    assert page.status_code == 200
    assert "https://" not in page.content.decode()
