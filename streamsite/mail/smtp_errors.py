"""Explanations of a mail server's refusals and silences for staff, operators, and the owner of an address.

Pure. A permanent refusal of a recipient can be about the address or about us (a blocked sender, a policy). Only the
former may mark an address, so whatever is in doubt counts as ours. Enhanced status codes are those of RFC 3463.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl

from django.utils.translation import gettext_noop as _

from streamsite.mail.errors import AddressRefused, MailNotSent
from streamsite.mail.options import NONE, PORTS, STARTTLS, TLS, Options

PERMANENT = 500
ANSWER_LENGTH = 200
# Stored in English and translated for the address's owner.
NO_MAILBOX = _("The mailbox doesn't exist.")
CLOSED_MAILBOX = _("The mailbox is closed.")
NO_MAIL_DOMAIN = _("The part after the @ doesn't accept email.")
NOT_VALID = _("The address isn't valid.")
NOT_ASCII = _("Our mail server can't send to addresses with letters like é or ü before the @.")

# OpenSSL's reasons for not trusting a certificate.
_EXPIRED, _OTHER_NAME, _OTHER_ADDRESS = 10, 62, 64
_ADDRESS = re.compile(r"\S+@\S+")
_ENHANCED = re.compile(r"\A([245])\.(\d{1,3})\.(\d{1,3})\b")
# Subject and detail of enhanced codes that say that the address itself is wrong.
_ABOUT_ADDRESS = {
    (1, 0): NO_MAILBOX,
    (1, 1): NO_MAILBOX,
    (1, 2): NO_MAIL_DOMAIN,
    (1, 3): NOT_VALID,
    (1, 6): NO_MAILBOX,
    (1, 10): NO_MAIL_DOMAIN,
    (2, 1): CLOSED_MAILBOX,
    (4, 1): NO_MAILBOX,  # Exchange Online, of recipients that it does not know
    (4, 4): NO_MAIL_DOMAIN,
}
# The same of servers that send no enhanced code.
_BARE = {
    501: NOT_VALID,
    521: NO_MAIL_DOMAIN,
    550: NO_MAILBOX,
    551: NO_MAILBOX,
    553: NOT_VALID,
    556: NO_MAIL_DOMAIN,
}
# In the text of a bare 550 these speak of the sender.
_ABOUT_US = re.compile(
    r"relay|spam|block|black|policy|spf|dkim|dmarc|sender|reputation|authenticat|reverse|\bptr\b|denied|helo",
    re.IGNORECASE,
)


def format_reply(code: int, raw: bytes | str) -> str:
    """Return a server's answer as one short line without addresses: ``550 5.7.1 Relaying denied``."""
    text = raw.decode(errors="replace") if isinstance(raw, bytes) else raw
    words = _ADDRESS.sub("...", " ".join(text.split()))
    printable = "".join(character for character in words if character.isprintable())
    return f"{code} {printable}".strip()[:ANSWER_LENGTH]


def undeliverable_reason(code: int, raw: bytes | str) -> str | None:
    """Return why a refused recipient's address cannot take mail; ``None`` when the refusal is not about it."""
    if code < PERMANENT:
        return None
    text = raw.decode(errors="replace") if isinstance(raw, bytes) else raw
    if found := _ENHANCED.match(text.strip()):
        if found[1] != "5":
            return None
        return _ABOUT_ADDRESS.get((int(found[2]), int(found[3])))
    return None if _ABOUT_US.search(text) else _BARE.get(code)


def recipient_error(code: int, raw: bytes | str) -> AddressRefused | MailNotSent:
    """Return what to raise for a refused RCPT."""
    reply = format_reply(code, raw)
    if reason := undeliverable_reason(code, raw):
        return AddressRefused(reason, reply)
    if code < PERMANENT:
        return _later(reply)
    return MailNotSent(
        f"The mail server rejected our mail for this recipient ({reply}).",
        "Read its response: it may require a sign-in (EMAIL_USER) or another sender, or block this server.",
    )


def sender_error(code: int, raw: bytes | str) -> MailNotSent:
    """Return what to raise for a refused MAIL FROM."""
    reply = format_reply(code, raw)
    if "starttls" in reply.lower():
        return MailNotSent(f"The mail server requires encryption ({reply}).", "Set EMAIL_SECURITY=starttls.")
    if code < PERMANENT:
        return _later(reply)
    if code == 530:
        return MailNotSent(
            f"The mail server requires a sign-in ({reply}).", "Set EMAIL_USER and EMAIL_PASSWORD."
        )
    return MailNotSent(
        f"The mail server rejected the sender ({reply}).",
        "Set DEFAULT_FROM_EMAIL to an address that this account may send from.",
    )


