"""How email leaves: through a mail server, or as files, so that a machine without one loses nothing."""

from __future__ import annotations

import os
import secrets
import smtplib
import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from streamsite.tasks.errors import PermanentFailure

PERMANENT = 500


class MailNotSent(Exception):
    """The mail server is away, silent or refuses for now: worth another try. The message is for staff."""


class SmtpBackend(EmailBackend):
    """Django's, with errors that say whether another try makes sense and name no address."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            return super().send_messages(email_messages) or 0
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            if min(codes, default=0) >= PERMANENT:
                raise PermanentFailure(f"The mail server refuses the address ({min(codes)}).") from None
            raise MailNotSent(f"The mail server does not take the address now ({min(codes)}).") from None
        except smtplib.SMTPDataError as error:
            if error.smtp_code >= PERMANENT:
                raise PermanentFailure(f"The mail server refuses the message ({error.smtp_code}).") from None
            raise MailNotSent(f"The mail server does not take the message now ({error.smtp_code}).") from None
        except smtplib.SMTPResponseException as error:
            raise MailNotSent(
                f"The mail server refuses ({type(error).__name__} {error.smtp_code})."
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise MailNotSent(
                f"The mail server cannot be reached, hangs up or does not answer within {self.timeout} s "
                f"({type(error).__name__})."
            ) from None


class EmlFileBackend(BaseEmailBackend):
    """``<data>/mail/*.eml``: one file per message, readable by its owner only, named by time."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.strftime('%Y%m%dT%H%M%S')}-{secrets.token_hex(4)}.eml"
            with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(message.message().as_bytes())
        return len(email_messages)
