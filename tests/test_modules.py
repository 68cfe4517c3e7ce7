"""Pages name the modules that their scripts import: all of them, at any depth, and no other."""

from __future__ import annotations

import json
import posixpath
import re
import subprocess
from pathlib import Path

import pytest
from django.template import Context, RequestContext, Template

from streamsite import module_graph
from streamsite.assets import SITE_STYLES
from tests.support import npm
from tests.support.node import NODE

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
PARSER = ROOT / "tests" / "js" / "support" / "imports.js"
SCRIPT = re.compile(r'<script type="module" src="/static/[0-9a-f]{12}/([^"]+)" fetchpriority="low"></script>')
NAMED = re.compile(r'<link rel="modulepreload" href="/static/[0-9a-f]{12}/([^"]+)" fetchpriority="low">')


@pytest.fixture(scope="module")
def parsed() -> dict[str, list[str]]:
    """What each of the site's modules imports, as a parser of JavaScript reads it."""
    files = [str(path) for path in (STATIC / "js").rglob("*.js")]
    done = subprocess.run(
        [NODE, PARSER, npm.file_of("acorn"), *files], capture_output=True, text=True, check=True
    )
    found = {}
    for file, imported in json.loads(done.stdout).items():
        folder = posixpath.relpath(posixpath.dirname(file), STATIC)
        found[posixpath.relpath(file, STATIC)] = [
            posixpath.normpath(posixpath.join(folder, other)) for other in imported
        ]
    return found


def closure(parsed: dict[str, list[str]], names: list[str]) -> set[str]:
    reached, waiting = set(names), list(names)
    while waiting:
        for other in parsed.get(waiting.pop(), []):
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    return reached


def test_imports_are_those_that_a_parser_finds(parsed):
    assert len(parsed) > 80
    for name, imported in parsed.items():
        assert module_graph.direct_imports(name, (STATIC / name).read_text()) == imported, name


def test_imports_are_followed_to_any_depth(parsed):
    """Those of the player are three deep, and a module that two others import is named once."""
    named = module_graph.all_imports("js/player.js")
    assert set(named) == closure(parsed, ["js/player.js"]) - {"js/player.js"}
    assert len(named) == len(set(named))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('import { a } from "./a.js";', ["js/x/a.js"]),
        ("import './a.js'", ["js/x/a.js"]),
        ('import {\n  a,\n  b,\n} from "../b.js";\nimport c from "./c.js";', ["js/b.js", "js/x/c.js"]),
        ('export { d } from "./d.js";\nexport * from "./e.js";', ["js/x/d.js", "js/x/e.js"]),
        ('const { a } = await import("./a.js");', []),
        ('import("./a.js");', []),
        ('// import "./a.js";\nexport const b = "./b.js";\nexport function c(d = "./d.js") {}', []),
    ],
)
def test_what_counts_as_an_import(source, found):
    assert module_graph.direct_imports("js/x/m.js", source) == found


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("anonymous", "/"), ("anonymous", "/watch/{video}"), ("member", "/watch/{video}"), ("anonymous", "/@owner"),
        ("anonymous", "/embed/{video}"), ("anonymous", "/search?q=a"), ("owner", "/studio/videos"),
        ("owner", "/studio/videos/{video}"), ("owner", "/studio"), ("owner", "/upload"),
    ],
)  # fmt: skip
def test_a_page_names_every_module_it_loads_once_and_no_other(cast, parsed, who, path):
    video = cast.video(allow_embed=True)
    answer = cast.page(who).get(path.format(video=video.pk))
    assert answer.status_code == 200
    page = answer.content.decode()
    scripts, named = SCRIPT.findall(page), NAMED.findall(page)
    assert len(scripts) == page.count('type="module"')
    assert len(named) == page.count("modulepreload") == len(set(named))
    assert {*scripts, *named} == closure(parsed, scripts)


def test_templates_use_the_tag():
    """A script that is written out would be without what it imports."""
    for path in (ROOT / "templates").rglob("*.html"):
        assert 'type="module"' not in path.read_text(), path


def test_two_scripts_share_what_they_import(rf):
    template = Template('{% module "js/reactions.js" %}{% module "js/report.js" %}')
    alone = template.render(Context())
    together = template.render(RequestContext(rf.get("/")))
    assert sorted(set(NAMED.findall(alone))) == sorted(NAMED.findall(together))
    assert len(NAMED.findall(alone)) > len(NAMED.findall(together))


def test_while_developing_the_styles_of_every_page_are_separate_files(settings):
    template = Template("{% site_styles %}")
    assert template.render(Context()).count("stylesheet") == 1
    settings.DEBUG = True
    assert template.render(Context()).count("stylesheet") == len(SITE_STYLES) > 1


def test_a_module_that_does_not_exist_is_reported():
    with pytest.raises(FileNotFoundError, match=r"js/nothing\.js"):
        module_graph.all_imports("js/nothing.js")
