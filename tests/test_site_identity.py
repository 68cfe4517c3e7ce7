"""The site's identity: colors that stay readable, images, announcement, links, and the name everywhere."""

import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts import image_storage, mail
from streamsite.mail.messages import sender
from streamsite.site_settings import colors, sections, services
from streamsite.site_settings.identity import DEFAULT_DARK, DEFAULT_LIGHT, FooterLink, Identity, identity
from tests.support.site_settings import IDENTITY, hidden

SECTION = sections.section_of(Identity)


def save(**values):
    services.save(SECTION, values)


def picture(size=(600, 600), image_format="PNG", color="red"):
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, image_format)
    return SimpleUploadedFile("x.png", out.getvalue(), "image/png")


# --- colors ---------------------------------------------------------------------------------------


def test_the_contrast_of_known_colors():
    assert colors.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colors.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_standard_colors_pass():
    assert colors.passes(DEFAULT_LIGHT, colors.LIGHT)
    assert colors.passes(DEFAULT_DARK, colors.DARK)


@pytest.mark.parametrize(
    "color", ["#ff0000", "#ffff00", "#00ff00", "#123456", "#ffffff", "#808080", "#7c3aed"]
)
@pytest.mark.parametrize("theme", [colors.LIGHT, colors.DARK])
def test_the_nearest_color_passes_and_is_the_same_when_the_color_does(color, theme):
    nearest = colors.nearest_passing(color, theme)
    assert colors.passes(nearest, theme)
    if colors.passes(color, theme):
        assert nearest == color


def test_an_unreadable_color_is_refused_with_the_nearest_that_is_not(editor):
    response = editor.post(IDENTITY, hidden(editor) | {"accent_light": "#ffcc00"})
    assert response.status_code == 400
    assert colors.nearest_passing("#ffcc00", colors.LIGHT) in response.content.decode()
    assert identity().accent_light == DEFAULT_LIGHT


def test_pages_load_a_style_sheet_of_the_colors(cast):
    page = cast.page("anonymous")
    assert "/appearance/" not in page.get("/").content.decode()
    save(accent_light="#7c1fb8")
    assert 'href="/appearance/7c1fb8-63d6c0.css"' in page.get("/").content.decode()
    response = page.get("/appearance/7c1fb8-63d6c0.css")
    assert response["Content-Type"].startswith("text/css")
    assert "immutable" in response["Cache-Control"]
    assert b"--accent:light-dark(#7c1fb8,#63d6c0)" in response.content
    assert page.get("/appearance/zzzzzz-63d6c0.css").status_code == 404


# --- images ---------------------------------------------------------------------------------------


def test_images_are_encoded_again_and_served_at_addresses_of_their_own(editor):
    files = {"logo": picture((800, 200)), "icon": picture(), "social": picture((1200, 630))}
    assert editor.post(IDENTITY, hidden(editor) | files).status_code == 302
    found = identity()
    for url, kind, size in (
        (found.logo_url, "WEBP", (256, 64)),
        (found.favicon_url, "PNG", (32, 32)),
        (found.icon_url(512), "PNG", (512, 512)),
        (found.social_url, "JPEG", (1200, 630)),
    ):
        response = editor.get(url)
        content = response.getvalue()
        with Image.open(io.BytesIO(content)) as image:
            assert (image.format, image.size) == (kind, size)
        assert response["Content-Type"] == f"image/{kind.lower()}"
        assert "immutable" in response["Cache-Control"]
    home = editor.get("/").content.decode()
    for url in (found.logo_url, found.favicon_url, found.touch_icon_url, found.social_url):
        assert url in home


def test_an_svg_is_no_image_here(editor):
    svg = SimpleUploadedFile(
        "x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "image/svg+xml"
    )
    response = editor.post(IDENTITY, hidden(editor) | {"logo": svg})
    assert response.status_code == 400
    assert identity().logo == ""


def test_the_cleanup_keeps_the_images_that_the_settings_name(editor, monkeypatch):
    monkeypatch.setattr(image_storage, "SETTLED_SECONDS", -1)
    editor.post(IDENTITY, hidden(editor) | {"icon": picture()})
    former = identity().icon
    editor.post(IDENTITY, hidden(editor) | {"icon": picture(color="blue")})
    swept = image_storage.sweep(force=True)
    assert image_storage.folder_path(former) in swept.paths
    assert image_storage.folder_path(identity().icon).is_dir()


