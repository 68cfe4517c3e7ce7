"""The people in tests: always the same five, so that a rule's test can ask all of them."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from django.test import Client, RequestFactory
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import api_tokens, sessions
from accounts.models import ApiToken, User
from accounts.tokens import AccessToken
from streamsite.visibility import Visibility
from tests.support.http_client import PASSWORD
from videos.models import Status, Video


class Cast:
    """Users made when they are first asked for, and API clients that act as them."""

    @cached_property
    def owner(self) -> User:
        """Owns what the test is about."""
        return self.user("owner")

    @cached_property
    def member(self) -> User:
        """Has some relation to it, such as a subscription."""
        return self.user("member")

    @cached_property
    def stranger(self) -> User:
        """Is signed in and has nothing to do with it."""
        return self.user("stranger")

    @cached_property
    def staff(self) -> User:
        """May use Django admin."""
        return self.user("staffer", is_staff=True, is_superuser=True)

    def forget(self) -> None:
        """Make people anew after the database was emptied."""
        for name in ("owner", "member", "stranger", "staff"):
            self.__dict__.pop(name, None)

    def user(self, username: str, **extra: bool) -> User:
        """Create an account with the known password."""
        return User.objects.create_user(username, f"{username}@example.org", PASSWORD, **extra)

    def api(self, who: str) -> APIClient:
        """Return an API client of ``"owner"``, ``"member"``, ``"stranger"``, ``"staff"`` or ``"anonymous"``."""
        client = APIClient()
        if who != "anonymous":
            user: User = getattr(self, who)
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {self.access_token(user)}")
        return client

    def access_token(self, user: User) -> str:
        """Return an access token of a new session, as if the user had just signed in."""
        return str(AccessToken.issue(user.pk, self._session(user)))

    def api_token(self, user: User, *scopes: str) -> tuple[ApiToken, str]:
        """Create an API token with ``scopes``, by default ``read``; return it and its text."""
        owner = User.objects.get(pk=user.pk)
        wanted = list(scopes) or ["read"]
        return api_tokens.create(owner, session_id=self._session(owner), name="script", scopes=wanted)

    @staticmethod
    def _session(user: User) -> str:
        owner = User.objects.get(pk=user.pk)
        request = RequestFactory().post("/")
        session = sessions.create_session(request, owner, client=sessions.NATIVE, remember=False)
        return str(session["_id"])

    def page(self, who: str) -> Client:
        """Return a browser-like client, signed in unless ``"anonymous"``."""
        client = Client()
        if who != "anonymous":
            user: User = getattr(self, who)
            client.force_login(User.objects.get(pk=user.pk), backend="accounts.backends.LoginBackend")
        return client

    def unsaved_video(self, *, owner: User | None = None, ready: bool = True, **fields: object) -> Video:
        """Return a video as ``video`` creates it, listed and not stored yet: for tests that store many at once."""
        values: dict[str, object] = {"title": "A video", "visibility": Visibility.PUBLIC, "duration": 10.0}
        values |= {"status": Status.READY, "generation": "gen1", "is_complete": True} if ready else {}
        moment = timezone.now()
        values |= {"listed": ready, "published_at": moment if ready else None}
        return Video(channel=owner or self.owner, **(values | fields))

    def video(self, *, owner: User | None = None, ready: bool = True, **fields: object) -> Video:
        """Create a video without files; public and ready unless told otherwise."""
        from videos import folded_titles, services

        values: dict[str, object] = {"title": "A video", "visibility": Visibility.PUBLIC, "duration": 10.0}
        values |= {"status": Status.READY, "generation": "gen1", "is_complete": True} if ready else {}
        values["folded_title"] = folded_titles.fold_title(str(fields.get("title", values["title"])))
        video = Video.objects.create(channel=owner or self.owner, **(values | fields))
        services.refresh_listing(video.pk)
        return Video.objects.select_related("channel").get(pk=video.pk)

    def uploaded_video(self, file: Path, **fields: Any) -> Video:
        """Create a public video whose file has arrived and waits to be processed."""
        from videos.files import paths

        video = self.video(ready=False, status=Status.QUEUED, **fields)
        source = paths.source_path(video.pk)
        source.parent.mkdir(parents=True)
        source.write_bytes(file.read_bytes())
        return video
