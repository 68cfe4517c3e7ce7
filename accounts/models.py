"""Accounts. A user seen from outside is a channel; both are one document."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone

from accounts.usernames import normalise, validate_username
from streamsite.ids import object_id


class UserManager(BaseUserManager["User"]):
    """Creates users; the rules for people registering themselves are in ``services.register``."""

    use_in_migrations = True

    def create_user(self, username: str, email: str = "", password: str | None = None, **extra: Any) -> User:
        """A saved user with a hashed password; without a password the account cannot log in."""
        username = normalise(username)
        validate_username(username)
        user = self.model(username=username, email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, username: str, email: str = "", password: str | None = None, **extra: Any
    ) -> User:
        """A user who may do everything in Django admin."""
        return self.create_user(username, email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> User:
        """The user named ``username``, whatever the case of its ASCII letters."""
        return self.get(username=normalise(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """An account and its channel. The ``*_count`` fields are counters that only services change."""

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    username = models.CharField(
        max_length=30,
        unique=True,
        validators=[validate_username],
        error_messages={"unique": "This name is taken."},
    )
    email = models.EmailField(max_length=254, blank=True)
    email_verified = models.BooleanField(default=False)
    full_name = models.CharField("display name", max_length=80, blank=True)
    bio = models.TextField(max_length=2000, blank=True)
    links = models.JSONField(default=list, blank=True)
    avatar = models.CharField(max_length=200, blank=True, editable=False)
    cover = models.CharField(max_length=200, blank=True, editable=False)
    preferences = models.JSONField(default=dict, blank=True)
    is_staff = models.BooleanField("staff", default=False)
    is_active = models.BooleanField("active", default=True)
    subscriber_count = models.BigIntegerField(default=0, editable=False)
    subscription_count = models.BigIntegerField(default=0, editable=False)
    video_count = models.BigIntegerField(default=0, editable=False)
    view_count = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        indexes = [
            models.Index(fields=["email"], name="user_email"),
            models.Index(fields=["-created_at", "-id"], name="user_newest"),
        ]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        """The display name, or the username for people who gave none."""
        return self.full_name or self.username

    def get_short_name(self) -> str:
        """The username."""
        return self.username

    def get_absolute_url(self) -> str:
        """The channel page."""
        return f"/@{self.username}"

    @property
    def date_joined(self) -> datetime:
        """Django admin's name for ``created_at``."""
        return self.created_at
