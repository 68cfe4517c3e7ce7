"""Django's database sessions with rows named by a hash of the cookie's value, which is not stored."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, cast

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

if TYPE_CHECKING:  # the models cannot be imported before the apps are ready
    from django.contrib.sessions.models import Session


def hashed_session_key(session_key: str) -> str:
    """Return the key of a session's row: 40 hexadecimal digits, as wide as the column."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Reads and writes rows named by the hash of the cookie's value."""

    def _get_session_from_db(self) -> Session | None:
        try:
            found = self.model.objects.get(
                session_key=hashed_session_key(self.session_key or ""), expire_date__gt=timezone.now()
            )
            return cast("Session", found)
        except self.model.DoesNotExist:
            self._session_key = None
        return None

    def exists(self, session_key: str) -> bool:
        """Return whether there is a session of this key."""
        return bool(self.model.objects.filter(session_key=hashed_session_key(session_key)).exists())

    def create_model_instance(self, data: dict[str, object]) -> Session:
        """Return an unsaved row, named by the hash of the key."""
        instance = cast("Session", super().create_model_instance(data))
        instance.session_key = hashed_session_key(instance.session_key)
        return instance

    def delete(self, session_key: str | None = None) -> None:
        """Delete a session, by default this one."""
        key = session_key if session_key is not None else self.session_key
        if key is not None:
            self.model.objects.filter(session_key=hashed_session_key(key)).delete()

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return Django's model of sessions."""
        return DatabaseStore.get_model_class()
