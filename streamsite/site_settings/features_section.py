"""The form of the site's features, and its registration."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from streamsite.licenses import License
from streamsite.sensitive_content import SensitiveContent
from streamsite.site_settings.features import Features
from streamsite.site_settings.forms import SectionForm
from streamsite.site_settings.sections import Section, register
from streamsite.visibility import Visibility


class FeaturesForm(SectionForm):
    """A checkbox for each feature, and what new videos begin with."""

    comments = forms.BooleanField(
        label=_("Comments"),
        required=False,
        help_text=_(
            "Viewers can comment on videos and posts. Turning this off hides comments and keeps them."
        ),
    )
    downloads = forms.BooleanField(
        label=_("Downloads"),
        required=False,
        help_text=_("Creators can let viewers download their videos."),
    )
    embeds = forms.BooleanField(
        label=_("Embedding"),
        required=False,
        help_text=_("Other sites can show videos and playlists from this site."),
    )
    trending = forms.BooleanField(
        label=_("Trending page"),
        required=False,
        help_text=_("A page with the videos people watch right now."),
    )
    public_api = forms.BooleanField(
        label=_("Public API"),
        required=False,
        help_text=_("Apps can use the API without an account. Apps with an access token always can."),
    )
    sensitive_content = forms.ChoiceField(
        label=_("Sensitive videos"),
        choices=SensitiveContent.choices,
        help_text=_("Applies to visitors. People with an account can choose for themselves."),
    )
    visibility = forms.ChoiceField(
        label=_("Default visibility"),
        choices=Visibility.choices,
        help_text=_("Preselected for new videos. Creators can choose another one."),
    )
    license = forms.ChoiceField(
        label=_("Default license"),
        choices=License.choices,
        help_text=_("Preselected for new videos. Creators can choose another one."),
    )


register(
    Section(
        "features",
        _("Features"),
        Features,
        form=FeaturesForm,
        summary=_("Turn parts of the site on or off, and choose defaults for new videos."),
        order=40,
    )
)
