"""Text never reaches the query language raw: titles, tags and whatever else links to the search."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from streamsite import folding
from tests.support.users import Cast
from videos import services
from videos.access import ANONYMOUS
from videos.models import Video
from videos.search import query_text, urls
from videos.search.suggestions import suggest

ROOT = Path(__file__).parents[2]
NASTY = [
    "plain words",
    'The "best" of',
    "five -minute crafts",
    "-start",
    '"',
    "#1 hit -live",
    'a "b -c" d',
    "tail -",
    "rock 'n' roll",
    "half a wor",
    "100% sure & more + less = ?",
    "C++ and C#",
]


@pytest.mark.parametrize("text", NASTY)
def test_a_quoted_text_excludes_nothing_and_is_finished(text):
    query = query_text.parse_query(urls.quote_text(text))
    assert query.excluded == ()
    assert query.unfinished == ""
    said = tuple(folding.words(text.replace('"', " ")))
    assert query.phrases == ((said,) if said else ())
    address = urlsplit(urls.text_search_url(text))
    assert address.path == "/search"
    assert parse_qs(address.query) == {"q": [urls.quote_text(text)]}


@pytest.mark.parametrize("title", [title for title in NASTY if folding.words(title)])
def test_a_suggestion_leads_to_the_video_or_finds_every_one_of_that_title(
    database: None, cast: Cast, title: str
) -> None:
    video = cast.video(title=title)
    (offered,) = suggest(ANONYMOUS, title)["results"]
    assert offered == {"kind": "video", "text": title, "url": f"/watch/{video.pk}"}
    same = cast.video(title=title)
    (offered,) = suggest(ANONYMOUS, title)["results"]
    assert offered["url"] == urls.text_search_url(title)
    html = cast.page("anonymous").get(offered["url"]).content.decode()
    assert set(re.findall(r'data-video="([^"]+)"', html)) == {video.pk, same.pk}


def test_a_tag_leads_to_what_has_it(database: None, cast: Cast) -> None:
    video = cast.video(title="Something else")
    services.update(video, {"tags": ["-drums", 'say "hi"']})
    html = cast.page("anonymous").get(f"/watch/{video.pk}").content.decode()
    addresses = re.findall(r'class="[^"]*" href="(/tag/[^"]+)"', html)
    assert len(addresses) == len(Video.objects.get(pk=video.pk).tags) == 2
    for address in addresses:
        page = cast.page("anonymous").get(address).content.decode()
        assert f'data-video="{video.pk}"' in page, address


def test_only_one_module_builds_links_to_the_search() -> None:
    """A template or module that puts text behind ``?q=`` by itself would put it into the query language."""
    raw = re.compile(r"""search['"]? *%\}\?|/search\?q=|[?&]q=\{\{|[?&]q=\$?\{(?!encodeURIComponent)""")
    places = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("static/js/**/*.js")]
    places += [
        path
        for app in ("streamsite", "accounts", "videos", "subscriptions", "playlists")
        for path in ROOT.glob(f"{app}/**/*.py")
        if "tests" not in path.parts and "testing" not in path.parts
    ]
    assert len(places) > 300
    found = {str(path.relative_to(ROOT)) for path in places if raw.search(path.read_text("utf-8"))}
    # Placeholders that browsers and search engines fill in.
    assert found == {"streamsite/site_files/opensearch.py", "videos/syndication/lists.py"}