def content_error(code: int, raw: bytes | str) -> AddressRefused | MailNotSent:
    """Return what to raise for a refusal of the message itself. Some servers look the mailbox up only then."""
    reply = format_reply(code, raw)
    if code < PERMANENT:
        return _later(reply)
    text = raw.decode(errors="replace") if isinstance(raw, bytes) else raw
    if _ENHANCED.match(text.strip()) and (reason := undeliverable_reason(code, raw)):
        return AddressRefused(reason, reply)
    return MailNotSent(
        f"The mail server rejected the message ({reply}).",
        "Read its response: usually SPF, DKIM or the reputation of this server or sender is the reason.",
    )


def sign_in_error(error: Exception) -> MailNotSent:
    """Return what to raise when AUTH fails."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        reply = format_reply(error.smtp_code, error.smtp_error)
        if error.smtp_code < PERMANENT:
            return _later(reply)
        return MailNotSent(
            f"The mail server rejected the username or password ({reply}).",
            "Check EMAIL_USER and EMAIL_PASSWORD; many providers require an app password.",
        )
    return MailNotSent(
        "The mail server offers no sign-in method that the site supports.",
        "Use the provider's port for submission (587 or 465), or leave EMAIL_USER and EMAIL_PASSWORD empty.",
    )


def connection_error(error: Exception, options: Options, timeout: float, *, is_open: bool) -> MailNotSent:
    """Return what to raise when the line fails: no name, no answer, no TLS. ``is_open``: the server had greeted."""
    where = f"{options.host}:{options.port}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return MailNotSent(
            f"{where} does not offer STARTTLS.",
            f"Set EMAIL_SECURITY=tls with its port for TLS (usually {PORTS[TLS]}).",
        )
    if isinstance(error, smtplib.SMTPResponseException):
        reply = format_reply(error.smtp_code, error.smtp_error)
        if error.smtp_code < PERMANENT:
            return _later(reply)
        return MailNotSent(
            f"{where} refused the connection ({reply}).", "Read its response, and check EMAIL_HOST."
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return _not_trusted(error, options)
    if isinstance(error, ssl.SSLError):
        return MailNotSent(f"{where} doesn't use TLS there ({error.reason}).", _other_port(options))
    if isinstance(error, socket.gaierror):
        return MailNotSent(
            f"The name {options.host} was not found.", "Check EMAIL_HOST and this machine's DNS."
        )
    if isinstance(error, ConnectionRefusedError):
        return MailNotSent(f"Nothing listens at {where}.", "Check EMAIL_HOST and EMAIL_PORT.")
    is_late = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
    if is_open:
        what = f"did not answer within {timeout:g} s" if is_late else "closed the connection"
        return MailNotSent(f"The mail server {what} while receiving a message.")
    if is_late:
        return MailNotSent(f"{where} did not answer within {timeout:g} s.", _other_port(options))
    if isinstance(error, (smtplib.SMTPServerDisconnected, ConnectionResetError)):
        return MailNotSent(f"{where} closed the connection.", _other_port(options))
    reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return MailNotSent(f"{where} cannot be reached ({reason}).", "Check EMAIL_HOST and the network.")


def _not_trusted(error: ssl.SSLCertVerificationError, options: Options) -> MailNotSent:
    advice = {
        _EXPIRED: "Its operator must renew it.",
        _OTHER_NAME: "Set EMAIL_HOST to the name in the certificate.",
        _OTHER_ADDRESS: "Set EMAIL_HOST to the name in the certificate.",
    }.get(error.verify_code, "Install ca-certificates, or name the file of its authority in SSL_CERT_FILE.")
    why = error.verify_message.rstrip(".")
    return MailNotSent(f"The certificate of {options.host} is not trusted ({why}).", advice)


def _other_port(options: Options) -> str:
    """Return advice for a server that does not speak as expected: most often the port is of another security."""
    if options.security != TLS and options.port == PORTS[TLS]:
        return f"Port {PORTS[TLS]} requires EMAIL_SECURITY=tls."
    if options.security == TLS and options.port != PORTS[TLS]:
        return f"Port {options.port} probably requires EMAIL_SECURITY=starttls; tls is usually on port {PORTS[TLS]}."
    usual = PORTS[STARTTLS if options.security == NONE else options.security]
    return f"Check EMAIL_PORT (usually {usual}), and whether a firewall or the hosting provider blocks it."


def _later(reply: str) -> MailNotSent:
    return MailNotSent(f"The mail server asked us to try again later ({reply}).")
