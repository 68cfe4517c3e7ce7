"""Parts of the site that staff can turn off. What is off is absent: from pages, the API, feeds, and other sites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from streamsite import error_responses
from streamsite.errors import Absent, Forbidden
from streamsite.licenses import License
from streamsite.sensitive_content import SensitiveContent
from streamsite.site_settings.live import current
from streamsite.site_settings.sections import setting
from streamsite.visibility import Visibility

# By feature, the names of the routes that are absent without it.
ROUTES = {
    "comments": frozenset(
        {
            *("video-comments", "post-comments", "comment", "comment-row", "comment-edit", "comment-curate"),
            *("comment-follow", "comment-react", "studio-comments", "studio-comment-rules"),
            *("api-post-comments", "api-comments", "api-comment", "api-replies", "api-comment-reaction"),
            *("api-comment-pin", "api-comment-heart", "api-comment-follow", "api-comment-approval"),
            *("comments-feed", "comments-feed-atom", "comments-feed-json"),
            *("api-studio-comments", "api-comment-rules", "api-comment-report"),
        }
    ),
    "embeds": frozenset({"oembed"}),
    "trending": frozenset({"trending", "api-trending"}),
}
# People can delete what they wrote all the same.
DELETABLE = frozenset({"api-comment"})
FEATURE_OF_ROUTE = {route: feature for feature, routes in ROUTES.items() for route in routes}


@dataclass(frozen=True)
class Features:
    """Which parts of the site are on, and what new videos begin with."""

    comments: bool = setting(lambda: True)
    downloads: bool = setting(lambda: True)
    embeds: bool = setting(lambda: True)
    trending: bool = setting(lambda: True)
    public_api: bool = setting(lambda: True)
    # What visitors, and viewers without a choice of their own, see of sensitive videos.
    sensitive_content: str = setting(
        lambda: SensitiveContent.BLUR.value, decode=lambda raw: SensitiveContent(raw).value
    )
    # What new videos begin with.
    visibility: str = setting(lambda: Visibility.PRIVATE.value, decode=lambda raw: Visibility(raw).value)
    license: str = setting(lambda: License.STANDARD.value, decode=lambda raw: License(raw).value)


class FeatureOff(Absent):
    """The site's staff turned this part off. ``code`` is ``<feature>_disabled``."""

    def __init__(self, feature: str) -> None:
        super().__init__(_("This feature is turned off on this site."), code=f"{feature}_disabled")


class ApiNotPublic(Forbidden):
    """The API answers people with an account only."""

    code = "public_api_disabled"

    def __init__(self) -> None:
        super().__init__(_("This site's API needs an account. Send an access token or an API token."))


def features() -> Features:
    """Return which features are on now."""
    return current(Features)


def require(feature: str) -> None:
    """Raise ``FeatureOff`` unless the feature is on."""
    if not getattr(features(), feature):
        raise FeatureOff(feature)


def require_public_api(request: HttpRequest) -> None:
    """Raise ``ApiNotPublic`` for a visitor's call that none of the site's pages made, where the API is not public."""
    if not features().public_api and not is_from_own_page(request):
        raise ApiNotPublic


def is_from_own_page(request: HttpRequest) -> bool:
    """Return whether a browser says that one of the site's pages made the call; programs can say so as well."""
    site = request.headers.get("Sec-Fetch-Site", "")
    if site:
        return site == "same-origin"
    # Browsers send no such header to a plain address in a network.
    return urlsplit(request.headers.get("Referer", "")).netloc == request.get_host()


class FeatureMiddleware:
    """Makes the routes of features that are off absent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> HttpResponse | None:
        """Answer 404 for a route whose feature is off."""
        route = request.resolver_match.url_name if request.resolver_match else None
        feature = FEATURE_OF_ROUTE.get(route or "")
        if not feature or getattr(features(), feature):
            return None
        if route in DELETABLE and request.method == "DELETE":
            return None
        return error_responses.error_response(request, FeatureOff(feature))
