"""The world that the walk through every page sees: a creator with something of everything, long words included."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.http_client import PASSWORD, Caller
from tests.support.stack import Stack

TITLE = "A walk through the valley with a title as long as people write them, and Donaudampfschifffahrtsgesellschaft"
WORD = "Rindfleischetikettierungsueberwachungsaufgabenuebertragungsgesetz"
TEXT = (
    f"https://example.org/{WORD.lower()}/{WORD.lower()}\n\n00:00 Start\n00:01 The #day of the {WORD}\n\n" * 5
)
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nThe beginning of everything\n\n00:01.000 --> 00:02.000\n" + WORD
# What has no API: the site's own pages, and links that are mailed.
IN_THE_SITE = """
import json
from accounts import email_tokens, unsubscribe_links
from accounts.models import User
from streamsite.site_settings import sections, services
from streamsite.site_settings.pages import Pages
from subscriptions.notifications import unfollow_links
from videos.models import Case, Comment
from videos.moderation import access, cases
text = {"en": "# Welcome\\n\\n| One | Two |\\n|---|---|\\n| A | B |\\n\\nSee [the videos](/trending)."}
services.save(sections.section_of(Pages), {name: text for name in ("about", "privacy", "contact")})
creator, viewer, staff, other = (
    User.objects.get(username=f"walk-{who}") for who in ("creator", "viewer", "staff", "other")
)
decided = cases.decide(Case.objects.get(about="comment", owner_id=other.pk), staff, "taken_down", notice="Rule 4")
def token(url):
    return url.partition("token=")[2]
print(json.dumps({
    "user": viewer.pk,
    "case": Case.objects.get(about="video", owner_id=creator.pk).pk,
    "decision": access.appeal_token(decided),
    "reset": email_tokens.make_reset_token(other),
    "verify": email_tokens.make_email_token(other, other.email),
    "unsubscribe": token(unsubscribe_links.unsubscribe_url(other, unsubscribe_links.DIGEST)),
    "thread_stop": token(unfollow_links.unfollow_url(viewer, COMMENT)),
}))
"""

# Other tests sign up and read the footer.
WITHOUT_PAGES = """
from streamsite.site_settings import sections, services
from streamsite.site_settings.pages import Pages
services.save(sections.section_of(Pages), {}, reset=("about", "privacy", "contact"))
"""


# Weights are measured on the small world alone, whichever files of tests filled the site before.
HIDE = """
import json
from videos.models import Video
listed = list(Video.objects.filter(listed=True).values_list("pk", flat=True))
Video.objects.filter(pk__in=listed).update(listed=False)
print(json.dumps(listed))
"""
SHOW = """
from videos.models import Video
Video.objects.filter(pk__in=LISTED).update(listed=True)
"""


@contextmanager
def without_others(site: Stack) -> Iterator[None]:
    """Keep the videos that other tests made out of lists while the block runs."""
    listed = json.loads(site.manage("shell", "--no-imports", "-c", HIDE))
    try:
        yield
    finally:
        site.manage("shell", "--no-imports", "-c", SHOW.replace("LISTED", repr(listed)))


def take_down(site: Stack) -> None:
    """Take away what pages of the site show to everyone."""
    site.manage("shell", "--no-imports", "-c", WITHOUT_PAGES)


def build(site: Stack, clip: Path, folder: Path) -> dict[str, str]:
    """Fill the site; return what the names in the paths of ``walked_pages`` stand for."""
    people = {who: Caller(site).sign_up(f"walk-{who}") for who in ("creator", "viewer", "other")}
    creator, viewer, other = people.values()
    site.manage("createsuperuser", "--noinput", "--username", "walk-staff", "--email", "walk@example.org",
                DJANGO_SUPERUSER_PASSWORD=PASSWORD)  # fmt: skip
    creator.json("PATCH", "/api/v1/me", {"full_name": WORD[:50], "bio": TEXT[:500]})
    details = {
        "visibility": "public",
        "description": TEXT,
        "category": "music",
        "tags": f"day,walk,{'w' * 30}",
    }
    videos = [creator.upload(clip, title=title, **details) for title in (TITLE, f"Another walk {WORD}"[:100])]
    broken = folder / "broken.mp4"
    broken.write_bytes(b"no video" * 99)
    failed = creator.upload(broken, title="Broken")
    for one in videos:
        creator.wait(one, "ready")
    creator.wait(failed, "failed")
    video = f"/api/v1/videos/{videos[0]}"
    caption = _made(creator, f"{video}/captions", {"language": "en", "text": VTT})
    listed = {"title": TITLE, "visibility": "public", "description": TEXT, "video_ids": videos}
    playlist = _made(creator, "/api/v1/playlists", listed)
    address = {
        "url": f"https://hooks.example.org/{WORD.lower()}",
        "events": ["video.failed"],
        "description": WORD,
    }
    webhook = _made(creator, "/api/v1/webhooks", address)
    invite = _made(creator, f"/api/v1/playlists/{playlist['id']}/invites", {})
    post = _made(creator, "/api/v1/posts", {"text": f"A post about the walk {WORD}", "video_id": videos[0]})
    _made(viewer, f"/api/v1/posts/{post['id']}/comments", {"text": "When do we start?"})
    comment = _made(viewer, f"{video}/comments", {"text": f"How far is it? {WORD} " * 9})
    own = _made(creator, f"/api/v1/comments/{comment['id']}/replies", {"text": "At 0:01, @walk-viewer"})
    rude = _made(other, f"{video}/comments", {"text": "Rude"})
    for about in (f"comments/{rude['id']}", f"videos/{videos[1]}"):
        _made(viewer, f"/api/v1/{about}/report", {"reason": "other", "text": "Look"})
    deeds: tuple[tuple[str, str, dict[str, object]], ...] = (
        ("PUT", "/api/v1/channels/walk-creator/subscription", {}),
        ("PUT", f"{video}/reaction", {"value": "like"}),
        ("PUT", f"/api/v1/me/watch-later/{videos[0]}", {}),
        ("PUT", "/api/v1/me/blocks/walk-other", {}),
        ("PUT", f"/api/v1/me/not-interested/{videos[1]}", {}),
        ("POST", f"{video}/playback", {"position": 1.5, "watched": [[0, 1.5]]}),
    )
    for method, path, body in deeds:
        status, answer = viewer.json(method, path, body)
        assert status < 300, (path, answer)
    status, answer = creator.json("POST", "/api/v1/auth/totp/setup", {"current_password": PASSWORD})
    assert status < 300, answer
    made = {"video": videos[0], "failed": failed, "caption": caption["id"], "playlist": playlist["id"]}
    made |= {"post": post["id"], "comment": comment["id"], "own_comment": own["id"], "webhook": webhook["id"]}
    made["invite"] = invite["url"].rpartition("/")[2]
    script = IN_THE_SITE.replace("COMMENT", repr(comment["id"]))
    inner: dict[str, str] = json.loads(site.manage("shell", "--no-imports", "-c", script))
    return made | inner


def _made(caller: Caller, path: str, body: Mapping[str, object]) -> Any:
    status, answer = caller.json("POST", path, body)
    assert status in {200, 201}, (path, answer)
    return answer
