"""No page is missing in the walk through every page: tests/test_widths_browser.py."""

import re

from tests.support.walked_pages import EXCEPTIONS, PAGES, exception_of, page_routes, route_of


class Anything(dict):
    """Names in paths, each filled with the same word."""

    def __missing__(self, name):
        return "x"


def walked_routes():
    return {route_of(row.path.format_map(Anything())) for row in PAGES if row.status != 404}


def test_every_page_is_walked_or_excepted(cast):
    """A route is walked, excepted, answers only to POST, or is a file: what is none of these is missing here."""
    walked = walked_routes()
    staff, missing = cast.page("staff"), []
    for route in page_routes():
        if route in walked or exception_of(route):
            continue
        answer = staff.get("/" + re.sub(r"<(?:\w+:)?\w+>", "x", route))
        is_page = answer["Content-Type"].startswith("text/html")
        is_alias = answer.status_code == 302 and route_of(answer["Location"]) in walked
        if is_page and answer.status_code != 405 and not is_alias:
            missing.append(route)
    assert not missing


def test_exceptions_and_walked_pages_exist():
    routes = set(page_routes())
    used = {exception_of(route) for route in routes}
    assert set(EXCEPTIONS) <= used
    walked = walked_routes()
    assert walked <= routes
