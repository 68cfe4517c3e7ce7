"""Settings, all of them from the environment through ``streamsite.env``; see ``.env.example``.

A wrong value stops the start with the variable's name. Secrets may come from files (``NAME_FILE``).

The modules are read in this order: of several wrong values the first is named.
"""

# ruff: noqa: F403, I001 - settings are names, and their order matters

from streamsite.settings.base import *
from streamsite.settings.applications import *
from streamsite.settings.database import *
from streamsite.settings.accounts import *
from streamsite.settings.api import *
from streamsite.settings.tasks import *
from streamsite.settings.push import *
from streamsite.settings.outbound import *
from streamsite.settings.oidc import *
from streamsite.settings.media import *
from streamsite.settings.bucket import *
from streamsite.settings.backup import *
from streamsite.settings.pages import *
from streamsite.settings.languages import *
from streamsite.settings.public import *
from streamsite.settings.mail import *
from streamsite.settings.logs import *
from streamsite.settings.metrics import *
from streamsite.settings.telemetry import *
