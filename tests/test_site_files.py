"""Icons, the manifest, the description of the search and ``security.txt``, which programs look for by themselves."""

import io
import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from PIL import Image

from accounts import icon_files
from streamsite import env
from streamsite.site_files import opensearch
from streamsite.site_settings import sections, services
from streamsite.site_settings.identity import Identity, identity
from streamsite.site_settings.pages import Pages
from tests.support.site_settings import IDENTITY, hidden
from tests.test_site_identity import picture


def save(section, **values):
    services.save(sections.section_of(section), values)


def manifest(**headers):
    answer = Client().get("/manifest.webmanifest", headers=headers)
    assert answer["Content-Type"] == "application/manifest+json; charset=utf-8"
    return json.loads(answer.content)


def image_at(path):
    answer = Client().get(path)
    if answer.status_code == 302:
        path = answer["Location"]
    if path.startswith(settings.STATIC_URL):  # served by WhiteNoise
        return Image.open(finders.find(path.removeprefix(settings.STATIC_URL)))
    answer = Client().get(path)
    assert answer.status_code == 200, path
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return Image.open(io.BytesIO(content))


ICONS = {
    "/favicon.ico": ("ICO", (48, 48)),
    "/apple-touch-icon.png": ("PNG", (180, 180)),
    "/apple-touch-icon-precomposed.png": ("PNG", (180, 180)),
}


@pytest.mark.parametrize("is_own", [False, True])
def test_every_icon_is_there_in_the_size_it_says(cast, editor, is_own):
    if is_own:
        form = hidden(editor) | {"icon": picture(color="#123456")}
        assert editor.post(IDENTITY, form).status_code == 302
    for path, expected in ICONS.items():
        found = image_at(path)
        assert (found.format, found.size) == expected
        if is_own:
            assert found.convert("RGB").getpixel((20, 20)) == (0x12, 0x34, 0x56)
    for icon in manifest()["icons"]:
        assert icon["src"].startswith("/media/profiles/" if is_own else "/static/")
        found = image_at(icon["src"])
        assert (found.format, "{}x{}".format(*found.size)) == ("PNG", icon["sizes"])
        if icon.get("purpose") == "maskable":
            assert found.mode == "RGB"
    assert {icon["sizes"] for icon in manifest()["icons"]} == {"192x192", "512x512"}


def test_a_maskable_icon_has_a_ground_of_its_own_color():
    for color, ground in (((10, 20, 30, 255), (10, 20, 30)), ((10, 20, 30, 0), (255, 255, 255))):
        out = io.BytesIO()
        Image.new("RGBA", (512, 512), color).save(out, "PNG")
        content = icon_files.extra_files(out.getvalue())["maskable-512.png"]
        assert Image.open(io.BytesIO(content)).getpixel((0, 0)) == ground


def test_the_manifest_makes_the_site_installable(cast):
    save(Identity, name="Example TV", description="Films", accent_light="#123456")
    found = manifest()
    assert (found["name"], found["description"], found["theme_color"]) == ("Example TV", "Films", "#123456")
    assert re.fullmatch("#[0-9a-f]{6}", found["background_color"])
    assert (found["start_url"], found["scope"], found["display"]) == ("/", "/", "standalone")
    assert [one["url"] for one in found["shortcuts"]] == ["/feed", "/watch-later", "/upload", "/trending"]
    page = cast.page("member")
    for shortcut in found["shortcuts"]:
        assert page.get(shortcut["url"]).status_code == 200
    content = page.get("/").content.decode()
    assert '<link rel="manifest" href="/manifest.webmanifest">' in content
    assert 'href="/opensearch.xml" title="Example TV">' in content


