"""The description by which browsers offer the site's search (https://github.com/dewitt/opensearch)."""

from __future__ import annotations

from django.urls import reverse

from streamsite import origin, xml
from streamsite.site_files import icons
from streamsite.site_settings.identity import identity

CONTENT_TYPE = "application/opensearchdescription+xml"
NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
MAX_SHORT_NAME, MAX_DESCRIPTION = 16, 1024


def build_description() -> bytes:
    """Return the document."""
    site, base = identity(), origin.current()
    root = xml.root("OpenSearchDescription", {"": NAMESPACE})
    xml.add(root, "ShortName", site.name[:MAX_SHORT_NAME])
    xml.add(root, "Description", (site.description or site.name)[:MAX_DESCRIPTION])
    xml.add(root, "InputEncoding", "UTF-8")
    icon = f"{base}{icons.icon_url(icons.FAVICON)}"
    xml.add(root, "Image", icon, width=16, height=16, type="image/x-icon")
    template = f"{base}{reverse('search')}?q={{searchTerms}}"
    xml.add(root, "Url", type="text/html", method="get", template=template)
    itself = f"{base}{reverse('opensearch')}"
    xml.add(root, "Url", type=CONTENT_TYPE, rel="self", template=itself)
    return xml.document(root)
