"""The WSGI entry point: ``granian --interface wsgi streamsite.wsgi:application``."""

import os
import signal
import sys
from importlib import import_module

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from streamsite import assets, memory, site_id, stalled_connections, start_gate
from streamsite.early_refusals import with_lingering_close
from streamsite.metrics import commands, process_files
from streamsite.mongo.server import end_with_parent
from streamsite.site_settings import live as site_settings
from streamsite.telemetry import start as telemetry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streamsite.settings")

if os.environ.get("STREAMSITE_SUPERVISED"):
    # The web server's worker must not outlive its master and go on answering beside its successors.
    end_with_parent(signal.SIGKILL)

memory.limit_malloc_arenas()

try:
    django.setup()
except ImproperlyConfigured as error:
    sys.exit(f"web: {error}")

from streamsite import edge, request_turns  # noqa: E402 - what edge imports reads settings

# Views, forms and the admin: else the first request would wait for them.
import_module(settings.ROOT_URLCONF)
start_gate.wait_until_open()
process_files.join(process_files.WEB)
commands.start(process_files.WEB)
telemetry.start(process_files.WEB)
site_id.exit_on_mismatch()
site_settings.start()
assets.publish_static_files()
if not settings.BEHIND_FRONT:
    stalled_connections.start_watchdog(settings.WRITE_TIMEOUT_SECONDS)
_site = edge.before(request_turns.in_turn(get_wsgi_application()))
application = with_lingering_close(_site) if settings.FORWARDED_HOPS else _site
