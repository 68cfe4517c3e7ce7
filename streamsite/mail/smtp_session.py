"""One talk with a mail server, step by step. Every step can be reported as it happens."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from streamsite.mail import smtp_errors
from streamsite.mail.errors import AddressRefused
from streamsite.mail.options import NONE, TLS, Options

ACCEPTED = (250, 251, 252)

ProgressCallback = Callable[[str], None]


def ignore_progress(sentence: str) -> None:
    """Ignore progress messages."""


class SmtpSession:
    """``open``, ``submit`` any number of messages, ``close``. Raises ``MailNotSent`` or ``AddressRefused`` only.

    ``timeout`` is in seconds, to connect and for each answer; ``our_name`` is what the server is greeted with.
    """

    def __init__(
        self, options: Options, *, timeout: float, our_name: str, tell: ProgressCallback = ignore_progress
    ) -> None:
        self._options = options
        self._timeout = timeout
        self._our_name = our_name
        self._tell = tell
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> None:
        """Connect, encrypt as the options say, and sign in where there is a user."""
        with self._line(is_open=False):
            smtp = self._smtp = self._connect()
            if self._options.security != TLS:
                self._tell("Connected.")
            smtp.ehlo_or_helo_if_needed()
            if self._options.security not in {TLS, NONE}:
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo_or_helo_if_needed()
            self._tell(self._encryption(smtp))
        if self._options.user:
            self._sign_in(smtp)

    def submit(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """Hand one message over. ``content`` has CR LF; addresses outside ASCII need a server with SMTPUTF8."""
        smtp = self._smtp
        if smtp is None:
            raise RuntimeError("the session isn't open")
        with self._line(is_open=True):
            code, reply = smtp.mail(sender, self._mail_options(smtp, sender, recipients, content))
            if code not in ACCEPTED:
                raise smtp_errors.sender_error(code, reply)
            self._tell(f"Sender accepted: {smtp_errors.format_reply(code, reply)}")
            for recipient in recipients:
                code, reply = smtp.rcpt(recipient)
                if code not in ACCEPTED:
                    raise smtp_errors.recipient_error(code, reply)
            self._tell(f"Recipient accepted: {smtp_errors.format_reply(code, reply)}")
            try:
                code, reply = smtp.data(content)
            except smtplib.SMTPDataError as error:
                raise smtp_errors.content_error(error.smtp_code, error.smtp_error) from None
            if code not in ACCEPTED:
                raise smtp_errors.content_error(code, reply)
            self._tell(f"Message accepted: {smtp_errors.format_reply(code, reply)}")

    def close(self) -> None:
        """Close the session. Accepted messages stay accepted, whatever happens here."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        host = self._options.host.strip("[]")
        if self._options.security == TLS:
            return smtplib.SMTP_SSL(
                host,
                self._options.port,
                local_hostname=self._our_name,
                timeout=self._timeout,
                context=ssl.create_default_context(),
            )
        return smtplib.SMTP(host, self._options.port, local_hostname=self._our_name, timeout=self._timeout)

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        with self._line(is_open=True):
            try:
                smtp.login(self._options.user, self._options.password)
            except smtplib.SMTPServerDisconnected:
                raise
            except smtplib.SMTPException as error:
                raise smtp_errors.sign_in_error(error) from None
        self._tell("Signed in.")

    @staticmethod
    def _encryption(smtp: smtplib.SMTP) -> str:
        if not isinstance(smtp.sock, ssl.SSLSocket):
            return "The connection isn't encrypted."
        version = (smtp.sock.version() or "TLS").replace("TLSv", "TLS ")
        return f"The connection is encrypted with {version}, and the certificate is trusted."

    @staticmethod
    def _mail_options(
        smtp: smtplib.SMTP, sender: str, recipients: Sequence[str], content: bytes
    ) -> list[str]:
        options = [f"SIZE={len(content)}"] if smtp.has_extn("size") else []
        if not content.isascii() and smtp.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        if not all(address.isascii() for address in (sender, *recipients)):
            if not smtp.has_extn("smtputf8"):
                raise AddressRefused(smtp_errors.NOT_ASCII)
            options.append("SMTPUTF8")
        return options

    @contextmanager
    def _line(self, *, is_open: bool) -> Iterator[None]:
        """Turn a line that breaks into words."""
        try:
            yield
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise smtp_errors.connection_error(error, self._options, self._timeout, is_open=is_open) from None
