"""Errors to Sentry and traces to OpenTelemetry: optional, off without their variables, and never in a request's way.

``start`` turns on what is configured. Everything else imports ``spans`` and ``current``, which need no packages; only
``sentry.py`` and ``tracing.py`` import those of ``requirements-sentry.txt`` and ``requirements-otel.txt``.
"""