def test_an_image_goes_with_its_reset(editor):
    editor.post(IDENTITY, hidden(editor) | {"icon": picture()})
    editor.post(IDENTITY, {"reset": "icon"})
    assert identity().icon == ""
    assert b"favicon.svg" in editor.get("/").content


# --- the announcement -----------------------------------------------------------------------------


def test_the_announcement_shows_until_it_is_dismissed_and_a_new_one_again(cast):
    save(banner_text="We move <b>house</b>", banner_level="warning")
    page = cast.page("anonymous")
    assert "We move &lt;b&gt;house&lt;/b&gt;" in page.get("/").content.decode()
    page.post("/banner/dismiss", {"mark": identity().banner_mark, "next": "/trending"})
    assert "We move" not in page.get("/").content.decode()
    assert "We move" in cast.page("stranger").get("/").content.decode()
    save(banner_text="We have moved")
    assert "We have moved" in page.get("/").content.decode()


def test_the_announcement_ends_by_itself(cast):
    page = cast.page("anonymous")
    save(banner_text="Soon over", banner_until=timezone.now() + timedelta(minutes=5))
    assert b"Soon over" in page.get("/").content
    save(banner_until=timezone.now() - timedelta(seconds=1))
    assert b"Soon over" not in page.get("/").content


def test_dismissing_takes_nothing_but_the_present_announcement(cast):
    page = cast.page("anonymous")
    assert "banner" not in page.post("/banner/dismiss", {"mark": "x" * 5000}).cookies
    assert page.get("/banner/dismiss").status_code == 405


# --- links and texts ------------------------------------------------------------------------------


def test_footer_links_are_shown_on_every_page(editor, cast):
    sent = hidden(editor) | {
        "footer_links-label": ["Status", "Write to us", ""],
        "footer_links-url": ["https://status.example.org", "mailto:hello@example.org", ""],
    }
    assert editor.post(IDENTITY, sent).status_code == 302
    assert identity().footer_links[0] == FooterLink("Status", "https://status.example.org")
    assert 'href="https://status.example.org"' in cast.page("anonymous").get("/trending").content.decode()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:x",
        "data:text/html,x",
        "//evil.example",
        "/\\evil",
        "a b",
        "ftp://x",
    ],
)
def test_links_to_anything_but_pages_and_mail_are_refused(editor, url):
    sent = hidden(editor) | {"footer_links-label": ["Link"], "footer_links-url": [url]}
    assert editor.post(IDENTITY, sent).status_code == 400
    assert identity().footer_links == ()


def test_a_typed_name_is_one_line_that_mails_can_carry(cast, editor, mailoutbox):
    sent = hidden(editor) | {
        "name": "Evil\r\nBcc: a@example.org \u202egnp",
        "description": "One\r\nTwo\u202e",
    }
    assert editor.post(IDENTITY, sent | {"heading": "A\nB"}).status_code == 302
    found = identity()
    assert (found.name, found.heading) == ("Evil Bcc: a@example.org gnp", "A B")
    assert found.description == "One\nTwo"
    mail.send("verify", cast.member, "member@example.org")
    assert mailoutbox[0].recipients() == ["member@example.org"]
    assert mailoutbox[0].subject.startswith("Evil Bcc: a@example.org gnp: ")
    assert editor.post(IDENTITY, hidden(editor) | {"name": "\u202e"}).status_code == 400


def test_the_name_is_everywhere(cast, settings):
    save(name="Example TV", description="Films from here", heading="Welcome in")
    page = cast.page("anonymous")
    home = page.get("/").content.decode()
    assert "· Example TV</title>" in home
    assert 'property="og:site_name" content="Example TV"' in home
    assert 'name="description" content="Films from here"' in home
    assert "Welcome in</bdi></h1>" in home
    video = cast.video()
    assert json.loads(page.get(f"/oembed?url=http://localhost:8000/watch/{video.pk}").content)[
        "provider_name"
    ] == ("Example TV")
    assert json.loads(page.get("/api/schema").content)["info"]["title"] == "Example TV API"
    assert sender() == "Example TV <no-reply@localhost>"
    settings.DEFAULT_FROM_EMAIL = "Films <films@example.org>"
    assert sender() == "Films <films@example.org>"


def test_mails_have_the_name(cast, mailoutbox):
    save(name="Example TV")
    mail.send("password_changed", cast.owner, cast.owner.email)
    (sent,) = mailoutbox
    assert sent.subject.startswith("Example TV: ")
    assert sent.from_email.startswith("Example TV <")
