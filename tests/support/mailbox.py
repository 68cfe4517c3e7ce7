"""A person's mailbox: queued email is sent by the real worker and read back."""

from __future__ import annotations

import re

from django.core import mail
from django.core.mail import EmailMessage

from streamsite.tasks.worker import Worker

TOKEN = re.compile(r"https?://\S+\?token=(\S+)")


def deliver() -> list[EmailMessage]:
    """Run every queued job that is due; the mails sent by them."""
    before = len(mail.outbox)
    Worker(["default", "mail"]).run(once=True)
    return list(mail.outbox[before:])


def token_in(message: EmailMessage) -> str:
    """Return the token of the link in an email's text."""
    from urllib.parse import unquote

    found = TOKEN.search(str(message.body))
    assert found, message.body
    return unquote(found[1])
