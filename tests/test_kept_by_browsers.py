"""Every key that the site keeps in a browser has a row, with its owner and its life, in the decision about them."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
PAGE = (ROOT / "docs/decisions/0034-what-a-browser-keeps.md").read_text()
ROW = re.compile(r"^\| `([^`]+)` \| (local|session|cookie) \| (device|visitor|account) \| ([^|]+) \|", re.M)
ROWS = {(place, name): (owner, life) for name, place, owner, life in ROW.findall(PAGE)}
ENTRY = re.compile(r'^  "?([\w:-]+)"?: \{ owner: "(\w+)", life: "([^"]+)"', re.M)
# A call that sets a cookie, by the name of its file and of what it passes as the cookie's name.
COOKIES = {
    ("accounts/account_marks.py", "COOKIE"): ["account"],
    ("accounts/oidc/states.py", "COOKIE"): ["oidc"],
    ("accounts/passkeys/challenges.py", "COOKIE"): ["passkey"],
    ("accounts/refresh_cookie.py", "NAME"): ["refresh"],
    ("accounts/views/_links.py", "name"): ["reset_link", "email_link", "setup_link"],
    ("streamsite/languages.py", "name"): ["language"],
    ("streamsite/site_settings/views.py", "BANNER_COOKIE"): ["banner"],
    ("streamsite/drafts.py", "*(COOKIE"): ["draft-sent"],
    ("videos/share_links.py", "_cookie_name(link.video_id)"): ["share-"],
}
DJANGOS = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages"}


def test_every_key_of_the_storage_has_a_row_that_says_what_the_registry_says():
    registry = (ROOT / "static/js/browser-storage.js").read_text()
    entries = ENTRY.findall(registry)
    assert len(entries) == registry.count("{ owner: ")
    known = {("session" if life == "tab" else "local", name): (owner, life) for name, owner, life in entries}
    assert known == {key: row for key, row in ROWS.items() if key[0] != "cookie"}


def test_every_cookie_has_a_row():
    calls = set()
    for path in ROOT.glob("[!.]*/**/*.py"):
        if "tests" not in path.parts and "testing" not in path.parts:
            for name in re.findall(r"\bset_(?:signed_)?cookie\(\s*([^,\n]+),", path.read_text()):
                calls.add((str(path.relative_to(ROOT)), name))
    assert calls == set(COOKIES)
    ours = {name for names in COOKIES.values() for name in names}
    assert {name for place, name in ROWS if place == "cookie"} == ours | DJANGOS


def test_scripts_keep_things_nowhere_else():
    for path in SCRIPTS:
        text = path.read_text()
        assert not re.search(r"\bindexedDB\b|\bcaches\.open\b|storageBuckets", text), path
    # Files that are being uploaded are in the memory of a worker, from one page to the next.
    workers = {path.name for path in SCRIPTS if "serviceWorker" in path.read_text()}
    # Notifications need one as well, and the page hears of it which of them was opened.
    assert workers == {"keeper.js", "upload-dock.js", "browser.js", "unread-badge.js"}
    writers = {path.name for path in SCRIPTS if re.search(r"document\.cookie = ", path.read_text())}
    assert writers == {"account.js", "drafts.js"}  # they only delete what the server has set
