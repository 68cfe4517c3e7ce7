"""The guide to tokens: every example runs and prints what the guide says, and the page is the file."""

import html
import re
import shutil
import subprocess
import sys

import pytest
import requests
from django.conf import settings

from accounts import api_tokens
from streamsite.markdown_pages import WRITTEN_ORIGIN, heading_id
from tests.support import snippets
from tests.support.guide_apps import APPS, PAGE_FILES, VERIFIERS
from tests.support.node import NODE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
FILE = settings.BASE_DIR / "docs" / "tokens.md"
TEXT = FILE.read_text(encoding="utf-8")
BLOCKS = snippets.parse_blocks(TEXT)
LANGUAGES = {"sh", "python", "js browser", "js node"}
PASSWORD = "correct horse battery"


def of(language):
    return [block for block in BLOCKS if block.language == language]


@pytest.fixture
def local(site, request):
    """Text of the guide with this site's address and, per test, a person of its own."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name)[-28:].strip("-")
    return lambda text: text.replace(WRITTEN_ORIGIN, site.url).replace("ann-b", name)


@pytest.fixture
def registered(site, local):
    """The person of this test has an account."""
    body = {"username": local("ann-b"), "email": local("ann-b@example.org"), "password": PASSWORD}
    assert requests.post(f"{site.url}/api/v1/auth/register", json=body, timeout=30).status_code == 201


def run(command, program, folder):
    done = subprocess.run(
        command, input=program, cwd=folder, text=True, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def test_an_output_that_differs_is_noticed():
    assert snippets.matches_output('{"a":"…"}\n200\n', '{"a":"x"}\n200')
    for printed in (
        '{"a":"x"}\n201',
        '{"a":"x"}',
        '{"b":"x"}\n200',
        '{"a":"x\n"}\n200',
        '{"a":"x"}\n200\n200',
    ):
        assert not snippets.matches_output('{"a":"…"}\n200\n', printed)
    with pytest.raises(AssertionError, match="stopped early"):
        snippets.check_output([snippets.Block("sh", "true")], "", str)


def test_there_are_examples_of_every_kind_and_all_of_them_are_run():
    """Here, or in ``test_guide_apps.py`` where they are whole files and the packages that those need."""
    files = snippets.files_of(BLOCKS)
    assert {block.language for block in BLOCKS} == LANGUAGES | {snippets.SETUP} | {
        block.language for block in BLOCKS if block.code in files.values()
    }
    assert set(files) == {*APPS, *VERIFIERS, *PAGE_FILES}
    assert all(any(block.prints for block in of(language)) for language in LANGUAGES)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the program curl is not installed")
def test_shell(local, tmp_path):
    program = "set -eu\n" + snippets.join_blocks(of("sh"), f"echo; echo '{snippets.BLOCK_END}'")
    snippets.check_output(of("sh"), run(["bash"], local(program), tmp_path), local)


def test_python(local, registered, tmp_path):
    program = snippets.join_blocks(of("python"), f"print({snippets.BLOCK_END!r})")
    snippets.check_output(of("python"), run([sys.executable, "-"], local(program), tmp_path), local)
    assert list(tmp_path.glob("*.new")) == []
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_node(local, registered, tmp_path):
    program = snippets.join_blocks(of("js node"), f"console.log({snippets.BLOCK_END!r})")
    command = [NODE, "--input-type=module", "-"]
    snippets.check_output(of("js node"), run(command, local(program), tmp_path), local)


@pytest.mark.browser
def test_browser(site, chromium, local, registered):
    program = local(snippets.join_blocks(of("js browser"), f"console.log({snippets.BLOCK_END!r});"))
    lines = []
    page = chromium.new_page()
    page.on("console", lambda message: lines.append(message) if message.type == "log" else None)
    page.goto(f"{site.url}/developers/tokens")
    page.add_script_tag(url=f"{settings.STATIC_URL}vendor/tus-js-client-4.3.1/tus.min.js")
    page.evaluate(f"async () => {{ {program} }}")
    snippets.check_output(of("js browser"), "\n".join(message.text for message in lines), local)


# --- the page is the file ---


@pytest.fixture
def page(client, database):
    answer = client.get("/developers/tokens")
    assert answer.status_code == 200
    return answer.content.decode()


def plain(markup):
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def test_the_page_shows_every_example_as_it_is_in_the_file(page):
    guide = re.sub(r"<section.*?</section>", "", page, flags=re.DOTALL)  # without the live panel
    shown = [plain(code).strip() for code in re.findall(r"<pre[^>]*><code>(.*?)</code>", guide, re.DOTALL)]
    written = [text for block in BLOCKS for text in (block.code, block.prints) if text is not None]
    assert shown == [text.replace(WRITTEN_ORIGIN, settings.SITE_URL).strip() for text in written]
    for name in snippets.files_of(BLOCKS):
        assert f'<p class="code-label">{name}</p>' in page


def test_the_page_has_every_section_and_table_row_and_its_contents_lead_to_them(page):
    prose = snippets.FENCE.sub("", TEXT)
    for title in re.findall(r"^## (.+)$", prose, re.MULTILINE):
        assert f'<a href="#{heading_id(title)}">{html.escape(title)}</a>' in page
    for title in re.findall(r"^##+ (.+)$", prose, re.MULTILINE):
        assert re.search(rf'<h[234] id="{heading_id(title)}"', page), title
    rows = re.findall(r"^\|(?!\s*-|-)", prose, re.MULTILINE)
    assert page.count("<tr>") == len(rows)


def test_links_within_the_file_have_a_target(page):
    targets = re.findall(r'<a href="#([^"]+)"', page)
    assert len(targets) > 10
    assert [target for target in targets if f'id="{target}"' not in page] == []


def test_the_page_carries_no_markdown_raw_markup_or_inline_style(page):
    article = page[page.index('<article class="guide">') : page.rindex("</article>")]
    without_code = re.sub(r"<pre.*?</pre>", "", article, flags=re.DOTALL)
    assert not re.search(r"<style|<script| style=|<!-- |&lt;!--|\]\(|\*\*", without_code)


def test_pictures_are_drawn_on_the_page_and_are_in_the_repository(page):
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", TEXT)
    assert len(pictures) == page.count('<figure class="diagram"') == 2
    for picture in pictures:
        assert "prefers-color-scheme: dark" in (FILE.parent / picture).resolve().read_text()


# --- what it says about numbers ---


def test_its_numbers_are_the_settings():
    (idle, absolute), (long_idle, long_absolute) = (
        settings.SESSION_LIFETIMES[False],
        settings.SESSION_LIFETIMES[True],
    )
    assert (settings.ACCESS_TOKEN_SECONDS, settings.REFRESH_GRACE_SECONDS) == (600, 10)
    lives = (
        f"until {idle.total_seconds() / 3600:.0f} hours without use, at most {absolute.days} days; "
        f"with `remember` {long_idle.days} days, at most {long_absolute.days}"
    )
    assert lives in TEXT
    assert f"the most is {settings.API_TOKEN_MAX_DAYS}" in TEXT
    assert f"it lives {api_tokens.DEFAULT_LIFETIME.days} days" in TEXT
    assert set(re.findall(r"^\| `(read|upload|write)` \|", TEXT, re.MULTILINE)) == set(api_tokens.SCOPES)
