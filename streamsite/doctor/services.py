"""Checks of what runs beside this command: workers, the site's own address, its certificate, and the mail server."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from streamsite import __version__, health
from streamsite.doctor.registry import Finding, ok, problem, register_check, warning
from streamsite.mail.backends import configured_options
from streamsite.mail.errors import MailNotSent
from streamsite.mail.smtp_session import SmtpSession
from streamsite.tasks import control
from streamsite.tasks.errors import PermanentFailure

SECONDS = 5.0
DAY = 86_400
# Certificates of public authorities are renewed when a third of 90 days or less is left.
MIN_CERTIFICATE_DAYS = 14
MAX_BODY = 100_000


@dataclass(frozen=True)
class Answer:
    """A response of the site: status, headers with lower-case names, and the first bytes of the body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Unreachable(Exception):
    """The site did not answer at its address; the message says why."""


class Untrusted(Unreachable):
    """The site's certificate is not valid for this machine; the message says why."""


def ask_site(path: str) -> Answer:
    """Ask for a path at ``SITE_URL``, as a browser on this machine would. Raises ``Unreachable``."""
    parts = urlsplit(settings.SITE_URL)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("GET", path, headers={"User-Agent": "streamsite-doctor"})
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read(MAX_BODY))
    except ssl.SSLCertVerificationError as error:
        raise Untrusted(f"its certificate is not valid ({error.verify_message})") from None
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(str(error) or type(error).__name__) from None
    finally:
        connection.close()


def check_address() -> Iterator[Finding]:
    """Check that the site answers at its address, and with this version."""
    url = settings.SITE_URL
    try:
        answer = ask_site("/healthz")
        version = json.loads(answer.body)["version"] if answer.status == 200 else ""
    except Untrusted as error:
        yield problem(
            f"{url} cannot be trusted: {error}.",
            "Renew the certificate, or give the whole chain to the web server in front. For an authority of your own "
            "set SSL_CERT_FILE (docs/operations.md, 'Mail').",
        )
        return
    except Unreachable as error:
        yield problem(
            f"The site does not answer at {url}: {error}.",
            "Start it; or correct SITE_URL, the name's DNS entry, the firewall, or the proxy in front.",
        )
        return
    except (ValueError, KeyError, TypeError):
        version = ""
    if not version:
        yield problem(
            f"Something else answers at {url}: /healthz is {answer.status} and not Streamsite's.",
            "Correct SITE_URL, or where the proxy in front sends requests.",
        )
    elif version != __version__:
        yield warning(
            f"Version {version} answers at {url}; this command is of {__version__}.",
            "Restart the site after an update.",
        )
    else:
        yield ok(f"Version {version} answers at {url}.")


def check_certificate() -> Iterator[Finding]:
    """Check how long the certificate of an https site is valid."""
    parts = urlsplit(settings.SITE_URL)
    if parts.scheme != "https":
        return
    host = parts.hostname or ""
    try:
        with (
            socket.create_connection((host, parts.port or 443), timeout=SECONDS) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secured,
        ):
            certificate = secured.getpeercert() or {}
    except OSError:  # said by check_address
        return
    days = (ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time()) / DAY
    if days < MIN_CERTIFICATE_DAYS:
        yield warning(
            f"The certificate of {host} is valid for {days:.0f} more days only.",
            "Renew it, and see why it was not renewed: the log of what obtains it.",
        )
    else:
        yield ok(f"The certificate of {host} is valid for {days:.0f} more days.")


def check_workers() -> Iterator[Finding]:
    """Check that every queue has a worker, and that no job waits or failed."""
    if told := health.missing_workers():
        yield problem(
            told, "Start one: manage.py run_worker --queue NAME, or see docs/operations.md, 'Jobs'."
        )
    else:
        yield ok("Every queue has a worker.")
    if count := control.count_waiting_for_space():
        yield warning(
            f"Jobs that wait for free space on the disk: {count}.",
            "Free space: manage.py sweep --empty-trash; see docs/operations.md, 'Space for jobs'.",
        )
    if told := health.overdue_queues():
        yield warning(told, "Look at the worker's log, and at Jobs in the admin; more workers help.")
    if failed := control.count_failed_since(DAY):
        yield warning(
            f"{failed} jobs failed for good during the last day.",
            "Jobs in the admin shows the reasons, and can run them again.",
        )


def check_mail() -> Iterator[Finding]:
    """Sign in to the mail server, and send nothing."""
    if not settings.EMAIL_HOST:
        if settings.IS_HTTPS:
            return  # said by the settings' check
        yield ok("No mail server is set: mail is written to files in the data folder.")
        return
    session = SmtpSession(configured_options(), timeout=SECONDS, our_name=socket.gethostname())
    try:
        session.open()
    except (MailNotSent, PermanentFailure) as error:
        yield problem(str(error), "manage.py send_test_mail ADDRESS shows each step.")
    else:
        yield ok(f"The mail server {settings.EMAIL_HOST} lets the site in.")
    finally:
        session.close()


register_check("Site", check_address)
register_check("Site", check_certificate)
register_check("Jobs", check_workers, needs_database=True)
register_check("Mail", check_mail)
