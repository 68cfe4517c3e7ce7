"""Receivers: turn events elsewhere into notifications, so that no other app depends on them."""

from __future__ import annotations

from django.dispatch import receiver

from accounts.auth_session_store import SessionDoc
from accounts.models import User
from accounts.signals import account_deleted, account_warned, refresh_token_reused
from streamsite.sanitize import clean_line, truncate_line
from subscriptions.notifications import services
from subscriptions.notifications.notification_types import (
    ACCOUNT_WARNED,
    FAILED,
    LIKES,
    MILESTONE,
    MODERATION,
    PROCESSING,
    READY,
    REFRESH_REUSED,
    SECURITY,
    SUBSCRIBERS,
    VIDEO,
    numbered,
)
from subscriptions.signals import channel_subscribed
from videos.models import Case, Status, Video
from videos.models.moderation import CaseState, Decision
from videos.moderation import access, cases, emails
from videos.signals import (
    case_decided,
    generation_completed,
    like_count_changed,
    processing_failed,
    video_deleted,
    video_published,
)

NOTIFICATIONS_URL = "/notifications"
MAX_TITLE_LENGTH = 120
MILESTONES = (10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)


@receiver(video_published)
def announce_video(sender: type, video_id: str, channel_id: str, **extra: object) -> None:
    """Announce a published video to the channel's subscribers."""
    services.announce_to_subscribers(channel_id, VIDEO, video_id)


@receiver(video_deleted)
def withdraw_deleted_video(sender: type, video_id: str, **extra: object) -> None:
    """Withdraw notifications about a deleted video and its comments."""
    services.withdraw_about(video_id)


@receiver(like_count_changed)
def notify_like_milestone(sender: type, video_id: str, likes: int, **extra: object) -> None:
    """Notify the owner of a milestone of likes."""
    if likes not in MILESTONES:
        return
    video = Video.objects.filter(pk=video_id).first()
    if video is not None:
        services.notify(
            video.channel_id,
            MILESTONE,
            f"likes:{video_id}:{likes}",
            url=video.get_absolute_url(),
            title=video.title,
            what=numbered(LIKES, likes),
        )


@receiver(channel_subscribed)
def notify_subscriber_milestone(sender: type, channel_id: str, subscribers: int, **extra: object) -> None:
    """Notify the owner of a milestone of subscribers."""
    if subscribers not in MILESTONES:
        return
    channel = User.objects.filter(pk=channel_id).first()
    if channel is not None:
        services.notify(
            channel_id,
            MILESTONE,
            f"subscribers:{subscribers}",
            url=channel.get_absolute_url(),
            title=channel.get_full_name(),
            what=numbered(SUBSCRIBERS, subscribers),
        )


@receiver(generation_completed)
def notify_processing_succeeded(sender: type, video_id: str, **extra: object) -> None:
    """Notify the owner that every quality is ready."""
    _notify_processing(video_id, Status.READY, READY)


@receiver(processing_failed)
def notify_processing_failed(sender: type, video_id: str, **extra: object) -> None:
    """Notify the owner that processing failed."""
    _notify_processing(video_id, Status.FAILED, FAILED)


def _notify_processing(video_id: str, status: Status, what: str) -> None:
    video = Video.objects.filter(pk=video_id, status=status).first()
    if video is not None:
        services.notify(
            video.channel_id,
            PROCESSING,
            f"{video_id}:{video.attempt}",
            url=f"/studio/videos/{video_id}",
            title=video.title,
            what=what,
        )


@receiver(case_decided)
def notify_case_decided(sender: type, case: Case, **extra: object) -> None:
    """Notify the owner of the decision, and reporters that their report was handled."""
    key = f"{case.pk}:{case.state}"
    if case.state == CaseState.CLOSED and case.decision == Decision.NOTHING:
        services.withdraw_about(f"{case.pk}:{CaseState.DECIDED}")  # the decision was undone
    if emails.concerns_owner(case):
        url = f"/decisions/{access.appeal_token(case)}"
        services.notify(
            case.owner_id,
            MODERATION,
            key,
            url=url,
            title=case.title,
            what=emails.owner_outcome(case),
        )
    for reporter in cases.list_reporters(case):
        services.notify(
            reporter,
            MODERATION,
            key,
            # Taken-down content has no page, and rows that link to a hidden video are not shown.
            url=NOTIFICATIONS_URL if case.decision == Decision.TAKEN_DOWN else case.url or "/",
            title=case.title,
            what=emails.reporter_outcome(case),
        )


@receiver(account_warned)
def notify_warning(sender: type, user_id: str, warning_id: str, text: str, **extra: object) -> None:
    """Notify the owner of a warning by staff. The page that it leads to has the whole text."""
    services.notify(
        user_id,
        MODERATION,
        f"warned:{warning_id}",
        url="/settings/decisions",
        title=truncate_line(clean_line(text), MAX_TITLE_LENGTH),
        what=ACCOUNT_WARNED,
    )


@receiver(refresh_token_reused)
def notify_token_reuse(sender: type, user: User, session: SessionDoc, **extra: object) -> None:
    """Alert the owner that a refresh token was reused and its session ended."""
    services.notify(
        user.pk,
        SECURITY,
        f"refresh_reused:{session['_id']}",
        url="/settings/security/activity",
        title="One of your devices was signed out",  # what the previous release shows
        what=REFRESH_REUSED,
    )


@receiver(account_deleted)
def delete_notifications_of_account(sender: type, user_id: str, **extra: object) -> None:
    """Delete a deleted account's notifications and those about it."""
    services.delete_for_user(user_id)
