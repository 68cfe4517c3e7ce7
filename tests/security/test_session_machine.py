"""A model of sessions beside the server: random logins, refreshes, replays, revocations, days; equal at each step."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from rest_framework.test import APIClient

from accounts import sessions
from accounts.models import User
from tests.support.plugin import empty_collections
from tests.support.profile import walk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
AUTH = "/api/v1/auth"
GRACE = timedelta(seconds=10)
LEEWAY = timedelta(seconds=5)
ACCESS = timedelta(seconds=600)
IDLE = {True: timedelta(days=14), False: timedelta(hours=24)}
ABSOLUTE = {True: timedelta(days=90), False: timedelta(days=7)}


@dataclass
class Session:
    """The model of one session."""

    id: str
    remember: bool
    created: datetime
    rotated: datetime
    gen: int = 0
    revoked: bool = False

    @property
    def ends(self) -> datetime:
        """Return the time at which the session ends without another refresh."""
        return min(self.rotated + IDLE[self.remember], self.created + ABSOLUTE[self.remember])


@dataclass(frozen=True)
class Refresh:
    """A refresh token that was given out."""

    session: Session = field(compare=False, hash=False)
    gen: int
    text: str
    ends: datetime


@dataclass(frozen=True)
class Access:
    """An access token that was given out."""

    session: Session = field(compare=False, hash=False)
    text: str
    ends: datetime


class Sessions(RuleBasedStateMachine):
    """Rules do the same to the server and to the model, and compare what comes back."""

    refreshes = Bundle("refreshes")
    accesses = Bundle("accesses")

    def __init__(self) -> None:
        super().__init__()
        empty_collections()
        sessions.clear_cache()
        self.clock = time_machine.travel(datetime.now(UTC).replace(microsecond=0), tick=False)
        self.traveller = self.clock.start()
        self.user = User.objects.create_user("machine", "m@example.org", "correct horse 0")
        self.changes = 0
        self.sessions: list[Session] = []

    def teardown(self) -> None:
        """Return to the present."""
        self.clock.stop()

    @property
    def now(self) -> datetime:
        """The time of the test."""
        return datetime.now(UTC)

    @property
    def password(self) -> str:
        """The present one."""
        return f"correct horse {self.changes}"

    def issued(self, session: Session, body: dict[str, str]) -> tuple[Refresh, Access]:
        """Return the model's tokens for an answer of the server."""
        refresh = Refresh(session, session.gen, body["refresh"], session.ends)
        return refresh, Access(session, body["access"], self.now + ACCESS)

    # --- what people do ---

    @initialize(target=refreshes)
    def first_login(self) -> Refresh:
        """There is always something to begin with."""
        return self.login(remember=False)[0]

    def login(self, *, remember: bool) -> tuple[Refresh, Access]:
        """Sign in as a native client, so that the tokens are in the body."""
        body = {"login": "machine", "password": self.password, "client": "native", "remember": remember}
        answer = APIClient().post(f"{AUTH}/token", body, format="json")
        assert answer.status_code == 200
        session = Session(answer.json()["session_id"], remember, self.now, self.now)
        self.sessions.append(session)
        return self.issued(session, answer.json())

    @rule(target=refreshes, remember=st.booleans())
    def sign_in(self, remember: bool) -> Refresh:
        """One more device."""
        return self.login(remember=remember)[0]

    @rule(target=accesses, remember=st.booleans())
    def sign_in_for_access(self, remember: bool) -> Access:
        """One more device whose access token is used."""
        return self.login(remember=remember)[1]

    @rule(target=refreshes, token=refreshes)
    def refresh(self, token: Refresh) -> Refresh | MultipleResults[Refresh]:
        """Any token that was ever given out: the newest, its parent, or a grandparent."""
        return self.send(token)

    def send(self, token: Refresh) -> Refresh | MultipleResults[Refresh]:
        """Refresh with ``token`` and compare; the new token, if there is one."""
        answer = APIClient().post(f"{AUTH}/token/refresh", {"refresh": token.text}, format="json")
        expected = self.expected(token)
        code = answer.json().get("code", "ok")
        assert code == expected, (code, expected, token, self.now)
        session = token.session
        if expected == "refresh_reused":
            session.revoked = True
        if expected != "ok":
            assert answer.status_code == 401
            return multiple()
        if token.gen == session.gen:
            session.gen += 1
            session.rotated = self.now
        return self.issued(session, answer.json())[0]

    @rule(token=refreshes, seconds=st.sampled_from([0, 1, 9, 10, 11, 60]))
    def refresh_twice(self, token: Refresh, seconds: int) -> None:
        """Send the same token again, sooner or later: the answer was lost, or a thief came."""
        self.send(token)
        self.traveller.shift(timedelta(seconds=seconds))
        self.send(token)

    def expected(self, token: Refresh) -> str:
        """Return the answer that the specification gives this token now."""
        session = token.session
        if self.now >= token.ends + LEEWAY:
            return "refresh_expired"
        if session.revoked:
            return "session_revoked"
        if token.gen == session.gen:
            return "ok" if self.now < session.ends else "session_expired"
        if token.gen == session.gen - 1 and self.now - session.rotated <= GRACE:
            return "ok"
        return "refresh_reused"

    @rule(token=accesses)
    def use(self, token: Access) -> None:
        """Make an unsafe call, which always looks whether the session lives."""
        client = APIClient(HTTP_AUTHORIZATION=f"Bearer {token.text}")
        answer = client.patch("/api/v1/me", {"bio": "x"}, format="json")
        live = not token.session.revoked and self.now < token.session.ends
        if self.now >= token.ends + LEEWAY:
            assert answer.json()["code"] == "token_expired"
        else:
            assert answer.status_code == (200 if live else 401)
            assert live or answer.json()["code"] == "session_revoked"

    @rule(token=refreshes)
    def logout(self, token: Refresh) -> None:
        """Log out; the answer is always 204, and a well-formed token ends its session."""
        assert APIClient().post(f"{AUTH}/logout", {"refresh": token.text}, format="json").status_code == 204
        if self.now < token.ends + LEEWAY:
            token.session.revoked = True

    @rule(token=consumes(accesses))
    def revoke_own(self, token: Access) -> None:
        """Sign a device out by its session's id."""
        client = APIClient(HTTP_AUTHORIZATION=f"Bearer {token.text}")
        answer = client.delete(f"{AUTH}/sessions/{token.session.id}")
        usable = not token.session.revoked and self.now < min(token.session.ends, token.ends + LEEWAY)
        assert answer.status_code == (204 if usable else 401)
        if usable:
            token.session.revoked = True

    @rule()
    def logout_everywhere(self) -> None:
        """From a fresh session; all of them end, that one included."""
        _, access = self.login(remember=False)
        alive = [entry for entry in self.sessions if not entry.revoked and self.now < entry.ends]
        answer = APIClient(HTTP_AUTHORIZATION=f"Bearer {access.text}").post(f"{AUTH}/logout-all")
        assert answer.json() == {"revoked": len(alive)}
        for session in alive:
            session.revoked = True

    @rule(target=refreshes, is_stolen=st.booleans())
    def change_password(self, is_stolen: bool) -> Refresh:
        """Every other session ends; this one has a new token, and its old one is void at once, grace or not."""
        old, access = self.login(remember=True)
        body = {"current_password": self.password, "new_password": f"correct horse {self.changes + 1}"}
        client = APIClient(HTTP_AUTHORIZATION=f"Bearer {access.text}")
        answer = client.post(f"{AUTH}/password/change", body, format="json")
        assert answer.status_code == 200
        self.changes += 1
        for session in self.sessions:
            if session is not old.session:  # at the former epoch, whether or not it had expired
                session.revoked = True
        old.session.gen += 2
        renewed: Refresh = self.issued(old.session, answer.json())[0]
        if is_stolen:
            self.send(old)
        return renewed

    @rule(
        step=st.sampled_from(
            [
                timedelta(seconds=1), timedelta(seconds=9), timedelta(seconds=11), timedelta(minutes=9),
                timedelta(minutes=11), timedelta(hours=23), timedelta(hours=25), timedelta(days=6), timedelta(days=15),
            ]
        )
    )  # fmt: skip
    def time_passes(self, step: timedelta) -> None:
        """Seconds or days."""
        self.traveller.shift(step)

    @invariant()
    def the_list_of_devices_is_right(self) -> None:
        """Compare the sessions that the settings page shows with the model's."""
        listed = {entry["id"] for entry in sessions.list_sessions(User.objects.get(pk=self.user.pk), None)}
        alive = {entry.id for entry in self.sessions if not entry.revoked and self.now < entry.ends}
        assert listed == alive


def test_model_and_server_agree(database: None) -> None:
    """Random histories of up to 30 steps."""
    run_state_machine_as_test(
        Sessions,
        settings=settings(
            max_examples=walk(10, deep=200),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
