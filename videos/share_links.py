"""Links that let whoever has them watch a private video: expiring, limited in views, revocable.

The secret of a link is derived from its id, so that its owner can copy it again and the database holds nothing that
opens anything. A browser that was let in gets a cookie for a day and counts once.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts import email_verification
from streamsite import origin
from streamsite.cache_headers import PRIVATE_NEVER_STORED
from streamsite.errors import Absent, Invalid
from streamsite.row_limits import RowLimit
from streamsite.sanitize import clean_line
from videos.caps import build_caps
from videos.models import ShareLink, Video

NEWEST = ("-created_at", "-id")
SECRET = re.compile(r"\A([A-Za-z0-9_-]{16})\.([A-Za-z0-9]{32})\Z", re.ASCII)
SALT = "videos.share"
ADMISSION_LIFETIME = timedelta(days=1)
MAX_VIEWS, MAX_LIFETIME = 1_000_000, timedelta(days=366)
MAX_LABEL = 60


def create_link(video: Video, data: Mapping[str, object]) -> ShareLink:
    """Create a link with ``label``, ``expires_at`` or ``expires_in`` (seconds), and ``max_views``, all optional.

    Raises ``Invalid``, ``Conflict``, or ``EmailNotVerified``: a link opens a private video to others.
    """
    email_verification.require_verified_email(video.channel)
    problems: dict[str, list[str]] = {}
    values: dict[str, object] = {}
    for name, read in (("label", _label), ("expires_at", _expiry), ("max_views", _max_views)):
        try:
            values[name] = read(data)
        except ValueError as error:
            problems[name] = [str(error)]
    if problems:
        raise Invalid(_("Please fix the errors below."), fields=problems)
    caps = _caps(video)
    for cap in caps:
        cap.require_room()
    link = ShareLink.objects.create(video=video, **values)
    for cap in caps:
        cap.confirm(link.delete)
    return link


def _caps(video: Video) -> tuple[RowLimit, RowLimit]:
    of_video, of_user = settings.MAX_SHARE_LINKS_PER_VIDEO, settings.MAX_SHARE_LINKS_PER_USER
    return build_caps(
        ShareLink,
        video,
        per_video=(
            of_video,
            _("A video can have up to %(limit)d links. Revoke one first.") % {"limit": of_video},
        ),
        per_owner=(
            of_user,
            _("Your videos can have up to %(limit)d links in total. Revoke some first.") % {"limit": of_user},
        ),
    )


def links_of_video(video: Video) -> QuerySet[ShareLink]:
    """Return all links of a video, used up and expired ones too; order by ``NEWEST``."""
    return ShareLink.objects.filter(video=video)


def revoke_link(video: Video, link_id: str) -> None:
    """Delete a link; those who watch by it are stopped within seconds."""
    removed = ShareLink.objects.filter(pk=link_id, video=video).delete()[0]
    if not removed:
        raise Absent


def link_secret(link: ShareLink) -> str:
    """Return the link's secret, which its URL carries."""
    return f"{link.pk}.{_signature(link.pk, settings.SECRET_KEY)}"


def link_url(link: ShareLink) -> str:
    """Return the URL to give away."""
    return f"{origin.current()}/watch/{link.video_id}?share={link_secret(link)}"


def is_used_up(link: ShareLink) -> bool:
    """Return whether the link has expired or used up its views."""
    return _is_expired(link) or (link.max_views is not None and link.views >= link.max_views)


def find_admitting_link(request: HttpRequest, video: Video) -> ShareLink | None:
    """Return the link that admits the caller: one that admitted this browser before, or the one in ``?share=``.

    The latter counts a view, unless only the head was asked for: in one conditional update, so that parallel callers
    never exceed its limit.
    """
    known = _by_cookie(request, video)
    if known is not None:
        return known
    link = _by_secret(request.GET.get("share", ""), video)
    if link is None or request.method == "HEAD":  # a look that shows nothing uses nothing up
        return None if link is None or is_used_up(link) else link
    rows = ShareLink.objects.filter(Q(max_views=None) | Q(views__lt=F("max_views")), pk=link.pk)
    return link if rows.update(views=F("views") + 1) else None


def remember_admission(response: HttpResponseBase, link: ShareLink | None) -> None:
    """Admit the browser for a day without counting it again; keep the answer out of shared caches."""
    if link is None:
        return
    if response.has_header("Cache-Control"):
        patch_cache_control(response, private=True)
    else:
        PRIVATE_NEVER_STORED.set_on(response)
    response.set_cookie(
        _cookie_name(link.video_id),
        signing.TimestampSigner(salt=SALT).sign(link.pk),
        max_age=int(ADMISSION_LIFETIME.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_link_active(link_id: str, video_id: str) -> bool:
    """Return whether viewers whom the link admitted may continue to watch."""
    link = ShareLink.objects.filter(pk=link_id, video_id=video_id).first()
    return link is not None and not _is_expired(link)


def _by_cookie(request: HttpRequest, video: Video) -> ShareLink | None:
    try:
        link_id = signing.TimestampSigner(salt=SALT).unsign(
            request.COOKIES.get(_cookie_name(video.pk), ""), max_age=ADMISSION_LIFETIME
        )
    except signing.BadSignature:
        return None
    return _live(link_id, video)


def _by_secret(secret: str, video: Video) -> ShareLink | None:
    match = SECRET.match(secret)
    if match is None:
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(hmac.compare_digest(_signature(match[1], key), match[2]) for key in keys):
        return None
    return _live(match[1], video)


def _live(link_id: str, video: Video) -> ShareLink | None:
    link = ShareLink.objects.filter(pk=link_id, video=video).first()
    return None if link is None or _is_expired(link) else link


def _is_expired(link: ShareLink) -> bool:
    return link.expires_at is not None and link.expires_at <= timezone.now()


def _signature(link_id: str, secret: str) -> str:
    return salted_hmac(SALT, link_id, secret=secret, algorithm="sha256").hexdigest()[:32]


def _cookie_name(video_id: str) -> str:
    return f"share-{video_id}"


def _label(data: Mapping[str, object]) -> str:
    label = data.get("label") or ""
    if not isinstance(label, str) or len(clean_line(label)) > MAX_LABEL:
        raise ValueError(_("Use up to %(limit)d characters.") % {"limit": MAX_LABEL})
    return clean_line(label)


def _expiry(data: Mapping[str, object]) -> datetime | None:
    now = timezone.now()
    seconds, moment = data.get("expires_in"), data.get("expires_at")
    if seconds not in (None, ""):
        try:
            moment = now + timedelta(seconds=int(str(seconds)))
        except (ValueError, OverflowError):
            raise ValueError(_("Enter a whole number of seconds.")) from None
    elif moment in (None, ""):
        return None
    else:
        try:
            moment = parse_datetime(str(moment))
        except ValueError:
            moment = None
        if moment is None:
            raise ValueError(_("Use a date and time such as 2030-01-31T18:00:00Z."))
        moment = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    if not now < moment <= now + MAX_LIFETIME:
        raise ValueError(_("Choose a time within the next year."))
    return moment


def _max_views(data: Mapping[str, object]) -> int | None:
    value = data.get("max_views")
    if value in (None, ""):
        return None
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_VIEWS):
        raise ValueError(
            _("Enter a number from 1 to %(limit)d, or leave this empty for no limit.") % {"limit": MAX_VIEWS}
        )
    return int(text)
