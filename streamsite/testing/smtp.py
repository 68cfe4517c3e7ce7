"""A mail server of the tests: keeps what it is sent."""

from __future__ import annotations

import email
import logging
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller

from streamsite.testing.stack import free_port

REFUSED = "nobody@"


class MailServer:
    """Accepts mail for everybody but ``nobody@...``, on loopback."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # else each line of each session
        self._controller.start()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Refuse one address for good."""
        if address.startswith(REFUSED):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a message."""
        self.messages.append(email.message_from_bytes(envelope.content))
        return "250 OK"

    def to(self, address: str) -> list[Message]:
        """Return the messages for an address."""
        return [message for message in self.messages if message["To"] == address]

    def stop(self) -> None:
        """End it."""
        self._controller.stop()
