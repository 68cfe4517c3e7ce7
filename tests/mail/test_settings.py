"""The email settings, and combinations that are refused."""

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from streamsite.mail import options

NAMES = (
    *("EMAIL_HOST", "EMAIL_PORT", "EMAIL_SECURITY", "EMAIL_USER", "EMAIL_PASSWORD", "EMAIL_PASSWORD_FILE"),
    *("EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "EMAIL_USE_SSL", "DEFAULT_FROM_EMAIL"),
)
PROVIDER = {"EMAIL_HOST": "smtp.example.org", "EMAIL_USER": "mailer", "EMAIL_PASSWORD": "secret"}
OLD_PROVIDER = {
    "EMAIL_HOST": "smtp.example.org",
    "EMAIL_HOST_USER": "mailer",
    "EMAIL_HOST_PASSWORD": "secret",
}


@pytest.fixture
def read(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)

    def read_with(**environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return options.read_options()

    return read_with


@pytest.mark.parametrize(
    ("environment", "port", "security"),
    [
        ({"EMAIL_HOST": "localhost"}, 25, "none"),
        # What an installation from before these settings had.
        ({"EMAIL_HOST": "mail.example.org"}, 25, "none"),
        ({"EMAIL_HOST": "mail.example.org", "EMAIL_PORT": "587"}, 587, "none"),
        (OLD_PROVIDER | {"EMAIL_USE_TLS": "1"}, 25, "starttls"),
        (OLD_PROVIDER | {"EMAIL_USE_TLS": "1", "EMAIL_PORT": "587"}, 587, "starttls"),
        (OLD_PROVIDER | {"EMAIL_USE_SSL": "1"}, 465, "tls"),
        (PROVIDER, 587, "starttls"),
        (PROVIDER | {"EMAIL_PORT": "465"}, 465, "tls"),
        (PROVIDER | {"EMAIL_PORT": "2525"}, 2525, "starttls"),
        (PROVIDER | {"EMAIL_SECURITY": "tls"}, 465, "tls"),
        (PROVIDER | {"EMAIL_HOST": "127.0.0.1"}, 25, "none"),
        ({"EMAIL_HOST": "mail.example.org", "EMAIL_SECURITY": "starttls"}, 587, "starttls"),
    ],
)
def test_what_is_not_said_follows_from_what_is(read, environment, port, security):
    found = read(**environment)
    assert (found.port, found.security) == (port, security)
    is_signed_in = "EMAIL_USER" in environment or "EMAIL_HOST_USER" in environment
    assert (found.user, found.password) == (("mailer", "secret") if is_signed_in else ("", ""))


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"EMAIL_USER": "mailer"}, "EMAIL_USER is set without EMAIL_PASSWORD"),
        ({"EMAIL_PASSWORD": "secret"}, "EMAIL_PASSWORD is set without EMAIL_USER"),
        (PROVIDER | {"EMAIL_SECURITY": "none"}, "would send the password to smtp.example.org unencrypted"),
        (
            PROVIDER | {"EMAIL_PASSWORD_FILE": "/run/secret"},
            "EMAIL_PASSWORD and EMAIL_PASSWORD_FILE are both set",
        ),
        (
            PROVIDER | {"EMAIL_SECURITY": "ssl"},
            "EMAIL_SECURITY=ssl cannot work: use one of starttls, tls, none",
        ),
        (
            PROVIDER | {"EMAIL_SECURITY": "tls", "EMAIL_USE_TLS": "1"},
            "EMAIL_SECURITY=tls contradicts EMAIL_USE_TLS",
        ),
        (PROVIDER | {"EMAIL_USE_TLS": "1", "EMAIL_USE_SSL": "1"}, "exclude each other"),
        (PROVIDER | {"EMAIL_PORT": "smtp"}, "EMAIL_PORT=smtp cannot work: use a whole number"),
        (
            PROVIDER | {"EMAIL_PORT": "70000"},
            "EMAIL_PORT=70000 cannot work: use a whole number between 1 and 65535",
        ),
        (PROVIDER | {"EMAIL_PASSWORD": "sécret"}, "must be ASCII"),
    ],
)
def test_contradictions_stop_the_start_with_a_sentence(read, environment, words):
    with pytest.raises(ImproperlyConfigured, match=words) as caught:
        read(**{"EMAIL_HOST": "smtp.example.org"} | environment)
    assert "secret" not in str(caught.value).replace("/run/secret", "")


def test_the_password_may_come_from_a_file(read, tmp_path):
    (tmp_path / "password").write_text("from a file\n")
    found = read(
        EMAIL_HOST="smtp.example.org", EMAIL_USER="a", EMAIL_PASSWORD_FILE=str(tmp_path / "password")
    )
    assert found.password == "from a file"
    assert "from a file" not in repr(found)


def test_the_sender_is_the_sites_unless_said(monkeypatch):
    monkeypatch.delenv("DEFAULT_FROM_EMAIL", raising=False)
    assert (
        options.default_sender("Streamsite", "video.example.org") == "Streamsite <no-reply@video.example.org>"
    )
    for wrong in (
        "nobody",
        "Videos, Inc <a@example.org>",
        "jürgen@example.org",
        "a@example.org\nBcc: b@example.org",
    ):
        monkeypatch.setenv("DEFAULT_FROM_EMAIL", wrong)
        with pytest.raises(ImproperlyConfigured, match="DEFAULT_FROM_EMAIL must look like"):
            options.default_sender("Streamsite", "video.example.org")


def test_the_deployment_check_warns_of_what_works_and_should_not(settings):
    settings.IS_HTTPS = True
    settings.EMAIL_HOST, settings.EMAIL_SECURITY = "mail.example.org", "none"
    settings.DEFAULT_FROM_EMAIL = "Streamsite <no-reply@localhost>"
    found = {entry.id: entry.msg for entry in run_checks(include_deployment_checks=True, databases=[])}
    assert "unencrypted" in found["streamsite.W020"]
    assert "@localhost" in found["streamsite.W021"]
    settings.EMAIL_SECURITY, settings.DEFAULT_FROM_EMAIL = "starttls", "no-reply@video.example.org"
    found = {entry.id for entry in run_checks(include_deployment_checks=True, databases=[])}
    assert not {"streamsite.W020", "streamsite.W021"} & found