def test_the_manifest_speaks_the_browsers_language(cast):
    english, arabic = manifest(), manifest(accept_language="ar")
    assert (english["lang"], english["dir"], arabic["lang"], arabic["dir"]) == ("en", "ltr", "ar", "rtl")
    names = [shortcut["name"] for shortcut in arabic["shortcuts"]]
    with translation.override("ar"):
        assert names == [gettext(name) for name in ("Subscriptions", "Watch later", "Upload", "Trending")]
    answer = Client().get("/manifest.webmanifest", headers={"accept-language": "de"})
    assert "Accept-Language" in answer["Vary"]
    again = Client().get(
        "/manifest.webmanifest", headers={"accept-language": "de", "if-none-match": answer["ETag"]}
    )
    assert again.status_code == 304


def test_browsers_learn_how_to_search(cast):
    save(Identity, name="A name of <more> than 16 characters & signs")
    answer = Client().get("/opensearch.xml")
    assert answer["Content-Type"] == "application/opensearchdescription+xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - the site's own
    name = root.findtext(f"{{{opensearch.NAMESPACE}}}ShortName")
    assert name == identity().name[:16]
    html, itself = root.findall(f"{{{opensearch.NAMESPACE}}}Url")
    cast.video(title="Zebra crossing")
    found = Client().get(html.get("template").replace("{searchTerms}", "zebra"))
    assert (found.status_code, "Zebra crossing" in found.content.decode()) == (200, True)
    assert Client().get(itself.get("template")).content == answer.content


def fields():
    answer = Client().get("/.well-known/security.txt")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    lines = [line.split(": ", 1) for line in answer.content.decode().splitlines()]
    expires = datetime.fromisoformat(dict(lines)["Expires"])
    assert 30 < (expires - datetime.now(UTC)).days < 365
    return [tuple(line) for line in lines if line[0] != "Expires"]


def test_security_txt_names_whom_the_site_names(cast, settings):
    path = "/.well-known/security.txt"
    settings.SECURITY_CONTACT = ""
    assert Client().get(path).status_code == 404
    save(Pages, contact={"en": "Write to us."})
    assert Client().get(path).status_code == 404  # the RFC takes no page on plain http
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    assert fields() == [("Contact", "mailto:security@example.org")]
    settings.IS_HTTPS, settings.SITE_URL = True, "https://tv.example"
    assert fields() == [
        ("Contact", "mailto:security@example.org"),
        ("Contact", "https://tv.example/contact"),
        ("Canonical", "https://tv.example/.well-known/security.txt"),
    ]
    settings.SECURITY_CONTACT = ""
    assert fields()[0] == ("Contact", "https://tv.example/contact")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ""),
        ("a@example.org", "mailto:a@example.org"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("https://example.org/report", "https://example.org/report"),
    ],
)
def test_a_contact_is_an_address_to_write_to(monkeypatch, typed, meant):
    monkeypatch.setenv("SECURITY_CONTACT", typed)
    assert env.contact("SECURITY_CONTACT") == meant


@pytest.mark.parametrize(
    "typed", ["somebody", "http://example.org", "a@b", "a@example.org\nX: 1", "https://", "javascript:1"]
)
def test_a_contact_that_cannot_work_is_refused(monkeypatch, typed):
    monkeypatch.setenv("SECURITY_CONTACT", typed)
    with pytest.raises(ImproperlyConfigured, match="an email address or an https URL"):
        env.contact("SECURITY_CONTACT")


def test_a_login_only_site_shows_its_look_and_nothing_else(cast, settings):
    settings.LOGIN_REQUIRED, settings.SECURITY_CONTACT = True, "mailto:a@example.org"
    for path in (*ICONS, "/manifest.webmanifest"):
        assert Client().get(path).status_code in {200, 302}
        assert not Client().get(path).get("Location", "").startswith("/login")
    assert Client().get("/.well-known/change-password")["Location"] == "/settings/security"
    for path in ("/opensearch.xml", "/.well-known/security.txt"):
        answer = Client().get(path)
        assert answer.status_code == 401 or answer["Location"].startswith("/login")
        assert cast.page("member").get(path).status_code == 200
