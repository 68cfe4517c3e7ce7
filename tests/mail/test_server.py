"""The talk with a mail server: what it needs, what it answers, and the words for what goes wrong."""

import io
import re

import pytest
from django.core.mail import EmailMessage, get_connection
from django.core.management import CommandError, call_command

from streamsite.mail import smtp_errors
from streamsite.mail.errors import AddressRefused, MailNotSent
from streamsite.tasks.errors import PermanentFailure
from tests.support.flaky_proxy import Mode
from tests.support.smtp import HANG_UP, PASSWORD, MailServer


def send(to="somebody@example.org", **fields):
    return EmailMessage("Subject", "Text", to=[to], connection=get_connection(), **fields).send()


def sent_by_command(address="somebody@example.org"):
    """Return what ``send_test_mail`` prints."""
    out = io.StringIO()
    call_command("send_test_mail", address, stdout=out, no_color=True)
    return out.getvalue()


def test_mail_goes_through_a_provider_with_starttls_and_a_sign_in(provider):
    assert send("starttls@example.org") == 1
    assert provider.to("starttls@example.org")
    assert (provider.was_encrypted[-1], bool(provider.signed_in)) == (True, True)


def test_mail_goes_through_a_provider_with_tls_from_the_first_byte(use, tls_server, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    use(tls_server, security="tls", password=PASSWORD)
    assert send("tls@example.org") == 1
    assert tls_server.to("tls@example.org")
    assert tls_server.was_encrypted[-1]


def test_mail_goes_through_a_server_that_wants_nothing(server):
    assert send("plain@example.org") == 1
    assert server.to("plain@example.org")


def test_a_certificate_of_another_name_is_said(provider, settings):
    settings.EMAIL_HOST = "localhost"
    with pytest.raises(
        MailNotSent, match=r"Hostname mismatch.*Set EMAIL_HOST to the name in the certificate\."
    ):
        send()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_nobody_known_gets_no_password(use, starttls_server, tls_server, security):
    server = use(
        {"starttls": starttls_server, "tls": tls_server}[security], security=security, password=PASSWORD
    )
    signed_in = len(server.signed_in)
    with pytest.raises(MailNotSent, match=r"certificate of 127\.0\.0\.1 is not trusted .*SSL_CERT_FILE"):
        send()
    assert len(server.signed_in) == signed_in


def test_a_server_without_starttls_gets_no_mail(use, plain_server):
    use(plain_server, security="starttls")
    with pytest.raises(MailNotSent, match=r"does not offer STARTTLS\. Set EMAIL_SECURITY=tls"):
        send()


def test_plain_speech_where_tls_was_expected_is_named(use, plain_server):
    use(plain_server, security="tls")
    with pytest.raises(
        MailNotSent, match=r"doesn't use TLS there .* probably requires EMAIL_SECURITY=starttls"
    ):
        send()


def test_a_wrong_password_is_the_operators_problem(provider, settings):
    settings.EMAIL_HOST_PASSWORD = "wrong"
    with pytest.raises(MailNotSent, match=r"rejected the username or password \(535 .*Check EMAIL_USER"):
        send()


def test_a_missing_sign_in_is_the_operators_problem(provider, settings):
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    with pytest.raises(MailNotSent, match=r"requires a sign-in \(530 .*Set EMAIL_USER"):
        send()


def test_a_sign_in_that_is_not_offered_is_said(use, plain_server):
    use(plain_server, password=PASSWORD)
    with pytest.raises(MailNotSent, match="no sign-in method"):
        send()


@pytest.mark.parametrize(
    ("command", "said", "words"),
    [
        ("MAIL", "550 5.7.1 Sender not allowed", "rejected the sender .*DEFAULT_FROM_EMAIL"),
        ("MAIL", "451 4.3.0 Busy", "try again later"),
        ("RCPT", "451 4.7.1 Greylisted", "try again later"),
        ("RCPT", "554 5.7.1 Relaying denied", "rejected our mail for this recipient"),
        ("RCPT", "550 Blocked, see http://example.org", "rejected our mail for this recipient"),
        ("DATA", "550 5.7.26 Unauthenticated", "rejected the message .*SPF"),
        ("DATA", "452 4.3.1 Full", "try again later"),
    ],
)
def test_what_is_not_about_the_address_is_worth_another_try(server, command, said, words):
    server.answers[command].append(said)
    with pytest.raises(MailNotSent, match=words):
        send()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("RCPT", "550 5.1.1 No such user"),
        ("RCPT", "550 no such mailbox"),
        ("DATA", "550 5.1.1 User unknown"),
    ],
)
def test_an_address_that_is_refused_is_not_tried_again(server, command, said):
    server.answers[command].append(said)
    with pytest.raises(AddressRefused) as caught:
        send("somebody@example.org")
    assert caught.value.reason == smtp_errors.NO_MAILBOX
    assert "somebody" not in str(caught.value)


