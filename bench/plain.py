"""Django's settings for programs that start sites and have none of their own: import it before ``tests.support.clips``.

The modules below ``videos.transcoding`` mark their texts for translation, which asks for settings.
"""

from __future__ import annotations

from django.conf import settings

if not settings.configured:
    settings.configure(USE_I18N=False)
