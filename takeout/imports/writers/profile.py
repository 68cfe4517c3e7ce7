"""The account: what its profile and settings lack here. Nothing that was chosen here is replaced."""

from __future__ import annotations

import io

from accounts import image_processing, image_storage, preferences, profile
from streamsite.errors import Invalid, SiteError
from takeout import formats
from takeout.imports import codes, items
from takeout.imports.context import ImportContext
from takeout.imports.errors import BadArchive
from takeout.imports.report import CHANGED, MISSING, NEW, PRESENT
from takeout.imports.writers.viewing import find_channel
from videos import blocks
from videos.comments import filters
from videos.models import CommentRules

MAX_IMAGE_BYTES = 10 * 1024**2
KIND = formats.ACCOUNT


def write(context: ImportContext, item: items.Account) -> None:
    """Import profile, preferences, comment filters, blocked channels and images where there are none."""
    changes = _changes(context, item)
    is_new = bool(changes)
    if changes and not context.is_dry:
        profile.update(context.user, changes)
    is_new |= _add_filters(context, item)
    for kind in image_processing.PROFILE_IMAGES.values():
        name = str(getattr(item, kind.name))
        if name and not getattr(context.user, kind.name):
            is_new |= _add_image(context, kind, name)
    for blocked in item.blocked:
        is_new |= _block(context, blocked)
    context.report.add(KIND, NEW if is_new else PRESENT)


def _changes(context: ImportContext, item: items.Account) -> dict[str, object]:
    user = context.user
    found: dict[str, object] = {}
    if item.full_name and not user.full_name:
        found["full_name"] = item.full_name
    if item.bio and not user.bio:
        found["bio"] = item.bio[:2000]
    if item.links and not user.links:
        try:
            found["links"] = profile.clean_links(item.links[: profile.MAX_LINKS])
        except Invalid as error:
            _note_field(context, error)
    wanted: dict[str, object] = {}
    for name, value in item.preferences.items():
        known = preferences.PREFERENCES.get(name)
        if known is None or name in user.preferences or not known.is_valid(value) or value == known.default:
            continue
        wanted[name] = value
    if wanted:
        found["preferences"] = wanted
    return found


def _add_filters(context: ImportContext, item: items.Account) -> bool:
    if not any(item.comment_filters.values()) or CommentRules.objects.filter(pk=context.user.pk).exists():
        return False
    if not context.is_dry:
        try:
            filters.update_rules(context.user.pk, item.comment_filters)
        except Invalid as error:
            _note_field(context, error)
            return False
    return True


def _add_image(context: ImportContext, kind: image_processing.ImageType, name: str) -> bool:
    try:
        content = context.texts.read(name, MAX_IMAGE_BYTES)
        if not context.is_dry:
            prepared = image_processing.prepare_image(io.BytesIO(content), kind)
            image_storage.replace_image(context.user, kind.name, prepared)
    except (BadArchive, SiteError):
        context.report.note(KIND, CHANGED, codes.THUMBNAIL_LEFT_OUT, title=kind.name)
        return False
    return True


def _block(context: ImportContext, item: items.Subscription) -> bool:
    """Block the channel that was blocked, on the same site only: elsewhere the name may be somebody else's."""
    channel = find_channel(item.username) if context.is_own_site else None
    if channel is None or channel.pk == context.user.pk:
        said = {"ref": item.username, "title": item.title, "url": item.url}
        context.report.note(KIND, MISSING, codes.NOT_HERE, **said)
        return False
    if blocks.has_blocked(context.user.pk, channel.pk):
        return False
    if not context.is_dry:
        blocks.block(context.user, channel)
    return True


def _note_field(context: ImportContext, error: Invalid) -> None:
    context.report.note(KIND, CHANGED, codes.FIELD_LEFT_OUT, detail=error.sentence)
