"""Shared by the scripts that run the site: paths relative to the caller's folder, and the packages."""

import os
import sys

import bootstrap
import bundled_mongod

PATH_OPTIONS = ("--data", "--acme-ca-root")


def arguments():
    """Return the command line with relative paths made absolute: they mean "from where I typed it"."""
    caller = os.getcwd()
    given = list(sys.argv[1:])
    for index, argument in enumerate(given):
        for option in PATH_OPTIONS:
            if argument == option and index + 1 < len(given):
                given[index + 1] = os.path.join(caller, given[index + 1])
            elif argument.startswith(option + "="):
                given[index] = option + "=" + os.path.join(caller, argument[len(option) + 1 :])
    return given


def of_settings():
    """Return the requirement files that the settings ask for."""
    requirements = ["requirements.txt"]
    if bootstrap.setting("S3_BUCKET"):
        requirements.append("requirements-s3.txt")
    if bootstrap.setting("SENTRY_DSN") or bootstrap.setting("SENTRY_DSN_FILE"):
        requirements.append("requirements-sentry.txt")
    if any(bootstrap.setting("OTEL_EXPORTER_OTLP_%sENDPOINT" % kind) for kind in ("", "TRACES_")):
        requirements.append("requirements-otel.txt")
    return requirements


def ensure(given):
    """Install what a site with these arguments needs; return the virtual environment's Python."""
    requirements = of_settings()
    is_public = bootstrap.setting("DOMAIN") or any(argument.split("=")[0] == "--domain" for argument in given)
    if is_public and not bootstrap.setting("CADDY_BIN"):
        requirements.append("requirements-caddy.txt")
    python = bootstrap.ensure(*requirements)
    if not bootstrap.setting("MONGODB_URI"):
        bundled_mongod.ensure()
    return python
