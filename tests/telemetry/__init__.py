"""Errors to Sentry and traces to OpenTelemetry: what leaves the site, and that nobody waits for it."""
