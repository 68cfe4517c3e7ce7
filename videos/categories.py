"""Categories of videos as pages and as the row of chips above lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from streamsite.caching import cached
from streamsite.errors import Absent
from videos import facets, video_store
from videos.models import CATEGORIES

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

# How long a process goes on showing a category whose last video went, and without one whose first one came.
USED_SECONDS = 60


@dataclass(frozen=True)
class Chip:
    """A link of the row: ``label`` is a text, ``is_current`` says that the page is the one that it leads to."""

    label: StrOrPromise
    url: str
    is_current: bool = False


def category_label(slug: str) -> StrOrPromise:
    """Return the name of a category. Raises ``Absent`` when there is none with this slug."""
    label = dict(CATEGORIES).get(slug)
    if label is None:
        raise Absent
    return label


def category_chips(current: str = "") -> Sequence[Chip]:
    """Return a chip for home and one for each category with a listed video; none on a site without any.

    ``current`` is the slug of the page's category, "" on the home page.
    """
    used = used_categories()
    shown = [(slug, label) for slug, label in CATEGORIES if slug in used or slug == current]
    if not shown:
        return []
    chips = [Chip(label, reverse("category", args=[slug]), slug == current) for slug, label in shown]
    return [Chip(_("All"), reverse("home"), not current), *chips]


@cached(seconds=USED_SECONDS)
def used_categories() -> frozenset[str]:
    """Return the slugs of the categories with a listed video. One read, which looks at one video of each."""
    keys = {slug: facets.facet_key({"category": slug}) for slug, _label in CATEGORIES}
    return frozenset(video_store.used_facets(keys))
