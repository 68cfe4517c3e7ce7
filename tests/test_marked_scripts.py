"""Every text of the scripts that people read or hear goes through gettext; a parser finds the others."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.support import npm
from tests.support.node import NODE

ROOT = Path(__file__).resolve().parent.parent
CATALOGS = ROOT / "static" / "js" / "catalogs"
FILES = sorted(path for path in (ROOT / "static" / "js").rglob("*.js") if path.parent != CATALOGS)
CHECKER = ROOT / "tests" / "js" / "support" / "unmarked.js"
SELECTORS = "selectors"
PROTOCOL = "names of a protocol or of the browser"
DEVELOPERS = "for developers who embed the player, in English as docs/embedding.md"
# What looks like a text and is none: the file, how it begins, and why.
ALLOWED = {
    ("account.js", "__Host-account"): PROTOCOL,
    ("account.js", "…=; Max-Age=0; path=/"): PROTOCOL,
    ("account.js", "; Secure"): PROTOCOL,
    ("api.js", "__Host-csrftoken"): PROTOCOL,
    ("charts.js", "Etc/UTC"): PROTOCOL,
    ("chips.js", "ArrowLeft"): PROTOCOL,
    ("chips.js", "ArrowRight"): PROTOCOL,
    ("dialog.js", "textarea, input:not("): SELECTORS,
    ("drafts.js", "…=; Max-Age=0; path=/"): PROTOCOL,
    ("editor/cue-rows.js", "Alt+"): "keys, as they are written on them",
    ("embed-playlist.js", "This video can't be shown on this site"): DEVELOPERS,
    ("embed/protocol.js", "Method not supported: "): DEVELOPERS,
    ("fields.js", "textarea, input"): SELECTORS,
    ("focus.js", "textarea, select, "): SELECTORS,
    ("player/gestures.js", "media-control-bar, "): SELECTORS,
    ("player/keys.js", "button, a, summary, "): SELECTORS,
    ("push/worker.js", "__Host-csrftoken"): PROTOCOL,
    **{
        ("player/keys.js", key): PROTOCOL
        for key in (
            "ArrowLeft",
            "ArrowRight",
            "ArrowUp",
            "ArrowDown",
            "Home",
            "End",
            "PageUp",
            "PageDown",
        )
    },
    ("token-panel/client.js", "Bearer "): PROTOCOL,
}


def unmarked(*files: str | Path, source: str | None = None) -> list[dict]:
    """Return the texts without a translation as `{file, line, text, reason}`."""
    done = subprocess.run(
        [NODE, CHECKER, npm.file_of("acorn"), *files],
        input=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module", autouse=True)
def parser():
    """Skip without the parser: it comes from npm."""
    try:
        npm.file_of("acorn")
    except npm.NpmMissingError as error:
        pytest.skip(str(error))


def test_every_text_of_the_scripts_is_marked_for_translation():
    used = set()
    left = []
    for one in unmarked(*FILES):
        name = str(Path(one["file"]).relative_to(ROOT / "static" / "js"))
        match = next((key for key in ALLOWED if key[0] == name and one["text"].startswith(key[1])), None)
        if match and one["reason"] == "prose":
            used.add(match)
        else:
            left.append(f"{name}:{one['line']} ({one['reason']}): {one['text']}")
    assert left == []
    assert set(ALLOWED) - used == set(), "no longer needed"


def test_no_text_is_both_plain_and_the_singular_of_a_plural():
    """A catalog has one entry for both."""
    text = "\n".join(file.read_text() for file in FILES)
    plain = set(re.findall(r'(?<![\w.])gettext\(\s*"((?:[^"\\]|\\.)*)"', text))
    counted = set(re.findall(r'ngettext\(\s*"((?:[^"\\]|\\.)*)"', text))
    assert len(plain) > 200
    assert len(counted) > 10
    assert plain & counted == set()


@pytest.mark.parametrize(
    "source",
    [
        'box.textContent = "saved";',
        'box.textContent = isIn ? gettext("Saved") : "removed";',
        "box.textContent = `${count} videos`;",
        'button.setAttribute("aria-label", isDark ? "Light" : "Dark");',
        'button.ariaLabel = "close";',
        'el("button", { class: "btn", "aria-label": "dismiss" });',
        'el("p", {}, el("b", {}, "more"));',
        'el("input", { placeholder: "find" });',
        'list.append("and others");',
        "box.replaceChildren(`page ${number}`);",
        "toast(`${name} blocked`);",
        'toast(text, { level: "error", action: "undo" });',
        'confirmAction(gettext("Delete?"), "gone", gettext("Delete"));',
        'const TITLES = { queued: "Waiting" };',
        'const span = () => "less than a minute";',
        'check("Autoplay", id);',
        'throw new Error("refused");',
        'log(line, answer, "Signed in: a session starts.");',
        'field.title = name + " is needed";',
        "gettext(`Delete ${name}?`);",
        "gettext(text);",
        'ngettext("one", many, count);',
    ],
)
def test_a_text_without_a_mark_is_found(source):
    assert unmarked("-", source=source) != []


@pytest.mark.parametrize(
    "source",
    [
        'import { el } from "./User Interface.js";',
        'box.textContent = gettext("Saved");',
        'box.textContent = interpolate(ngettext("%(count)s reply", "%(count)s replies", n), { count: n });',
        'el("span", { class: "soft small", id: "Main Part" }, title, " ", " · ");',
        'document.querySelector("dialog, .end .btn").addEventListener("click", close);',
        'if (event.key === "Enter" || ["ArrowUp", "Escape"].includes(event.key)) go();',
        "const headers = { 'Content-Type': \"Application/JSON\" };",
        'box.setAttribute("role", "Main Part");',
        "part.dataset.state = `g${number}`;",
    ],
)
def test_what_is_no_text_needs_no_mark(source):
    assert unmarked("-", source=source) == []
