"""The site's own pages, and what people accept when they sign up."""

import pytest

from accounts import mail
from accounts.models import User
from streamsite.markdown_pages import render_text
from streamsite.site_settings import live, pages, sections, services
from streamsite.site_settings.pages import Pages
from tests.support.http_client import PASSWORD

PAGE = "/admin/site/pages/"
SECTION = sections.section_of(Pages)
PERSON = {"username": "newcomer", "email": "newcomer@example.org", "password": PASSWORD}


def write(**texts):
    services.save(SECTION, {name: {"en": text} for name, text in texts.items()})


@pytest.mark.parametrize("name", pages.TITLES)
def test_a_page_exists_once_it_has_a_text(cast, name):
    page = cast.page("anonymous")
    assert page.get(f"/{name}").status_code == 404
    assert f'href="/{name}"' not in page.get("/").content.decode()
    write(**{name: "# Hello\n\n**Welcome** here"})
    text = page.get(f"/{name}").content.decode()
    assert "<strong>Welcome</strong> here" in text
    assert "<h2>Hello</h2>" in text
    assert f'href="/{name}"' in page.get("/trending").content.decode()


def test_a_page_is_in_the_readers_language_or_in_the_default_one(cast):
    services.save(SECTION, {"about": {"en": "English text", "ar": "نص عربي"}})
    page = cast.page("anonymous")
    arabic = page.get("/about", headers={"accept-language": "ar"}).content.decode()
    assert "نص عربي" in arabic
    assert '<article class="site-page narrow" lang="ar" dir="rtl">' in arabic
    german = page.get("/about", headers={"accept-language": "de"}).content.decode()
    assert '<article class="site-page narrow" lang="en" dir="ltr">' in german


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("[x](javascript:alert(1))", "href="),
        ("![x](https://tracker.example/x.png)", "<img"),
        ('<a href="x" onclick="y">z</a>', "<a href"),
        ("[x](data:text/html,<b>)", 'href="data'),
        ("[x](data:image/png;base64,aa)", "href="),
        ("[x](intent://x)", "href="),
        ("[x](&#109;s-msdt:/id)", "href="),
        ("<tel:123>", "href="),
        ("[x](//evil.example)", "href="),
        ("[x](https://good.example@evil.example)", "href="),
    ],
)
def test_markdown_brings_no_scripts_and_no_images(text, never):
    assert never not in render_text(text)


@pytest.mark.parametrize(
    "link",
    ["https://a.example/b?c=d:e@f", "http://a.example", "mailto:a@b.example", "/terms", "#top", "?a=b:c"],
)
def test_links_to_pages_and_mail_programs_work(link):
    assert f'href="{link}"' in render_text(f"[x]({link})")


def test_staff_write_a_page_in_two_languages(editor):
    seen = editor.get(f"{PAGE}?page=terms").context["form"].initial["seen"]
    sent = {"page": "terms", "language": "en", "seen": seen, "text": "Be kind."}
    assert editor.post(PAGE, sent).url == f"{PAGE}?page=terms&language=en"
    seen = editor.get(f"{PAGE}?page=terms&language=de").context["form"].initial["seen"]
    editor.post(PAGE, sent | {"language": "de", "seen": seen, "text": "Sei freundlich."})
    assert live.current(Pages).terms == {"en": "Be kind.", "de": "Sei freundlich."}
    seen = editor.get(f"{PAGE}?page=terms&language=de").context["form"].initial["seen"]
    editor.post(PAGE, sent | {"language": "de", "seen": seen, "text": ""})
    assert live.current(Pages).terms == {"en": "Be kind."}


def test_a_preview_saves_nothing(editor):
    seen = editor.get(PAGE).context["form"].initial["seen"]
    sent = {"page": "about", "language": "en", "seen": seen, "text": "*soon*", "preview": "1"}
    response = editor.post(PAGE, sent)
    assert response.status_code == 200
    assert "<em>soon</em>" in response.content.decode()
    assert live.current(Pages).about == {}


def test_a_text_that_is_too_long_is_refused(editor):
    seen = editor.get(PAGE).context["form"].initial["seen"]
    sent = {"page": "about", "language": "en", "seen": seen, "text": "x" * 60_001}
    assert editor.post(PAGE, sent).status_code == 400


# --- signing up -----------------------------------------------------------------------------------


def test_signing_up_needs_no_acceptance_without_rules_and_terms(cast):
    write(about="About us")
    assert "accept_terms" not in cast.page("anonymous").get("/register").content.decode()
    assert cast.api("anonymous").post("/api/v1/auth/register", PERSON, format="json").status_code == 201
    assert User.objects.get(username="newcomer").terms_version == ""


def test_the_form_asks_for_acceptance_and_the_account_keeps_it(cast):
    write(rules="Be kind.", terms="No warranty.")
    page = cast.page("anonymous")
    text = page.get("/register").content.decode()
    assert 'href="/rules"' in text
    assert 'name="accept_terms"' in text
    assert page.post("/register", PERSON).status_code == 400
    assert not User.objects.filter(username="newcomer").exists()
    assert page.post("/register", PERSON | {"accept_terms": "on"}).status_code == 302
    user = User.objects.get(username="newcomer")
    assert user.terms_version == pages.acceptance_version()
    assert user.terms_accepted_at is not None


def test_the_api_refuses_to_sign_up_without_acceptance(cast):
    write(terms="No warranty.")
    api = cast.api("anonymous")
    answer = api.post("/api/v1/auth/register", PERSON, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "terms_not_accepted")
    assert "accept_terms" in answer.json()["fields"]
    answer = api.post("/api/v1/auth/register", PERSON | {"accept_terms": True}, format="json")
    assert answer.status_code == 201
    assert User.objects.get(username="newcomer").terms_version == pages.acceptance_version()


def test_the_version_changes_with_the_text_of_what_is_accepted(database):
    assert pages.acceptance_version() == ""
    write(rules="Be kind.")
    first = pages.acceptance_version()
    write(about="About us")
    assert pages.acceptance_version() == first
    write(rules="Be kinder.")
    assert pages.acceptance_version() not in {first, ""}


def test_mails_link_the_pages(cast, mailoutbox):
    write(privacy="We keep little.")
    mail.send("password_changed", cast.owner, cast.owner.email)
    (sent,) = mailoutbox
    assert "http://localhost:8000/privacy" in sent.body
    assert "http://localhost:8000/privacy" in sent.alternatives[0][0]
