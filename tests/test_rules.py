"""Rules about the code itself."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "videos", "playlists", "subscriptions", "takeout", "demo", "streamsite")
# Who may import whom: an app knows those before it.
ORDER = ["streamsite", "accounts", "videos", "subscriptions", "playlists", "takeout", "demo"]
WIRING = {"settings_test.py", "urls.py"}


def sources():
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if not {"tests", "migrations", "testing"} & set(path.parts):
                yield path


def test_the_words_of_visibility_have_one_home():
    word = re.compile(r"""["'](public|unlisted|private)["']""")
    offenders = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources()
        if path.name != "visibility.py"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if word.search(line)
    ]
    assert offenders == []


def test_every_transaction_is_made_again_after_a_conflict():
    offenders = [
        str(path.relative_to(ROOT))
        for path in sources()
        if "mongo" not in path.parts and re.search(r"with [^\n]*\batomic\(\)|^@\S*atomic\b", path.read_text())
    ]
    assert offenders == [], "use streamsite.mongo.retry.run_in_transaction"


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("app", ORDER)
def test_imports_go_one_way(app):
    later = set(ORDER[ORDER.index(app) + 1 :])
    offenders = [
        f"{path.relative_to(ROOT)} imports {sorted(found)}"
        for path in sources()
        if path.relative_to(ROOT).parts[0] == app and path.name not in WIRING
        if (found := later & set(imported(path)))
    ]
    assert offenders == []


def test_ffmpeg_and_other_programs_run_from_their_homes_only():
    homes = {
        "videos/transcoding/ffmpeg.py",
        "streamsite/mongo/server.py",
        "streamsite/mongo/binary.py",
        "streamsite/supervisor/preflight.py",
        "streamsite/supervisor/processes.py",
        "streamsite/supervisor/service.py",
        "streamsite/privileges.py",
        "streamsite/front/binary.py",
        "streamsite/front/caddy/binary.py",
        "streamsite/front/process.py",
    }
    users = {str(path.relative_to(ROOT)) for path in sources() if "subprocess" in set(imported(path))}
    assert users <= homes


def test_templates_have_no_inline_scripts_and_no_unescaped_text():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text), path
        assert "|safe" not in text, path
        assert "autoescape off" not in text, path
        assert not re.search(r"""\son\w+=["']""", text), path


def test_requirements_are_pinned_with_a_reason():
    for path in ROOT.glob("requirements*.txt"):
        for line in path.read_text().splitlines():
            if line and not line.startswith("#"):
                assert re.match(r"[\w.-]+(\[[\w,]+\])?==[\w.]+(; [^#]+)?\s+# \S", line), line


def test_ruff_reads_its_configuration():
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert configuration["tool"]["ruff"]["target-version"] == "py311"


def test_every_test_that_the_security_page_names_exists():
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", (ROOT / "docs" / "security.md").read_text())
    assert len(named) > 60
    missing = [f"{path}::{name}" for path, name in named if f"def {name}(" not in (ROOT / path).read_text()]
    assert missing == []


def test_cache_headers_have_one_home():
    literal = re.compile(
        r"""["']Cache-Control["'](\]\s*=|:)\s*f?["']|setdefault\(["']Cache-Control["'],\s*f?["']"""
    )
    assert literal.search('response["Cache-Control"] = "no-store"')
    offenders = [
        str(path.relative_to(ROOT))
        for path in sources()
        # nginx sends what ``front`` writes, and has no response to set it on.
        if path.name != "cache_headers.py" and "front" not in path.parts and literal.search(path.read_text())
    ]
    assert offenders == [], "use a policy of streamsite.cache_headers"


def is_view(path):
    return "views" in path.relative_to(ROOT).parts[:-1] or path.name == "views.py"


def test_views_do_not_try():
    offenders = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        if is_view(path)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Try)
    ]
    assert offenders == [], "use perform or attempt of streamsite.view_actions"


def test_views_get_the_signed_in_user_in_one_way():
    other_way = re.compile(r"cast\(\"?User|user: Any|str\(request\.user")
    assert other_way.search("user = cast(User, request.user)")
    offenders = [
        str(path.relative_to(ROOT))
        for path in sources()
        if is_view(path) and other_way.search(path.read_text())
    ]
    assert offenders == [], "use accounts.current_user.signed_in_user"


def test_rows_of_the_site_s_models_are_made_from_documents():
    """A model that derives from Django's own is read by compiled columns and ``$lookup``."""
    from django.apps import apps

    from streamsite.mongo.engine.rows import StoredManager

    own = [
        model
        for model in apps.get_models()
        if model.__module__.partition(".")[0] in APPS and ".tests." not in model.__module__
    ]
    assert len(own) > 25
    others = [model._meta.label for model in own if not isinstance(model._default_manager, StoredManager)]
    assert others == []
