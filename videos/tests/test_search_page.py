"""The search page: filters, orders, channels above the results, and what it costs."""

import re

import pytest

from tests.support.commands import recorded_queries


@pytest.fixture
def library(database, cast):
    cast.video(title="Alpha walk", duration=30.0, view_count=1, category="travel")
    cast.video(title="Alpha talk", duration=3600.0, view_count=9, language="de")


def shown(cast, who="anonymous", **params):
    answer = cast.page(who).get("/search", params)
    assert answer.status_code == 200
    return answer.content.decode()


def titles(html):
    return re.findall(r'<h3 class="card-title"><a [^>]*>([^<]*)</a>', html)


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"sort": "views"}, ["Alpha talk", "Alpha walk"]),
        ({"duration": "short"}, ["Alpha walk"]),
        ({"duration": "long", "language": "de"}, ["Alpha talk"]),
        ({"category": "travel", "uploaded": "week", "sort": "newest"}, ["Alpha walk"]),
        ({"captions": "1"}, []),
        (
            {
                "duration": "",
                "category": "",
                "uploaded": "",
                "captions": "",
                "language": "",
                "sort": "relevance",
            },
            2,
        ),
    ],
)
def test_the_results_are_filtered_and_ordered(library, cast, params, found):
    html = shown(cast, q="alpha", **params)
    assert titles(html) == found or len(titles(html)) == found
    for name, value in params.items():
        if value:
            choices = re.search(rf'aria-labelledby="filter-{name}">.*?</section>', html, re.DOTALL)[0]
            (chosen,) = re.findall(r'<a href="\?([^"]*)" aria-current="true">', choices)
            # A choice that is made leads to the results without it; one order is always chosen.
            assert (f"{name}=" in chosen) == (name == "sort" and value != "relevance")


def test_active_filters_are_shown_and_can_be_removed_one_by_one(library, cast):
    html = shown(cast, q="alpha", duration="short", category="travel", sort="views")
    chips = {
        text: without
        for without, text in re.findall(
            r'href="(\?[^"]*)"><span[^>]*>Remove filter: </span><bdi>([^<]*)', html
        )
    }
    assert chips == {
        "Under 4 minutes": "?q=alpha&amp;category=travel&amp;sort=views",
        "Travel &amp; events": "?q=alpha&amp;duration=short&amp;sort=views",
    }
    assert '<span class="filters-count">2<' in html
    assert "No results with these filters" in shown(cast, q="alpha", duration="medium")
    assert "filters-count" not in shown(cast, q="alpha", sort="views")


def test_an_unknown_choice_is_refused_and_an_unknown_language_is_shown(library, cast):
    for query in ("duration=tiny", "uploaded=ever", "sort=price", "category=x"):
        assert cast.page("anonymous").get(f"/search?q=alpha&{query}").status_code == 400
    html = shown(cast, q="alpha", language='"><b>x')
    assert "<b>x" not in html
    assert "&quot;&gt;&lt;b&gt;x" in html


def test_without_words_there_is_nothing_to_filter(library, cast):
    html = shown(cast, q=" ", duration="short")
    assert "Search for videos, channels, and playlists" in html
    assert "filter-sheet" not in html


def test_every_choice_applies_at_once_and_keeps_the_others(library, cast):
    html = shown(cast, q="alpha", duration="short", sort="views", cursor="")
    choices = re.search(r'aria-labelledby="filter-category">.*?</section>', html, re.DOTALL)[0]
    assert "?q=alpha&amp;duration=short&amp;sort=views&amp;category=travel" in choices
    assert titles(shown(cast, q="alpha", duration="short", sort="views", category="travel")) == ["Alpha walk"]