@pytest.mark.parametrize("mode", [Mode.CUT, Mode.RESET, Mode.SILENT])
def test_a_line_that_fails_is_worth_another_try(proxy, mode):
    proxy.mode = mode
    with pytest.raises(MailNotSent, match=r"closed the connection|did not answer within 0\.3 s"):
        send()


def test_a_line_that_is_cut_after_the_message_is_worth_another_try(server):
    server.answers["DATA"].append(HANG_UP)
    with pytest.raises(MailNotSent, match="while receiving a message"):
        send("cut@example.org")
    assert len(server.to("cut@example.org")) == 1


def test_a_port_where_nothing_listens_is_said(server, settings):
    settings.EMAIL_PORT = 1
    with pytest.raises(MailNotSent, match=r"Nothing listens at 127\.0\.0\.1:1\."):
        send()


def test_letters_outside_ascii_go_to_servers_that_take_them(use, server):
    with pytest.raises(AddressRefused) as caught:
        send("jürgen@example.org")
    assert caught.value.reason == smtp_errors.NOT_ASCII
    modern = use(MailServer(has_smtputf8=True))
    try:
        send("jürgen@bücher.example")
        assert modern.recipients == [["jürgen@xn--bcher-kva.example"]]
        assert "jürgen@xn--bcher-kva.example" in modern.messages[0].as_bytes().decode()
    finally:
        modern.stop()


def test_names_outside_ascii_are_encoded(server, settings):
    settings.DEFAULT_FROM_EMAIL = "Vidéos <no-reply@vidéo.example>"
    send("names@example.org")
    (message,) = server.to("names@example.org")
    assert message["From"] == "=?utf-8?q?Vid=C3=A9os?= <no-reply@xn--vido-dpa.example>"


def test_a_line_break_in_an_address_makes_no_header(server):
    taken = len(server.messages)
    with pytest.raises(PermanentFailure, match="line break"):
        send("somebody@example.org\nBcc: other@example.org")
    assert len(server.messages) == taken


def test_the_command_tells_every_step(provider, settings):
    settings.DEFAULT_FROM_EMAIL = "no-reply@example.org"
    words = sent_by_command("command@example.org")
    assert re.search(
        r"127\.0\.0\.1, port \d+, STARTTLS, as mailer\.\nFrom no-reply@example\.org to command@example\.org\.\n"
        r"Connected\.\nThe connection is encrypted with TLS 1\.3, and the certificate is trusted\.\nSigned in\.\n"
        r"Sender accepted: 250 OK\nRecipient accepted: 250 OK\nMessage accepted: 250 OK\n",
        words,
    )
    (message,) = provider.to("command@example.org")
    assert message["Message-ID"].endswith("@localhost>")


def test_the_command_says_what_to_do(provider, settings):
    provider.answers["RCPT"].extend(["550 5.1.1 Unknown", "451 Later"])
    for words in (
        r"\(550 5\.1\.1 Unknown\)\. The mailbox doesn't exist\. Check the address",
        r"try again later .*in a few minutes",
    ):
        with pytest.raises(CommandError, match=words):
            sent_by_command()
    settings.EMAIL_HOST_PASSWORD = "wrong"
    with pytest.raises(CommandError, match="Check EMAIL_USER and EMAIL_PASSWORD"):
        sent_by_command()
    settings.EMAIL_HOST = ""
    with pytest.raises(CommandError, match="EMAIL_HOST is not set"):
        sent_by_command()
    with pytest.raises(CommandError, match="is not an email address"):
        sent_by_command("nobody")


@pytest.mark.parametrize(
    ("code", "text", "reason"),
    [
        (550, "5.1.1 <a@b.org>: Recipient address rejected: User unknown", smtp_errors.NO_MAILBOX),
        (550, "5.4.1 Recipient address rejected: Access denied", smtp_errors.NO_MAILBOX),
        (550, "5.2.1 The account is disabled", smtp_errors.CLOSED_MAILBOX),
        (556, "5.1.10 Domain does not accept mail", smtp_errors.NO_MAIL_DOMAIN),
        (553, "not a valid mailbox", smtp_errors.NOT_VALID),
        (550, "No such user here", smtp_errors.NO_MAILBOX),
        (552, "5.2.2 Mailbox full", None),
        (550, "5.7.1 Relaying denied", None),
        (550, "5.1.8 Sender address rejected: Domain not found", None),
        (554, "Blocked by a blacklist", None),
        (550, "Sender verify failed", None),
        (550, "relay not permitted", None),
        (550, "4.7.1 Try later", None),
        (450, "4.1.1 Unverified", None),
        (535, "5.7.8 Authentication failed", None),
    ],
)
def test_only_refusals_of_the_address_itself_mark_it(code, text, reason):
    assert smtp_errors.undeliverable_reason(code, text) == reason


def test_answers_are_short_and_name_nobody():
    said = smtp_errors.format_reply(550, b"5.1.1 <ann@example.org>:\r\n Recipient \x1b[31m" + b"x" * 500)
    assert said.startswith("550 5.1.1 ... Recipient [31mxxx")
    assert len(said) == smtp_errors.ANSWER_LENGTH
