"""Routes found by index are those that Django finds by trying each."""

import pytest
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, path, re_path
from django.urls.resolvers import RoutePattern

from streamsite.url_index import IndexedResolver, indexed


def flat(patterns):
    """Return the same patterns without any index."""
    found = []
    for one in patterns:
        if isinstance(one, IndexedResolver):
            found += flat(one.url_patterns)
        elif isinstance(one, URLResolver):
            found.append(
                URLResolver(
                    one.pattern, flat(one.url_patterns), one.default_kwargs, one.app_name, one.namespace
                )
            )
        else:
            found.append(one)
    return found


PLAIN = URLResolver(RoutePattern(""), flat(get_resolver().url_patterns))


def example_of(pattern):
    """Return an address that a pattern matches, roughly."""
    parts = []
    for part in str(pattern.pattern).removeprefix("^").split("/"):
        parts.append("AAAAAAAAAAA" if part.startswith("<") else part.partition("<")[0] + "x" * ("<" in part))
    return "/".join(parts)


def addresses(patterns, prefix=""):
    for one in patterns:
        if isinstance(one, URLPattern):
            yield prefix + example_of(one)
        else:
            yield from addresses(one.url_patterns, prefix + example_of(one))


def found(resolver, address):
    try:
        match = resolver.resolve(address)
    except Resolver404:
        return None
    return (
        match.func,
        match.url_name,
        match.args,
        match.kwargs,
        match.namespaces,
        match.route,
        match.view_name,
    )


def test_every_route_is_found_as_before():
    asked = sorted(set(addresses(PLAIN.url_patterns)))
    assert len(asked) > 300
    indexed_resolver = URLResolver(RoutePattern(""), get_resolver().url_patterns)
    matched = 0
    for address in asked:
        for variant in (address, f"{address}/", f"{address}/more", address.partition("/")[0], f"x{address}"):
            expected = found(PLAIN, variant)
            assert found(indexed_resolver, variant) == expected, variant
            matched += expected is not None
    assert matched > 300


@pytest.mark.parametrize(
    "address", ["", "/", "a", "a/", "a/b", "a/1/c/d", "z/anything/at/all", "1", "1/2", "ä/b", "a//b"]
)
def test_odd_patterns(address):
    def view(request):
        """Answer nothing."""

    patterns = [
        path("", view, name="root"),
        path("a", view, name="a"),
        path("a/<int:number>/c/<str:text>", view, name="numbers"),
        path("<slug:any>", view, name="any"),
        re_path(r"^z/.*$", view, name="rest"),
        path("a/", lambda request: None, name="slash"),
        path("<path:everything>", view, name="everything"),
    ]
    plain = URLResolver(RoutePattern(""), patterns)
    index = URLResolver(RoutePattern(""), indexed(*patterns))
    assert found(index, address) == found(plain, address)


def test_what_no_pattern_begins_with_is_not_found():
    (resolver,) = indexed(path("a", lambda request: None))
    with pytest.raises(Resolver404):
        resolver.resolve("b/c")
