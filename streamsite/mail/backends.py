"""Django's two ends of the site's mail: a mail server, or files, so that a machine without one loses nothing."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.utils import parseaddr
from pathlib import Path
from typing import cast

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import SafeMIMEMultipart, SafeMIMEText
from django.utils.encoding import punycode

from streamsite.mail import messages
from streamsite.mail.options import Options
from streamsite.mail.smtp_session import ProgressCallback, SmtpSession, ignore_progress
from streamsite.tasks.errors import PermanentFailure


class SmtpBackend(BaseEmailBackend):
    """Hands mail to ``EMAIL_HOST``. Raises ``MailNotSent`` or ``PermanentFailure``, which name no address.

    ``tell`` gets a sentence for each step.
    """

    def __init__(
        self, fail_silently: bool = False, tell: ProgressCallback = ignore_progress, **options: object
    ) -> None:
        super().__init__(fail_silently=fail_silently)
        self._tell = tell

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Hand the messages over in one session; return how many were accepted."""
        ready = [_envelope(message) for message in email_messages if message.recipients()]
        if not ready:
            return 0
        conversation = SmtpSession(
            configured_options(),
            timeout=settings.EMAIL_TIMEOUT,
            our_name=messages.message_domain(),
            tell=self._tell,
        )
        try:
            conversation.open()
            for sender, recipients, content in ready:
                conversation.submit(sender, recipients, content)
        finally:
            conversation.close()
        return len(ready)


class EmlFileBackend(BaseEmailBackend):
    """``<data>/mail/*.eml``: one file per message, readable by its owner only, named by time."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each message to a file; return how many were written."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.strftime('%Y%m%dT%H%M%S')}-{secrets.token_hex(4)}.eml"
            with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(message.message().as_bytes())
        return len(email_messages)


def configured_options() -> Options:
    """Return the mail server of the settings."""
    return Options(
        settings.EMAIL_HOST,
        settings.EMAIL_PORT,
        settings.EMAIL_SECURITY,
        settings.EMAIL_HOST_USER,
        settings.EMAIL_HOST_PASSWORD,
    )


def _envelope(message: EmailMessage) -> tuple[str, list[str], bytes]:
    """Return sender, recipients and content as a mail server takes them. Raises ``PermanentFailure``."""
    recipients = [_bare(address) for address in message.recipients()]
    try:
        built = cast("SafeMIMEText | SafeMIMEMultipart", message.message())
        content = built.as_bytes(linesep="\r\n")
    except BadHeaderError:
        raise PermanentFailure(
            "Can't send this email: an address or the subject contains a line break."
        ) from None
    if not all(address.isascii() for address in recipients):
        # Django writes what is before the @ as an encoded word, which is another address.
        parsed = message_from_bytes(content, policy=policy.SMTPUTF8)
        parsed.replace_header("To", ", ".join(_bare(address) for address in message.to))
        content = parsed.as_bytes()
    return _bare(message.from_email), recipients, content


def _bare(address: str) -> str:
    """Return the address without a name, the part after the @ in ASCII."""
    local, _, domain = parseaddr(address)[1].rpartition("@")
    return f"{local}@{punycode(domain)}"
