"""Icons and templates: every drawing has one home, every name has its drawing, every template compiles."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.template.loader import get_template
from django.templatetags.static import static

from subscriptions.notifications import notification_types

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
SCRIPTS = ROOT / "static" / "js"
SPRITE = ROOT / "static" / "icons.svg"
# Drawings with parts that style sheets or scripts address: a symbol of a sprite cannot have those.
CHARTS = TEMPLATES / "admin" / "dashboard"
DRAWINGS = {
    TEMPLATES / "icons" / "brand_mark.html",
    TEMPLATES / "icons" / "token_ring.html",
    CHARTS / "days.html",
    CHARTS / "disk.html",
}
QUOTED = re.compile(r"""["',]([a-z]+(?:-[a-z]+)*)(?=["',])""")


def sources():
    return [*TEMPLATES.rglob("*.html"), *SCRIPTS.rglob("*.js")]


def symbols():
    return re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text())


def named():
    """Return the names of icons that templates, scripts and notifications give, by where they stand."""
    for path in TEMPLATES.rglob("*.html"):
        for call in re.findall(r"{% icon ([^%]+)%}|{% include [^%]*\bicon=(\"[^\"]+\")", path.read_text()):
            yield from ((path, name) for name in QUOTED.findall(re.sub(r'slot="[^"]*"', "", "".join(call))))
    for path in SCRIPTS.rglob("*.js"):
        for call in re.findall(r"\bicon\(([^()]*(?:\(\))?[^()]*)\)", path.read_text()):
            yield from ((path, name) for name in QUOTED.findall(call))
    yield from (
        (Path(notification_types.__file__), kind.icon)
        for kind in notification_types.NOTIFICATION_TYPES.values()
    )


def test_drawings_stand_in_the_sprite_only():
    offenders = {path for path in sources() if "<svg" in path.read_text()}
    assert offenders == DRAWINGS


def test_only_the_tag_and_the_function_name_the_sprite():
    homes = {path for path in sources() if "icons.svg" in path.read_text()}
    assert homes == {SCRIPTS / "ui.js"}


def test_every_icon_that_is_named_exists():
    found = list(named())
    assert len(found) > 140
    missing = [(str(path.relative_to(ROOT)), name) for path, name in found if name not in symbols()]
    assert missing == []


def test_every_icon_is_named_once_in_the_sprite_and_used():
    assert len(symbols()) == len(set(symbols()))
    assert set(symbols()) - {name for _, name in named()} == set()


def test_the_tag_draws_the_icon_as_decoration():
    drawn = Template('{% icon "home" %}').render(Context())
    assert drawn == f'<svg class="icon" aria-hidden="true"><use href="{static("icons.svg")}#home"/></svg>'
    slotted = Template('{% icon "settings" slot="icon" %}').render(Context())
    assert slotted.startswith('<svg slot="icon" class="icon" aria-hidden="true"><use ')
    assert "&lt;b&gt;" in Template("{% icon name %}").render(Context({"name": "<b>"}))


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.*")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_every_template_compiles_and_is_short(path):
    get_template(str(path.relative_to(TEMPLATES)))
    assert len(path.read_text().splitlines()) < 150
