"""A mail server of the tests: keeps what it is sent, and answers as it is told to."""

from __future__ import annotations

import email
import logging
import ssl
from collections import defaultdict
from collections.abc import Callable
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.stack import free_port

REFUSED_RECIPIENT = "nobody@"
USER, PASSWORD = "mailer", "correct horse"
HANG_UP = "hang up"


class MailServer:
    """Accepts mail for everybody but ``nobody@...``, on loopback.

    ``answers`` has, by command (``MAIL``, ``RCPT``, ``DATA``), what is answered next, each once; ``HANG_UP`` for
    ``DATA`` keeps the message and cuts the line before the answer; ``before_answer`` is called when a message was
    kept. ``tls`` offers STARTTLS, or TLS from the first byte
    with ``is_implicit``; with ``needs_sign_in`` nothing goes without ``USER`` and ``PASSWORD``.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        is_implicit: bool = False,
        needs_sign_in: bool = False,
        has_smtputf8: bool = False,
    ) -> None:
        self.messages: list[Message] = []
        self.recipients: list[list[str]] = []
        self.answers: defaultdict[str, list[str]] = defaultdict(list)
        self.signed_in: list[str] = []
        self.was_encrypted: list[bool] = []
        self.before_answer: Callable[[], object] = lambda: None
        self.port = free_port()
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            ssl_context=tls if is_implicit else None,
            tls_context=None if is_implicit else tls,
            require_starttls=tls is not None and not is_implicit,
            authenticator=self._authenticate if needs_sign_in else None,
            auth_required=needs_sign_in,
            auth_require_tls=not is_implicit,  # it counts STARTTLS only
            enable_SMTPUTF8=has_smtputf8,
        )
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # else each line of each session
        self._controller.start()

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a sender."""
        if self.answers["MAIL"]:
            return self.answers["MAIL"].pop(0)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse one address for good."""
        said = self.answers["RCPT"].pop(0) if self.answers["RCPT"] else "250 OK"
        if address.startswith(REFUSED_RECIPIENT):
            said = "550 no such mailbox"
        if said == "250 OK":
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a message."""
        said = self.answers["DATA"].pop(0) if self.answers["DATA"] else "250 OK"
        if said in {"250 OK", HANG_UP}:
            self.messages.append(email.message_from_bytes(envelope.content))
            self.recipients.append(list(envelope.rcpt_tos))
            self.was_encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        self.before_answer()
        if said == HANG_UP:
            server.transport.abort()
        return said

    def to(self, address: str) -> list[Message]:
        """Return the messages for an address."""
        return [message for message in self.messages if message["To"] == address]

    def stop(self) -> None:
        """End it."""
        self._controller.stop()

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        if is_right:
            self.signed_in.append(mechanism)
        return AuthResult(success=is_right, handled=False)
