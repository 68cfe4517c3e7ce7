"""Turn notifications off from one of them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts import preferences, profile
from accounts.access import channel_for_viewing
from accounts.models import User
from streamsite.errors import Invalid
from subscriptions.models import Notify, Subscription

WITHOUT_PAGE = {"page": "none", "both": "email"}


def mute_kind(user: User, kind: str) -> None:
    """Stop notifications of a kind on the site; emails about it stay as they are. Raises ``Invalid``."""
    if kind not in preferences.NOTIFICATION_KINDS:
        raise Invalid(fields={"kind": [_("Choose a kind of notification.")]})
    name = f"notify_{kind}"
    chosen = str(preferences.value_of(user.preferences, name))
    if chosen in WITHOUT_PAGE:
        profile.update_preferences(user, {name: WITHOUT_PAGE[chosen]})


def mute_channel(user: User, username: str) -> bool:
    """Stop announcements of a channel; return whether the user is subscribed to it. The subscription stays."""
    channel = channel_for_viewing(username)
    return bool(Subscription.objects.filter(subscriber=user, channel=channel).update(notify=Notify.NONE))
