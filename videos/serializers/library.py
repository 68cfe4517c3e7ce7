"""Input: the public library."""

from __future__ import annotations

from streamsite.api.fields import QueryTextField, StrictChoiceField
from streamsite.api.inputs import QuerySerializer
from videos.library_filters import DURATION_CONDITIONS, RELEVANCE, SORTS, UPLOADED_WITHIN_DAYS
from videos.models import CATEGORIES


class LibraryQuerySerializer(QuerySerializer):
    """Parameters of ``GET /videos``, and of the pages that search and filter videos."""

    q = QueryTextField(
        100_000,
        help_text='All words must match. "Quotes" keep words together, -word excludes. The last may be incomplete.',
    )
    exact = QueryTextField(10, help_text="`1`: search for q as it is, without correction.")
    channel = QueryTextField(1_000, help_text="A username.")
    tag = QueryTextField(1_000)
    category = StrictChoiceField(choices=[key for key, _ in CATEGORIES], required=False)
    language = QueryTextField(1_000, help_text="A language tag such as en.")
    duration = StrictChoiceField(
        choices=list(DURATION_CONDITIONS), required=False, help_text="Under 4, 4 to 20, or over 20 minutes."
    )
    uploaded = StrictChoiceField(
        choices=list(UPLOADED_WITHIN_DAYS), required=False, help_text="Uploaded within this period."
    )
    captions = QueryTextField(10, help_text="`1`: only videos with captions.")
    sort = StrictChoiceField(choices=[RELEVANCE, *SORTS], required=False)
