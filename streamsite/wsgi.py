"""The WSGI entry point: ``granian --interface wsgi streamsite.wsgi:application``."""

import os
import signal
import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from streamsite import assets, memory, site_id, stalls
from streamsite.lingering import lingering
from streamsite.mongo.server import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streamsite.settings")

if os.environ.get("STREAMSITE_SUPERVISED"):
    # The web server's worker must not outlive its master and go on answering beside its successors.
    die_with_parent(signal.SIGKILL)

memory.bound_arenas()

try:
    django.setup()
except ImproperlyConfigured as error:
    sys.exit(f"web: {error}")
site_id.guard()
assets.publish()
if not settings.BEHIND_FRONT:
    stalls.watch(settings.WRITE_TIMEOUT_SECONDS)
_site = get_wsgi_application()
application = lingering(_site) if settings.FORWARDED_HOPS else _site
