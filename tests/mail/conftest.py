"""Mail servers of every kind, one each for all tests, and the site's settings for one of them."""

import pytest

from tests.support import certificates
from tests.support.flaky_proxy import FlakyProxy
from tests.support.smtp import PASSWORD, USER, MailServer


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """The file of the authority, and the context of servers that show its certificate."""
    authority, server = certificates.make_certificate_files(tmp_path_factory.mktemp("certificates"))
    return authority, certificates.server_context(server)


@pytest.fixture(scope="session")
def plain_server():
    running = MailServer()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def starttls_server(certificate):
    """As providers run it on 587: STARTTLS and a sign-in."""
    running = MailServer(tls=certificate[1], needs_sign_in=True)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def tls_server(certificate):
    """As providers run it on 465: TLS from the first byte and a sign-in."""
    running = MailServer(tls=certificate[1], is_implicit=True, needs_sign_in=True)
    yield running
    running.stop()


@pytest.fixture
def use(settings):
    """Point the site's settings at a mail server or at what stands in front of one."""

    def configure(server, *, security="none", password="", timeout=5.0):
        settings.EMAIL_BACKEND = "streamsite.mail.backends.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_SECURITY, settings.EMAIL_TIMEOUT = security, timeout
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = USER if password else "", password
        if isinstance(server, MailServer):
            server.answers.clear()
        return server

    return configure


@pytest.fixture
def provider(use, starttls_server, certificate, monkeypatch):
    """A provider that is configured rightly."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    return use(starttls_server, security="starttls", password=PASSWORD)


@pytest.fixture
def server(use, plain_server):
    """A server of this machine that wants nothing."""
    return use(plain_server)


@pytest.fixture
def proxy(use, plain_server):
    """That server behind a line that can be cut, reset, or silent."""
    made = FlakyProxy(plain_server.port)
    yield use(made, timeout=0.3)
    made.stop()
