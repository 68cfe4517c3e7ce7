"""Applications, middleware and templates."""

from __future__ import annotations

from streamsite.settings.base import BASE_DIR

INSTALLED_APPS = [
    "accounts",
    "videos",
    "playlists",
    "subscriptions",
    "takeout",
    "demo",
    "streamsite",
    "streamsite.admin_config.SiteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "corsheaders",
    "django_tasks",
]

MIDDLEWARE = [
    # Probes ask for an address, and nothing may refuse them.
    "streamsite.health.HealthMiddleware",
    "streamsite.metrics.middleware.MetricsMiddleware",
    # Around the lines of requests, which carry the trace's id.
    "streamsite.telemetry.middleware.TelemetryMiddleware",
    "streamsite.middleware.RequestIdMiddleware",
    # Inside of what counts and logs requests, around everything that an answer costs.
    "streamsite.kept_answers.KeptAnswersMiddleware",
    "streamsite.front.middleware.FrontMiddleware",
    "streamsite.origin.OriginMiddleware",
    "streamsite.languages.LanguageMiddleware",
    "streamsite.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "streamsite.middleware.ApiCorsMiddleware",
    "streamsite.download_slots.SendLimitMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "streamsite.page_compression.PageCompressionMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "streamsite.middleware.ErrorMiddleware",
    "streamsite.method_not_allowed.RefusedMethodMiddleware",
    "streamsite.middleware.TrailingSlashMiddleware",
    # Writes are counted before bodies are looked at, and both before the CSRF check.
    "streamsite.page_limits.PageLimitMiddleware",
    "streamsite.bodies.middleware.BodyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    # Behind the CSRF check, which has read the form.
    "streamsite.drafts.DraftMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "streamsite.site_settings.features.FeatureMiddleware",
    "accounts.middleware.SessionGovernanceMiddleware",
    "accounts.locale.AccountLocaleMiddleware",
    # Knows the caller and the language, and comes before every view.
    "streamsite.site_mode.middleware.SiteModeMiddleware",
    "accounts.registration.login_only.LoginOnlyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "streamsite.urls"
WSGI_APPLICATION = "streamsite.wsgi.application"
APPEND_SLASH = False

# Tags that need no {% load %}.
TEMPLATE_BUILTINS = [
    "django.templatetags.i18n",
    "streamsite.templatetags.assets",
    "streamsite.templatetags.icons",
    "streamsite.templatetags.formats",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "streamsite.context.site",
                "accounts.context.me",
            ],
            "builtins": TEMPLATE_BUILTINS,
        },
    },
]
