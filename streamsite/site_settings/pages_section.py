"""The page on which staff write the site's own pages, one page and language at a time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from streamsite.markdown_pages import render_text
from streamsite.sanitize import clean_text
from streamsite.site_settings import services
from streamsite.site_settings.forms import SectionForm
from streamsite.site_settings.pages import TITLES, Pages
from streamsite.site_settings.sections import Section, register
from streamsite.view_actions import form_status, perform

MAX_TEXT = 60_000


class PageForm(SectionForm):
    """The text of one page in one language; ``page`` and ``language`` say which."""

    page = forms.ChoiceField(choices=list(TITLES.items()), widget=forms.HiddenInput)
    language = forms.ChoiceField(choices=list(settings.LANGUAGES), widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Text (Markdown)"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 20, "dir": "auto", "spellcheck": "true"}),
        help_text=_("Headings, lists, links, and tables. HTML and images are shown as text."),
    )

    def initial_values(self, values: Pages) -> dict[str, object]:
        """Return nothing: the view fills in the chosen page."""
        return {}

    def choose(self, page: str, language: str) -> None:
        """Show a page in a language."""
        texts = getattr(self.values, page)
        self.initial.update({"page": page, "language": language, "text": texts.get(language, "")})

    def changed_values(self) -> dict[str, object]:
        """Return the texts of the chosen page in all languages."""
        page, language = self.cleaned_data["page"], self.cleaned_data["language"]
        texts = dict(getattr(self.values, page))
        texts.pop(language, None)
        if text := clean_text(self.cleaned_data["text"]):
            texts[language] = text
        return {page: texts}

    def save(self) -> list[str]:
        """Write the text. Raises ``SiteError``, also when another language of the page was changed meanwhile."""
        return services.save(self.section, self.changes(), seen=self.cleaned_data["seen"])


def pages_page(request: HttpRequest, section: Section[Any]) -> HttpResponse:
    """Choose a page and a language, write and preview the text."""
    from streamsite.site_settings import views

    given = request.POST if request.method == "POST" else request.GET
    page = given.get("page", "")
    page = page if page in TITLES else next(iter(TITLES))
    language = given.get("language", "")
    language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    form = views.bound_form(request, section)
    if not isinstance(form, PageForm):
        raise TypeError("the section has another form")
    form.choose(page, language)
    wants_preview = "preview" in request.POST
    response = (
        None
        if wants_preview
        else perform(request, form, form.save, lambda names: _saved(request, section, names, page, language))
    )
    context = views.page_context(request, section) | {
        "form": form,
        "page": page,
        "page_title": TITLES[page],
        "language": language,
        "is_rtl": get_language_info(language)["bidi"],
        "tabs": _tabs(form.values),
        "languages": [
            {"code": code, "name": name, "is_written": bool(getattr(form.values, page).get(code))}
            for code, name in settings.LANGUAGES
        ],
        "preview": _preview(form) if wants_preview else "",
    }
    status = 200 if wants_preview else form_status(form)
    return response or render(request, "site/pages.html", context, status=status)


def _saved(
    request: HttpRequest, section: Section[Any], names: list[str], page: str, language: str
) -> HttpResponse:
    from streamsite.site_settings import views

    response = views.saved(request, section, names)
    response["Location"] += f"?page={page}&language={language}"
    return response


def _tabs(pages: Pages) -> list[dict[str, object]]:
    return [
        {"name": name, "title": title, "is_written": bool(getattr(pages, name))}
        for name, title in TITLES.items()
    ]


def _preview(form: PageForm) -> SafeString | str:
    text = form.data.get("text", "")[:MAX_TEXT]
    return render_text(text) or gettext("Nothing to preview.")


register(
    Section(
        "pages",
        _("Pages"),
        Pages,
        form=PageForm,
        summary=_("About, rules, terms, privacy, and contact."),
        view=pages_page,
        labels=TITLES,
        order=20,
    )
)
