"""A Markdown file of ``docs/`` as a page: its sections, table of contents, diagrams, tabs, and highlighted code.

The file is the only source: what a page says cannot drift from what the repository says. Links between headings work in
both places, because headings get the ids that code hosts give them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from streamsite.sanitize import has_userinfo

WRITTEN_ORIGIN = "http://localhost:8000"
PANEL = re.compile(r"^<!-- panel -->$.*?^<!-- /panel -->$", re.MULTILINE | re.DOTALL)
TABS = re.compile(r"^<!-- tabs -->$(.*?)^<!-- /tabs -->$", re.MULTILINE | re.DOTALL)
TAB = re.compile(r"^#### (?=\w)", re.MULTILINE)
SCHEME = re.compile(r"[^/?#:]*:")
SAFE_SCHEMES = {"https:", "http:", "mailto:"}
STYLE = re.compile(r"\s*<style>.*?</style>", re.DOTALL)
LANGUAGES = {
    "sh": "Shell",
    "sh setup": "Shell",
    "python": "Python",
    "js browser": "JavaScript, browser",
    "js node": "JavaScript, Node",
    "text": "Prints",
}


@dataclass(frozen=True)
class Heading:
    """A section's name, and the id that leads to it."""

    id: str
    text: str


@dataclass(frozen=True)
class Guide:
    """A rendered file. ``before`` and ``after`` surround the place that the file keeps for a live panel."""

    title: str
    lead: SafeString
    contents: tuple[Heading, ...]
    before: SafeString
    after: SafeString


def render(path: Path, *, origin: str) -> Guide:
    """Return the guide in ``path``, with ``origin`` in its examples in place of the one it was written with."""
    source = path.read_text(encoding="utf-8").replace(WRITTEN_ORIGIN, origin)
    head, _, rest = source.partition("\n## ")
    title, _, lead = head.partition("\n")
    before, after = PANEL.split(f"## {rest}", maxsplit=1)
    contents = tuple(_headings(before + after))
    pieces = [_with_tabs(part, path.parent) for part in (lead, before, after)]
    return Guide(title.removeprefix("# "), pieces[0], contents, pieces[1], pieces[2])


def _headings(text: str) -> Iterator[Heading]:
    tokens = _markdown().parse(text)
    for token, following in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            yield Heading(heading_id(following.content), following.content)


def _with_tabs(text: str, folder: Path) -> SafeString:
    """Render ``text``, with each part between the marks of tabs as radio buttons and their panels.

    Which panel is visible is a matter of the style sheet alone, so it works without scripts.
    """
    # Odd parts were between marks.
    parts = TABS.split(text)
    rendered = [
        _tabs(part, folder, number) if number % 2 else _rendered(part, folder)
        for number, part in enumerate(parts)
    ]
    return SafeString("".join(rendered))


def _tabs(text: str, folder: Path, number: int) -> str:
    labels: list[str] = []
    panels: list[str] = []
    for panel in TAB.split(text)[1:]:
        name = panel.split(maxsplit=1)[0]
        value = html.escape(name.lower())
        checked = "" if labels else " checked"
        labels.append(
            f'<label><input type="radio" name="framework-{number}" value="{value}"{checked}>{html.escape(name)}</label>'
        )
        panels.append(f'<div class="tab" data-tab="{value}">{_rendered(f"### {panel}", folder)}</div>')
    bar = f'<div class="tab-bar" role="radiogroup" aria-label="Framework">{"".join(labels)}</div>'
    return f'<div class="frameworks">{bar}{"".join(panels)}</div>\n'


def _rendered(text: str, folder: Path) -> SafeString:
    markdown = _markdown()
    return SafeString(markdown.renderer.render(_shaped(markdown.parse(text), folder), markdown.options, {}))


def render_text(text: str) -> SafeString:
    """Return Markdown that people wrote as HTML: no HTML of their own, no images, links to safe schemes only.

    Headings begin one level lower, below the page's own.
    """
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    markdown.validateLink = _is_safe_link  # type: ignore[method-assign, assignment]
    tokens = markdown.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1:]) + 1, 6)}"
    return SafeString(markdown.renderer.render(tokens, markdown.options, {}))


