"""The pages that a browser walks through, who may open them, and what each kind may weigh.

Names in braces are of the world of ``tests/support/walked_world.py``. A page that others see differently, or as an
empty one, is walked by each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, resolve

PEOPLE = ("visitor", "viewer", "creator", "staff")
_GROUPS = {
    "all": PEOPLE,
    "in": ("viewer", "creator", "staff"),  # signed in
    "out": ("visitor",),
    "guests": ("viewer", "staff"),
    "mods": ("creator", "staff"),
    "creator": ("creator",),
    "staff": ("staff",),
}

# kind, who, path, and the status of the page unless it is 200.
_TABLE = """
list     all      /
list     all      /trending
list     all      /category/music
list     all      /tag/day
list     all      /search
list     all      /search?q=walk
list     all      /search?q=wlak
list     all      /search?q=zzzzqqqq
list     all      /@walk-creator
list     all      /@walk-creator/videos
list     all      /@walk-creator/playlists
list     all      /@walk-creator/posts
list     all      /@walk-creator/about
list     in       /feed
list     in       /feed/posts
list     in       /history
list     in       /liked
list     in       /library
sorted   in       /watch-later
list     in       /subscriptions
list     in       /notifications
sorted   all      /playlists/{playlist}
text     all      /posts/{post}
text     all      /comments/{comment}
text     all      /watch/{video}/comments
text     all      /posts/{post}/comments
watch    all      /watch/{video}
watch    all      /watch/{video}?list={playlist}
embed    all      /embed/{video}
embed    all      /embed/playlist/{playlist}
form     all      /watch/{video}/share
form     all      /watch/{video}/menu
form     all      /language
form     out      /login
form     out      /register
form     all      /register/waiting
form     all      /forgot-password
form     all      /restore
form     all      /reset-password?token={reset}
form     all      /verify-email?token={verify}
form     all      /reset-password?token=spent      400
form     all      /verify-email?token=spent        400
form     all      /unsubscribe?token=spent         400
form     all      /unsubscribe?token={unsubscribe}
form     all      /notifications/stop?token={thread_stop}
form     all      /decisions/{decision}
text     all      /about
text     all      /privacy
text     all      /contact
text     all      /nothing-here                    404
guide    all      /developers/tokens
api      all      /api/docs
form     in       /you
form     in       /logout
form     in       /settings
form     in       /settings/profile
form     in       /settings/channel
form     in       /settings/preferences
form     in       /settings/notifications
form     in       /settings/security
form     in       /settings/security/activity
form     creator  /settings/security/totp
form     in       /settings/security/passkeys
form     in       /settings/security/providers
form     in       /settings/sessions
form     in       /settings/confirm
form     in       /settings/api-tokens
form     in       /settings/blocked
form     in       /settings/hidden
form     in       /settings/decisions
form     in       /settings/export
form     in       /settings/import
form     in       /settings/delete
form     in       /subscriptions/programs
form     in       /report/video/{video}
form     in       /report/channel/walk-creator
form     in       /playlists/save/{video}
form     guests   /playlists/join/{invite}
upload   in       /upload
form     creator  /playlists/{playlist}/edit
form     creator  /posts/{post}/edit
form     creator  /posts/{post}/delete
form     creator  /comments/{own_comment}/edit
form     mods     /comments/{own_comment}/delete
studio   in       /studio
studio   in       /studio/videos
studio   in       /studio/comments
studio   in       /studio/comments/rules
studio   in       /studio/webhooks
studio   creator  /studio/webhooks/{webhook}
studio   creator  /studio/videos/{video}/stats
editor   creator  /studio/videos/{video}
editor   creator  /studio/videos/{failed}
admin    staff    /admin/
admin    staff    /admin/videos/
admin    staff    /admin/site/
admin    staff    /admin/site/identity/
admin    staff    /admin/site/pages/
admin    staff    /admin/site/features/
admin    staff    /admin/site/registration/
admin    staff    /admin/registrations/
admin    staff    /admin/invitations/
admin    staff    /admin/identity-providers/
admin    staff    /admin/password_change/done/
admin    staff    /admin/accounts/user/
admin    staff    /admin/accounts/user/{user}/change/
admin    staff    /admin/accounts/user/{user}/act/suspend/
admin    staff    /admin/auth/group/
admin    staff    /admin/auth/group/add/
admin    staff    /admin/videos/video/
admin    staff    /admin/videos/video/{video}/change/
admin    staff    /admin/videos/video/{video}/history/
admin    staff    /admin/videos/video/{video}/delete/
admin    staff    /admin/videos/comment/
admin    staff    /admin/videos/comment/{comment}/change/
admin    staff    /admin/videos/case/
admin    staff    /admin/videos/case/{case}/change/
admin    staff    /admin/videos/report/
admin    staff    /admin/videos/strike/
admin    staff    /admin/videos/block/
admin    staff    /admin/videos/reaction/
admin    staff    /admin/videos/commentreaction/
admin    staff    /admin/videos/commentrules/
admin    staff    /admin/playlists/playlist/
admin    staff    /admin/playlists/playlist/{playlist}/change/
admin    staff    /admin/playlists/playlistitem/
admin    staff    /admin/playlists/savedplaylist/
admin    staff    /admin/subscriptions/subscription/
admin    staff    /admin/subscriptions/notification/
admin    staff    /admin/subscriptions/broadcast/
admin    staff    /admin/subscriptions/webhook/
admin    staff    /admin/subscriptions/post/
admin    staff    /admin/subscriptions/post/{post}/change/
admin    staff    /admin/streamsite/job/
"""

# Pages of the URL configuration that are not walked: a pattern of their routes, and why.
EXCEPTIONS = {
    r"admin/\w+/\w+/<path:object_id>/(change|delete|history)/": "Django's forms; one of each kind is walked",
    r"admin/\w+/\w+/<path:object_id>/": "redirects to the object's form",
    r"admin/\w+/\w+/add/": "nobody may add what the site makes; the form for groups is walked",
    r"admin/\w+/user/<id>/password/": "refused: a link is mailed instead",
    r"admin/videos/case/next/": "redirects to a case",
    r"admin/r/<path:content_type_id>/<path:object_id>/": "redirects to the page of an object",
    r"admin/\(\?P<url>\.\*\)\$": "everything else below /admin/ is missing",
    r"admin/autocomplete/": "data for a field",
    r"(admin/)?login/": "redirects to the sign-in page",
    r"favicon\.ico|apple-touch-icon.*\.png|watch/<str:video_id>/qr\.svg|appearance/.*"
    r"|\.well-known/security\.txt|api/\.": "files, and the API",
    r"settings/import/<str:import_id>": "the report of one import; with the form in takeout/tests/test_imports.py",
    r"studio/imports": "absent unless imports are turned on; in videos/imports/tests/test_page.py",
    r"login/code": "between password and code; in test_account_pages.py",
    r"admin/identity-providers/<slug:provider_id>/": "as the page of all, with one filled in",
    r"login/(new|with/.*)|settings/security/providers/confirm": "to a provider and back; in test_oidc_browser.py",
    r"setup": "gone once a site is set up; in test_first_run_browser.py",
    r"comments/<str:comment_id>/row|notifications/panel|subscriptions/sidebar|settings/(channel/preview|notifications/browsers)"
    r"|upload/<str:video_id>|studio/videos/<str:video_id>/captions/<str:caption_id>": "parts of walked pages",
    r"rules|terms": "as /about, but from then on sign-ups have to accept them; in test_site_pages.py",
    r"help|watch|(c|user|channel)/<str:name>|playlists/<str:playlist_id>/play"
    r"|studio/videos/<str:video_id>/(sharing|captions|chapters|picture)": "redirect to walked pages",
}


@dataclass(frozen=True)
class PageRow:
    """One page: its kind (a key of ``BUDGETS``), who opens it, its address, and the status of its answer."""

    kind: str
    people: tuple[str, ...]
    path: str
    status: int = 200


def _rows() -> Iterator[PageRow]:
    for line in _TABLE.strip().splitlines():
        kind, who, path, *status = line.split()
        yield PageRow(kind, _GROUPS[who], path, *map(int, status))


PAGES = tuple(_rows())


@dataclass(frozen=True)
class Budget:
    """The most bytes over the wire, and the most requests, that pages of a kind may take."""

    html: int
    assets: int  # styles and scripts
    requests: int


# What was measured in the small world, and a tenth more. Watch pages and embeds include the player; what is around it
# has a budget of its own in test_player.py. The video's files do not count.
BUDGETS: Mapping[str, Budget] = {
    "list": Budget(html=5_500, assets=44_000, requests=42),
    "sorted": Budget(html=5_500, assets=60_000, requests=42),
    "text": Budget(html=4_800, assets=35_000, requests=44),
    "watch": Budget(html=7_500, assets=225_000, requests=85),
    "embed": Budget(html=2_600, assets=90_000, requests=60),
    "form": Budget(html=10_500, assets=41_000, requests=36),
    "upload": Budget(html=3_900, assets=46_000, requests=60),
    "studio": Budget(html=5_200, assets=53_000, requests=50),
    "editor": Budget(html=11_500, assets=180_000, requests=75),
    "guide": Budget(html=47_000, assets=34_000, requests=42),
    "api": Budget(html=2_800, assets=480_000, requests=34),
    "admin": Budget(html=7_400, assets=113_000, requests=36),
}


def page_routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Yield the route of every address outside of the API, without the signs for the beginning of a pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + _without_anchors(str(entry.pattern))
        if isinstance(entry, URLPattern) and not route.startswith("api/v1/"):
            yield route
        elif isinstance(entry, URLResolver):
            yield from page_routes(entry, route)


def _without_anchors(route: str) -> str:
    return re.sub(r"(?<!\[)\^", "", route)


def route_of(path: str) -> str:
    """Return the route of an address, as ``page_routes`` has it. ``Resolver404`` if there is none."""
    return _without_anchors(resolve(path.partition("?")[0]).route)


def exception_of(route: str) -> str | None:
    """Return the pattern of ``EXCEPTIONS`` for a route."""
    return next((pattern for pattern in EXCEPTIONS if re.fullmatch(pattern, route)), None)
