"""A small site with at least one row of every model, made by the API as people would, and all that reads it."""

from __future__ import annotations

import datetime as dt

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.registration import invitations
from subscriptions.models import ReadMarks
from tests.support.http_client import PASSWORD
from tests.support.profile import walk
from tests.support.users import Cast
from tests.test_routes import ROUTES
from videos.models import AddressImport, Case, Strike, Video

PAGES = (
    *(
        "/",
        "/trending",
        "/search?q=video",
        "/search?q=video&category=other",
        "/feed",
        "/feed/posts",
        "/library",
    ),
    *("/history", "/liked", "/watch-later", "/subscriptions", "/subscriptions/programs", "/notifications"),
    *("/@owner", "/@owner/videos", "/@owner/playlists", "/@owner/posts", "/@owner/about", "/upload"),
    *("/settings/profile", "/settings/preferences", "/settings/sessions", "/settings/security"),
    *("/settings/api-tokens", "/settings/blocked", "/settings/decisions", "/settings/channel"),
    *("/settings/notifications", "/studio", "/studio/videos", "/studio/comments", "/studio/videos/{video}"),
    *("/studio/videos/{video}/stats", "/watch/{video}", "/watch/{video}?list={playlist}"),
    *("/watch/{video}/comments", "/embed/{video}", "/playlists/{playlist}", "/embed/playlist/{playlist}"),
    *("/posts/{post}", "/feeds/channels/owner.rss", "/feeds/playlists/{playlist}.rss", "/sitemap.xml"),
)
MORE_CALLS = ("videos?sort=views", "playlists/{playlist}/items?page_size=1")
FILTERED = ("videos?category=other", "videos?q=video&category=music")


# Status by who and path, and the content of JSON.
Answers = dict[str, tuple[int, object]]


class World(Cast):
    """The cast with something of everything; ``ids`` are named as ``PAGES`` and ``ROUTES`` name them."""

    def build(self) -> None:
        """Make all rows."""
        owner, member, stranger = (self.api(who) for who in ("owner", "member", "stranger"))
        video, other = self.video(title="A video"), self.video(title="Another video", category="music")
        self.ids = {"video": video.pk, "secret": self.video(visibility="private").pk}
        path = f"/api/v1/videos/{video.pk}"
        self.api_token(self.owner)
        _good(
            self.api("anonymous").post(
                "/api/v1/auth/token",
                {"login": "owner", "password": PASSWORD, "client": "native"},
                format="json",
            )
        )
        said = _made(member.post(f"{path}/comments", {"text": "One @owner"}, format="json"))
        _made(owner.post(f"/api/v1/comments/{said}/replies", {"text": "Two"}, format="json"))
        _good(owner.put(f"/api/v1/comments/{said}/reaction", {"value": "like"}, format="json"))
        _good(member.delete(f"/api/v1/comments/{said}/follow"))
        _good(member.put(f"{path}/reaction", {"value": "like"}, format="json"))
        _good(owner.patch("/api/v1/studio/comment-rules", {"blocked_words": ["spam"]}, format="json"))
        _made(stranger.post(f"{path}/report", {"reason": "spam"}, format="json"))
        track = SimpleUploadedFile("a.vtt", b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n")
        _made(owner.post(f"{path}/captions", {"file": track, "language": "en"}, format="multipart"))
        _made(owner.post(f"{path}/share-links", {}, format="json"))
        _good(member.post(f"{path}/playback", {"position": 4, "watched": [[0, 4]]}, format="json"))
        begun = member.post(
            "/api/v1/uploads", HTTP_TUS_RESUMABLE="1.0.0", HTTP_UPLOAD_LENGTH="50", content_type=None
        )
        assert begun.status_code == 201, begun.content
        body = {"title": "List", "visibility": "public", "video_ids": [video.pk, other.pk]}
        self.ids["playlist"] = _made(owner.post("/api/v1/playlists", body, format="json"))
        _made(owner.post(f"/api/v1/playlists/{self.ids['playlist']}/invites", {}, format="json"))
        _good(member.put(f"/api/v1/me/saved-playlists/{self.ids['playlist']}"))
        _good(member.put(f"/api/v1/me/watch-later/{video.pk}"))
        _good(member.put("/api/v1/channels/owner/subscription", {"notify": "all"}, format="json"))
        self.ids["post"] = _made(owner.post("/api/v1/posts", {"text": "News"}, format="json"))
        _good(member.put(f"/api/v1/posts/{self.ids['post']}/reaction", {"value": "like"}, format="json"))
        _made(member.post(f"/api/v1/posts/{self.ids['post']}/comments", {"text": "Three"}, format="json"))
        _good(owner.patch("/api/v1/me/channel-page", {"shelves": [{"kind": "newest"}]}, format="json"))
        _made(owner.post("/api/v1/me/feed/rss"))
        hook = {"url": "https://example.org/", "events": ["video.ready"]}
        self.ids["webhook"] = _made(owner.post("/api/v1/webhooks", hook, format="json"))
        assert owner.post(f"/api/v1/webhooks/{self.ids['webhook']}/test").status_code == 202
        _good(owner.put("/api/v1/me/blocks/stranger"))
        self._rest()

    def _rest(self) -> None:
        """Make the rows that staff, time and Django itself make."""
        group = Group.objects.create(name="editors")
        group.permissions.add(Permission.objects.all()[0])
        self.staff.groups.add(group)
        self.staff.user_permissions.add(Permission.objects.all()[1])
        kind = ContentType.objects.get_for_model(Video)
        LogEntry.objects.create(
            user=self.staff,
            content_type=kind,
            object_id=self.ids["video"],
            object_repr="x",
            action_flag=CHANGE,
        )
        invitations.create(self.staff, uses=1, days=7)
        AddressImport.objects.create(owner=self.owner, url="https://films.example/a.mp4")
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
        Session.objects.create(session_key="k" * 32, session_data="e30", expire_date=until)
        Strike.objects.create(user=self.owner, case=Case.objects.get(), expires_at=until)
        ReadMarks.objects.update_or_create(user_id=self.member.pk, defaults={"read": ["x"]})

    def answers(self, *, filtered: bool = True) -> Answers:
        """Return what all readers see: status by who and path, and the content of JSON that they get.

        ``filtered`` lists are those whose filters ask for what follows from other fields.
        """
        found: Answers = {}
        calls = [path for path, methods in ROUTES.values() if "get" in methods]
        more = [*MORE_CALLS, *FILTERED] if filtered else MORE_CALLS
        for who in ("owner", "member", "anonymous")[: walk(2, deep=3)]:
            api, page = self.api(who), self.page(who)
            api.raise_request_exception = page.raise_request_exception = False
            for path in (*calls, *more):
                url = f"/api/v1/{path.format(**self.ids)}"
                answer = api.get(url)
                is_json = answer.headers.get("Content-Type", "").startswith("application/json")
                found[f"{who} {url}"] = (answer.status_code, answer.json() if is_json else None)
            for path in PAGES:
                url = path.format(**self.ids)
                found[f"{who} {url}"] = (page.get(url).status_code, None)
        staff = self.page("staff")
        staff.raise_request_exception = False
        for url in admin_lists():
            found[f"staff {url}"] = (staff.get(url).status_code, None)
        return found


def admin_lists() -> list[str]:
    """Return the addresses of the admin's lists."""
    from django.contrib import admin
    from django.urls import reverse

    return [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]


def _good(answer):
    assert answer.status_code < 300, (answer.status_code, answer.content)
    return answer


def _made(answer) -> str:
    return str(_good(answer).json().get("id", ""))
