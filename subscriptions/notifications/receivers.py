"""Who is told what: what happens elsewhere becomes notifications here, so that no other app knows of them."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.deletion import account_deleted
from accounts.models import User
from accounts.sessions import refresh_token_reused
from subscriptions.notifications import services
from subscriptions.notifications.notification_types import MILESTONE, MODERATION, PROCESSING, SECURITY, VIDEO
from subscriptions.services import channel_subscribed
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
MILESTONES = (10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)


@receiver(video_published)
def announce_video(sender: type, video_id: str, channel_id: str, **extra: Any) -> None:
    """One row for all of them."""
    services.announce_to_subscribers(channel_id, VIDEO, video_id)


@receiver(video_deleted)
def withdraw_deleted_video(sender: type, video_id: str, **extra: Any) -> None:
    """Withdraw what anyone was told of a deleted video, comments on it included."""
    services.withdraw_about(video_id)


@receiver(like_count_changed)
def notify_like_milestone(sender: type, video_id: str, likes: int, **extra: Any) -> None:
    """The owner, at a milestone."""
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
            what=f"{likes:,} people like it",
        )


@receiver(channel_subscribed)
def notify_subscriber_milestone(sender: type, channel_id: str, subscribers: int, **extra: Any) -> None:
    """The owner of a channel, at a milestone."""
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
            what=f"{subscribers:,} subscribers",
        )


@receiver(generation_completed)
def notify_processing_succeeded(sender: type, video_id: str, **extra: Any) -> None:
    """The owner, that every quality is there."""
    _notify_processing(video_id, Status.READY, "is ready")


@receiver(processing_failed)
def notify_processing_failed(sender: type, video_id: str, **extra: Any) -> None:
    """The owner, that it could not be processed."""
    _notify_processing(video_id, Status.FAILED, "could not be processed")


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
def notify_case_decided(sender: type, case: Case, **extra: Any) -> None:
    """Both sides: the owner what was decided, whoever reported it that somebody looked."""
    key = f"{case.pk}:{case.state}"
    if case.state == CaseState.CLOSED and case.decision == Decision.NOTHING:
        services.withdraw_about(f"{case.pk}:{CaseState.DECIDED}")  # that was undone
    if emails.concerns_owner(case):
        url = f"/decisions/{access.appeal_token(case)}"
        services.notify(
            case.owner_id,
            MODERATION,
            key,
            url=url,
            title=case.title,
            what=emails.outcome_text(case).rstrip("."),
        )
    for reporter in cases.list_reporters(case):
        services.notify(
            reporter,
            MODERATION,
            key,
            # What was taken down has no page, and a row that leads to a hidden video is not shown.
            url=NOTIFICATIONS_URL if case.decision == Decision.TAKEN_DOWN else case.url or "/",
            title=case.title,
            what=emails.reporter_outcome_text(case),
        )


@receiver(refresh_token_reused)
def notify_token_reuse(sender: type, user: User, session: dict[str, Any], **extra: Any) -> None:
    """A copy of a refresh token was used: its session was ended."""
    services.notify(
        user.pk,
        SECURITY,
        f"refresh_reused:{session['_id']}",
        url="/settings/security/activity",
        title="One of your devices was logged out: a copy of its session was used elsewhere",
    )


@receiver(account_deleted)
def delete_notifications_of_account(sender: type, user_id: str, **extra: Any) -> None:
    """An erased account is told nothing, and told of by nobody."""
    services.delete_for_user(user_id)