def test_tabs_show_one_kind_of_results(library, cast):
    cast.user("alpha-films", full_name="Alpha Films")
    html = shown(cast, q="alpha")
    tabs = re.findall(r'<a href="(/search[^"]*)"(?: aria-current="page")?>([^<]*)</a>', html)
    assert [text for _url, text in tabs][:4] == ["All", "Videos", "Channels", "Playlists"]
    assert "found-channel" in html
    html = shown(cast, q="alpha", show="videos")
    assert "found-channel" not in html
    assert len(titles(html)) == 2
    assert 'show=videos" aria-current="page"' in html
    html = shown(cast, q="alpha", show="channels")
    assert "found-channel" in html
    assert 'show=channels" aria-current="page"' in html
    assert 'aria-current="page">All<' in shown(cast, q="alpha", show="nonsense")


def test_results_show_the_part_of_the_description_with_the_words_marked(database, cast):
    far = "A walk along the coast. " * 20
    cast.video(title="Coast", description=f"{far}The LIGHTHÖUSES of <b>Brittany</b> & more. {far}")
    cast.video(title="Lighthouse", description="Nothing of the kind")
    html = shown(cast, q="lighthouse")
    (snippet,) = re.findall(r'<p class="card-snippet clamp-2" dir="auto">(.*?)</p>', html)
    assert "<mark>LIGHTHÖUSE</mark>S of &lt;b&gt;Brittany&lt;/b&gt; &amp; more." in snippet
    assert snippet.startswith("…")
    assert snippet.endswith("…")
    found = cast.page("anonymous").get("/api/v1/videos", {"q": "lighthouse"}).json()["results"]
    texts = {card["title"]: card["snippet"] for card in found}
    assert texts["Lighthouse"] is None
    assert len(texts["Coast"]) <= 162
    assert "LIGHTHÖUSES of <b>Brittany</b>" in texts["Coast"]
    assert "snippet" not in cast.page("anonymous").get("/api/v1/videos").json()["results"][0]


def test_the_page_costs_six_commands_and_more_of_the_list_three(library, cast):
    """Three for the videos, two for the channels, one for the playlists, of which there are none."""
    page = cast.page("anonymous")
    page.get("/search?q=owner")  # what is cached for a moment
    for headers, most in (({}, 6), ({"HX-Request": "true"}, 3)):
        with recorded_queries() as commands:
            page.get("/search?q=owner", headers=headers)
        assert len(commands) <= most, commands


def test_a_corrected_search_links_to_the_exact_one(library, cast):
    cast.video(title="The lighthouse keeper")
    html = shown(cast, q="lighthuose", sort="views")
    assert titles(html) == ["The lighthouse keeper"]
    assert "Showing results for <strong><bdi>lighthouse</bdi></strong>" in html
    link = re.search(r'<a href="(\?[^"]*)">Search instead for <bdi>lighthuose</bdi></a>', html)[1]
    assert link == "?q=lighthuose&amp;sort=views&amp;exact=1"
    html = cast.page("anonymous").get("/search" + link.replace("&amp;", "&")).content.decode()
    assert "No results for" in html
    assert "Showing results for" not in html
    html = shown(cast, q="lighthouse keeper biography")
    assert "No videos match all of your keywords." in html
    assert "<b>x" not in shown(cast, q="lighthuose <b>x</b>")


def test_channels_and_playlists_are_found_by_the_corrected_text_too(library, cast):
    cast.video(title="The lighthouse keeper")
    for number in range(4):
        cast.user(f"own-{number}", full_name="Lighthouse Films")
    cast.user("odd", full_name="Lighthuose")
    html = shown(cast, q="lighthuose filmss")
    assert html.count('class="found-channel"') == 0  # no video is found, so nothing was corrected
    cast.video(title="Lighthouse films")
    html = shown(cast, q="lighthuose films")
    assert html.count('class="found-channel"') == 3
    assert "/search?q=lighthouse+films&amp;show=channels" in html
    assert html.index("Showing results for") < html.index("found-section")
    html = shown(cast, q="lighthuose")  # somebody is called just that
    assert re.findall(r'class="found-name">([^<]*)<', html) == ["Lighthuose"]
