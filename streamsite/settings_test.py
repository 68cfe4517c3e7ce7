"""The test overlay: cheap hashing, a data folder of its own, generous limits. Nothing leaves the machine.

``tests.support.plugin`` has started MongoDB and set the environment before this is read.
"""

from streamsite.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
THROTTLE_SCALE = 1_000_000
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = False
MEDIA_STATE_CACHE_SECONDS = 0.0
# Tests change the database behind the requests that they make. Kept rows end with every write of the process.
KEPT_ANSWER_SECONDS = KEPT_CALLER_SECONDS = 0.0
KEPT_ROW_SECONDS = 60.0
WEBHOOK_MEMO_SECONDS = 60.0
DISK_WATERMARK_BYTES = 0
# Tests say what the site's settings are: no thread reads them.
SITE_SETTINGS_POLL_SECONDS = 0

# Errors that the OpenAPI document does not name fail the test that got them.
MIDDLEWARE = ["tests.support.documented_answers.DocumentedAnswersMiddleware", *MIDDLEWARE]  # noqa: F405

INSTALLED_APPS = [*INSTALLED_APPS, "streamsite.mongo.engine.tests.apps.EngineTestsConfig"]  # noqa: F405
# The answers that the engine's are compared with.
DATABASES["oracle"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}  # noqa: F405
