"""The account models. A user seen from outside is a channel; both are one document."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from accounts import password_hashing
from accounts.usernames import normalize_username, validate_username
from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredManager, StoredModel


def email_key(address: str) -> str:
    """Return the normalized form of an email address; equal forms are the same mailbox, ignoring case."""
    return unicodedata.normalize("NFC", address.strip()).casefold()


class RegistrationState(models.TextChoices):
    """State of a sign-up that staff have to approve. Only inactive accounts are ``WAITING``."""

    NONE = "", _("Complete")
    WAITING = "waiting", _("Waiting for approval")
    DECLINED = "declined", _("Declined")


class UserManager(StoredManager["User"], BaseUserManager["User"]):
    """Creates users. The rules for registration are in ``services.create_account``."""

    use_in_migrations = True

    def create_user(
        self, username: str, email: str = "", password: str | None = None, **extra: object
    ) -> User:
        """Create and return a user with a hashed password; without a password the account cannot sign in."""
        username = normalize_username(username)
        validate_username(username)
        user = self.model(username=username, email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, username: str, email: str = "", password: str | None = None, **extra: object
    ) -> User:
        """Create and return a superuser."""
        return self.create_user(username, email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user named ``username``, ignoring the case of ASCII letters."""
        return self.get(username=normalize_username(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """An account and its channel. The ``*_count`` fields are counters that only services change."""

    kept_while_reading: ClassVar[bool] = True

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    username = models.CharField(
        max_length=30,
        unique=True,
        validators=[validate_username],
        error_messages={"unique": _("That username is taken.")},
    )
    email = models.EmailField(max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True, editable=False)
    email_verified = models.BooleanField(default=False)
    pending_email = models.EmailField(max_length=254, blank=True, editable=False)
    # The normalized address that a mail server rejected permanently: ``accounts.deliverability``.
    undeliverable_key = models.CharField(max_length=254, blank=True, editable=False)
    undeliverable_at = models.DateTimeField(null=True, blank=True, editable=False)
    undeliverable_reason = models.CharField(max_length=200, blank=True, editable=False)
    full_name = models.CharField(_("display name"), max_length=80, blank=True)
    bio = models.TextField(max_length=2000, blank=True)
    links = models.JSONField(default=list, blank=True)
    avatar = models.CharField(max_length=200, blank=True, editable=False)
    cover = models.CharField(max_length=200, blank=True, editable=False)
    preferences = models.JSONField(default=dict, blank=True)
    # Whether all of its videos count as sensitive, by its owner and by staff: ``accounts.channel_marks``.
    is_sensitive = models.BooleanField(default=False, editable=False)
    is_sensitive_by_staff = models.BooleanField(_("marked as sensitive"), default=False, editable=False)
    is_staff = models.BooleanField(_("staff"), default=False)
    # May upload where only approved creators may: ``accounts.registration.upload_rights``.
    is_creator = models.BooleanField(_("approved creator"), default=False, editable=False)
    registration_state = models.CharField(
        max_length=10, choices=RegistrationState.choices, blank=True, default="", editable=False
    )
    # What was accepted on signing up: ``streamsite.site_settings.pages.acceptance_version``.
    terms_version = models.CharField(max_length=16, blank=True, default="", editable=False)
    terms_accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    subscriber_count = models.BigIntegerField(default=0, editable=False)
    subscription_count = models.BigIntegerField(default=0, editable=False)
    # How often the account changed what is not recommended to it; 0 when it never did. See ``videos.hidden``.
    hidden_version = models.BigIntegerField(default=0, editable=False)
    video_count = models.BigIntegerField(default=0, editable=False)
    view_count = models.BigIntegerField(default=0, editable=False)
    quota_bytes = models.BigIntegerField(
        _("upload quota in bytes"),
        null=True,
        blank=True,
        help_text=_("Leave empty for the site's default. 0 means no limit."),
    )
    # Rises with every change of credentials (``accounts.security_epoch``), which voids everything opened or emailed
    # before.
    security_epoch = models.IntegerField(default=0, editable=False)
    # ``<session hash of the password's hash>:<session hash of the one it replaced>``, see below.
    kept_session_hash = models.CharField(max_length=129, blank=True, editable=False)
    # Rises with every change of profile or preferences; compared with If-Match.
    profile_version = models.IntegerField(default=0, editable=False)
    erase_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        indexes = [
            models.Index(fields=["email_key"], name="user_email_key"),
            # Covers the filters and the search of the admin's list in its order.
            models.Index(
                fields=[
                    "-created_at",
                    "-id",
                    "username",
                    "full_name",
                    "email",
                    "is_active",
                    "is_staff",
                    "email_verified",
                ],
                name="user_newest_filtered",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["email_key"], condition=models.Q(email_verified=True), name="user_verified_email"
            ),
        ]

    def __str__(self) -> str:
        return self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the normalized email address beside the one that was entered.

        Never writes ``security_epoch`` of an existing row, since the object may be outdated: only
        ``accounts.security_epoch`` changes it.
        """
        self.email_key = email_key(self.email)
        fields = kwargs.get("update_fields")
        if fields is None and not self._state.adding and not kwargs.get("force_insert"):
            present = {field.name for field in self._meta.concrete_fields} - self.get_deferred_fields()
            kwargs["update_fields"] = present - {"id", "security_epoch"}
        if fields is not None and "email" in fields:
            kwargs["update_fields"] = {*fields, "email_key"}
        super().save(*args, **kwargs)

    def check_password(self, raw_password: str | None) -> bool:
        """Return whether it is the account's password. Raises ``Unavailable`` if too many are being checked."""
        return password_hashing.verify_password(self, raw_password)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield fallback hashes, so that web sessions continue after the same password was rehashed.

        Valid only for that hash, so any change of the password ends those sessions.
        """
        yield from super().get_session_auth_fallback_hash()
        current, _, former = self.kept_session_hash.partition(":")
        if former and constant_time_compare(current, self.get_session_auth_hash()):
            yield former

    @property
    def is_waiting(self) -> bool:
        """True while the account waits for the approval of staff."""
        is_open = not self.is_active and self.erase_at is None
        return is_open and self.registration_state == RegistrationState.WAITING

    def get_full_name(self) -> str:
        """Return the display name, or the username if there is none."""
        return self.full_name or self.username

    def get_short_name(self) -> str:
        """Return the username."""
        return self.username

    def get_absolute_url(self) -> str:
        """Return the path of the channel page."""
        return f"/@{self.username}"


class ApiToken(StoredModel):
    """A personal token for scripts. Only its hash is stored; ``scopes`` limits it."""

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    # The owner's ``security_epoch`` at creation; at any other the token is rejected.
    epoch = models.IntegerField(editable=False)
    name = models.CharField(max_length=80)
    scopes = models.JSONField(default=list)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    # The first characters, for telling tokens apart.
    hint = models.CharField(max_length=12, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        db_table = "auth_api_token"
        verbose_name = _("API token")
        indexes = [models.Index(fields=["user", "-created_at", "-id"], name="api_token_user")]

    def __str__(self) -> str:
        return self.name


class Invitation(StoredModel):
    """A link with which ``max_uses`` people may sign up until ``expires_at``. Only its token's hash is stored."""

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    # The first characters, for telling invitations apart.
    hint = models.CharField(max_length=12, editable=False)
    note = models.CharField(max_length=80, blank=True)
    max_uses = models.IntegerField()
    remaining = models.IntegerField()
    # The id of the staff member; no relation, since it outlives that account.
    created_by = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        db_table = "auth_invitation"
        indexes = [models.Index(fields=["-created_at", "-id"], name="invitation_newest")]

    def __str__(self) -> str:
        return self.note or self.hint

    @property
    def used(self) -> int:
        """The number of accounts that were created with it."""
        return self.max_uses - self.remaining


class AuthEvent(StoredModel):
    """One event of an account's audit trail, removed after 180 days. Contains no token, password, code, or cookie."""

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="auth_events", db_constraint=False
    )
    what = models.CharField(max_length=40)
    result = models.CharField(max_length=40, default="ok")
    session_id = models.CharField(max_length=32, blank=True)
    # The id of the staff member who acted on the account; no relation, since it outlives that account.
    actor = models.CharField(max_length=32, blank=True)
    ip_prefix = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=timezone.now)
    purge_at = models.DateTimeField()

    class Meta:
        db_table = "auth_event"
        verbose_name = _("account event")
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="auth_event_user"),
            models.Index(fields=["-at", "-id"], name="auth_event_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.result}"
