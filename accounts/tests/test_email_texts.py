"""Emails: both forms say the same, greet the account, and name the site."""

import html
import re

import pytest
from django.core import mail as outbox

from accounts import mail

DETAILS = {
    "email_change": {"new_address": "new@example.org"},
    "email_changed": {"new_address": "new@example.org"},
    "staff_email_change": {"new_address": "new@example.org"},
    "refresh_reused": {"user_agent": "curl/8", "ip_prefix": "192.0.2.0/24"},
    "recovery_code_used": {"left": 1},
    "otp_failures": {"failures": 5, "is_signed_in": False, "user_agent": "", "ip_prefix": ""},
    "api_token_created": {"token_name": "backup & <b>"},
    "export_ready": {"day": "2027-03-05"},
    "import_done": {"source": "PeerTube"},
    "erase_asked": {"due": "2027-03-05"},
    "digest": {
        "lines": [{"text": "Anna & Ben published “A”", "link": "http://x/a", "stop": "http://x/b"}],
        "more": 2,
        "link": "http://x/settings",
    },
    "decision": {
        "about": "comment_on",
        "title": "Ants & <i>",
        "outcome": "It breaks our rules, so we removed it.",
        "consequence": "",
        "notice": "Be kind.",
        "link": "http://x/decision",
    },
    "webhook_created": {"address": "https://example.org/hook?a=1&b=2"},
    "webhook_disabled": {"address": "https://example.org/hook?a=1&b=2"},
    "registration_declined": {"note": "Sorry."},
    "registration_queue": {"waiting": 3},
}
TAGS = re.compile(r"<style.*?</style>|<title.*?</title>|<[^>]+>", re.DOTALL)


def words(text):
    """Return the words of a text, without the link that the HTML form repeats."""
    return [word for word in re.sub(r"https?://\S+", " ", text).split() if word not in {"--", "()."}]


def written(user, kind):
    """Return an email's subject, text, and the text of its HTML form."""
    mail.send(kind, user, user.email, **DETAILS.get(kind, {}))
    message = outbox.outbox[-1]
    return message.subject, message.body, html.unescape(TAGS.sub(" ", message.alternatives[0].content))


@pytest.mark.parametrize("kind", mail.SUBJECTS)
def test_both_forms_of_an_email_say_the_same(cast, kind):
    subject, text, page = written(cast.owner, kind)
    assert subject == f"Streamsite: {mail.SUBJECTS[kind]}"
    assert "Hi owner," in text
    assert "owner@example.org is the email address of the account owner on Streamsite" in text
    assert not re.search(r"&(amp|#x27|lt|quot);|%\(|\{\{|None", text + page)
    missing = [word for word in words(text) if word.strip(".():“”") not in page]
    assert missing == []


def test_counts_have_their_own_forms(cast):
    assert "1 recovery code is left." in written(cast.owner, "recovery_code_used")[1]
    assert "entered 5 incorrect two-factor codes." in written(cast.owner, "otp_failures")[1]
    assert "Unknown device (unknown network)" in written(cast.owner, "otp_failures")[1]
    assert "permanently deleted on Mar 5, 2027." in written(cast.owner, "erase_asked")[1]


def test_values_are_text_in_both_forms(cast):
    mail.send("api_token_created", cast.owner, cast.owner.email, **DETAILS["api_token_created"])
    message = outbox.outbox[-1]
    assert "The API token “backup & <b>” was created" in message.body
    assert "<bdi>backup &amp; &lt;b&gt;</bdi>" in message.alternatives[0].content
