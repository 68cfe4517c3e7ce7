"""Subscriptions as OPML 2.0, the exchange format of feed readers: https://opml.org/spec2.opml.

Files are parsed with expat, which is told to stop at a document type, so entity expansion and external references are
never processed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit
from xml.parsers import expat

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.usernames import normalize_username
from streamsite import origin, xml
from streamsite.errors import Invalid, SiteError
from streamsite.site_settings.identity import site_name
from subscriptions import queries, services
from videos.syndication import urls

CONTENT_TYPE = "text/x-opml"
MAX_BYTES = 2_000_000
MAX_NEW_SUBSCRIPTIONS = 2_000  # per import
MAX_REPORTED = 50
FEED_PREFIX, PAGE_PREFIX = "/feeds/channels/", "/@"


@dataclass
class ImportResult:
    """The result of an import.

    ``unknown`` are URLs that are no channel here, ``refused`` channels that could not be subscribed to.
    """

    subscribed: int = 0
    already: int = 0
    unknown: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def export_subscriptions(user: User) -> bytes:
    """Return the account's subscriptions as OPML, ordered by username."""
    channels = sorted(
        (row.channel for row in queries.subscriptions_of_user(user.pk).order_by() if row.channel.is_active),
        key=lambda channel: channel.username,
    )
    root = xml.root("opml", {}, version="2.0")
    head = xml.add(root, "head")
    xml.add(
        head,
        "title",
        _("%(name)s's subscriptions on %(site_name)s")
        % {"name": user.get_full_name(), "site_name": site_name()},
    )
    body = xml.add(root, "body")
    for channel in channels:
        name = channel.get_full_name()
        links = {"xmlUrl": urls.channel_feed_url(channel), "htmlUrl": urls.channel_url(channel)}
        xml.add(body, "outline", text=name, title=name, type="rss", **links)
    return xml.document(root)


def import_subscriptions(user: User, content: bytes) -> ImportResult:
    """Subscribe to every channel of this site in an OPML document. Idempotent. Raises ``Invalid`` for other content."""
    outcome = ImportResult()
    names = _usernames(_parse_outlines(content), outcome)
    known = {channel.username: channel for channel in User.objects.filter(username__in=names, is_active=True)}
    had = set(
        queries.subscriptions_of_user(user.pk)
        .filter(channel_id__in=[channel.pk for channel in known.values()])
        .values_list("channel_id", flat=True)
    )
    for name in names:
        channel = known.get(name)
        if channel is None:
            outcome.unknown.append(f"@{name}")
        elif channel.pk in had:
            outcome.already += 1
        elif outcome.subscribed >= MAX_NEW_SUBSCRIPTIONS:
            raise Invalid(
                _("We imported the first %(limit)d channels. Import the file again to add the rest.")
                % {"limit": MAX_NEW_SUBSCRIPTIONS}
            )
        else:
            _subscribe(user, channel, outcome)
    outcome.unknown, outcome.refused = outcome.unknown[:MAX_REPORTED], outcome.refused[:MAX_REPORTED]
    return outcome


def _subscribe(user: User, channel: User, outcome: ImportResult) -> None:
    try:
        services.subscribe(user, channel)
    except SiteError:
        outcome.refused.append(f"@{channel.username}")
    else:
        outcome.subscribed += 1


def _usernames(outlines: list[dict[str, str]], outcome: ImportResult) -> list[str]:
    """Return the usernames that outlines link to, each once; record other URLs as unknown."""
    names: dict[str, None] = {}
    for outline in outlines:
        address = outline.get("xmlUrl") or outline.get("htmlUrl") or ""
        if not address:
            continue  # a folder
        name = _username_from_url(address)
        if name:
            names.setdefault(name)
        else:
            outcome.unknown.append(address[:200])
    return list(names)


def _username_from_url(address: str) -> str:
    try:
        own, target = urlsplit(origin.current()), urlsplit(address.strip())
        if target.hostname != own.hostname or target.port != own.port:
            return ""
    except ValueError:
        return ""
    path = unquote(target.path)
    if path.startswith(FEED_PREFIX) and path.endswith(".rss"):
        return normalize_username(path.removeprefix(FEED_PREFIX).removesuffix(".rss"))[:100]
    if path.startswith(PAGE_PREFIX):
        return normalize_username(path.removeprefix(PAGE_PREFIX).split("/")[0])[:100]
    return ""


def _parse_outlines(content: bytes) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    roots: list[str] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        roots.append(name)
        if name == "outline":
            found.append(attributes)

    def refuse(*_args: object) -> None:
        raise Invalid(_("OPML files can't contain a document type declaration."))

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError):
        raise Invalid(
            _("This isn't an OPML file."), fields={"file": [_("This isn't an OPML file.")]}
        ) from None
    if not roots or roots[0] != "opml":
        raise Invalid(_("This isn't an OPML file."), fields={"file": [_("This isn't an OPML file.")]})
    return found