def _is_safe_link(address: str) -> bool:
    """Return whether a link leads to a page or a mail program, and to the host that one reads in it."""
    scheme = SCHEME.match(address)
    if scheme is not None and scheme[0].lower() not in SAFE_SCHEMES:
        return False
    return not address.startswith(("//", "\\")) and not has_userinfo(address)


def heading_id(text: str) -> str:
    """Return the id of a heading, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.add_render_rule("fence", lambda self, tokens, index, options, env: _code(tokens[index]))
    markdown.add_render_rule("diagram", lambda self, tokens, index, options, env: tokens[index].content)
    markdown.add_render_rule("table_open", lambda self, tokens, index, options, env: tokens[index].content)
    markdown.add_render_rule("table_close", lambda self, tokens, index, options, env: "</table></div>\n")
    return markdown


def _code(token: Token) -> str:
    """Return a fenced block: spans with classes, no styles, scrollable with the keyboard."""
    language = token.info.strip()
    # A name after the language is the file's.
    name = language.partition(" ")[2]
    label = html.escape(name) if "." in name else LANGUAGES[language]
    lexer = get_lexer_by_name(language.split()[0])
    spans = highlight(token.content, lexer, HtmlFormatter(nowrap=True))
    return (
        f'<div class="code" data-language="{language}"><p class="code-label">{label}</p>'
        f'<pre tabindex="0" role="group" aria-label="{label}"><code>{spans}</code></pre></div>\n'
    )


def _shaped(tokens: list[Token], folder: Path) -> list[Token]:
    """Return ``tokens`` with ids on headings, header cells in tables, and images as figures."""
    _label_tables(tokens)
    return list(_with_figures(tokens, folder))


def _label_tables(tokens: Sequence[Token]) -> None:
    heading, first_in_row, in_body = "", False, False
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = tokens[index + 1].content
            token.attrSet("id", heading_id(heading))
        elif token.type == "table_open":
            label = html.escape(f"Table: {heading}")
            token.content = f'<div class="table" tabindex="0" role="group" aria-label="{label}"><table>'
        elif token.type in {"thead_open", "tbody_open"}:
            in_body = token.type == "tbody_open"
        elif token.type == "tr_open":
            first_in_row = True
        elif token.type in {"th_open", "td_open"}:
            _make_cell(
                token, tokens[index + 2], in_body, first_in_row, is_empty=not tokens[index + 1].content
            )
            first_in_row = False


def _make_cell(opening: Token, closing: Token, in_body: bool, is_first: bool, *, is_empty: bool) -> None:
    """Make the first cell of a row a row header; leave an empty corner without a name."""
    is_header = is_first if in_body else not is_empty
    opening.tag = closing.tag = "th" if is_header else "td"
    if is_header:
        opening.attrSet("scope", "row" if in_body else "col")


def _with_figures(tokens: Sequence[Token], folder: Path) -> Iterator[Token]:
    """Yield the tokens with each paragraph that is one image turned into a figure."""
    index = 0
    while index < len(tokens):
        children = tokens[index + 1].children if index + 1 < len(tokens) else None
        picture = children[0] if children and len(children) == 1 and children[0].type == "image" else None
        if tokens[index].type == "paragraph_open" and picture is not None:
            drawn = _drawing(folder / str(picture.attrGet("src")))
            label = html.escape(picture.content)
            figure = (
                f'<figure class="diagram" tabindex="0" role="group" aria-label="{label}">{drawn}</figure>\n'
            )
            yield Token("diagram", "figure", 0, content=figure)
            index += 3
        else:
            yield tokens[index]
            index += 1


def _drawing(path: Path) -> str:
    """Return an SVG file without its own colors: on a page the style sheet gives them, so they follow the theme."""
    return STYLE.sub("", path.resolve().read_text(encoding="utf-8"))


def tokens_guide() -> Guide:
    """Return the guide to access and refresh tokens."""
    return render(settings.BASE_DIR / "docs" / "tokens.md", origin=settings.SITE_URL)
