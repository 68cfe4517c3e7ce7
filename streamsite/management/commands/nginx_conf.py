"""``manage.py nginx_conf``."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from streamsite.front.configuration import PID_FILE, ConfigurationError, NginxOptions, is_upstream, render
from streamsite.management.site_command import CHANGED_NOTHING, OperatorCommand, UsageError


class Command(OperatorCommand):
    """Prints a configuration for an nginx of your own; the one of ``script/server`` is made by itself."""

    help = "Print a configuration of nginx that fits the settings."
    if_stopped = CHANGED_NOTHING
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument(
            "--listen",
            help="listen here without TLS, as nginx's listen directive has it, such as 127.0.0.1:8080 or [::1]:8080; "
            "without this option nginx ends TLS on the port of SITE_URL (443, which port 80 redirects to), or listens "
            "on 80 when SITE_URL is not https or another proxy is in front (TRUSTED_PROXIES above 1)",
        )
        parser.add_argument(
            "--certificate",
            help="the certificate with its chain (/etc/letsencrypt/live/<name>/fullchain.pem)",
        )
        parser.add_argument("--key", help="its private key (/etc/letsencrypt/live/<name>/privkey.pem)")
        parser.add_argument(
            "--pid",
            default=PID_FILE,
            metavar="FILE",
            help=f"where nginx notes its process number ({PID_FILE}); an nginx without root needs another place",
        )
        parser.add_argument(
            "--user",
            default="www-data streamsite",
            help="the user that nginx runs as and the site's group, by which it may read media (www-data streamsite)",
        )
        parser.add_argument(
            "--upstream",
            action="append",
            help="where run_web listens (127.0.0.1:8000; also [::1]:8000 or unix:/path; in deploy/compose.yml "
            "web:8000); repeat it for several web servers, between which nginx shares out the requests",
        )

    def handle(self, *args: object, upstream: list[str] | None, **options: str) -> None:
        """Print the configuration."""
        for address in upstream or ():
            if not is_upstream(address):
                raise UsageError(
                    "--upstream takes HOST:PORT, [IPv6]:PORT or unix:/path, with a port from 1 to 65535, "
                    f"not {address!r}."
                )
        # TRUSTED_PROXIES counts this nginx and those in front of it.
        hops = max(settings.TRUSTED_PROXIES - 1, 0)
        web = tuple(upstream or ["127.0.0.1:8000"])
        place = NginxOptions(
            options["listen"] or "80", web, user=options["user"], hops=hops, pid_file=options["pid"]
        )
        if settings.SITE_URL.startswith("https:") and not options["listen"] and not hops:
            folder = f"/etc/letsencrypt/live/{urlsplit(settings.SITE_URL).hostname}"
            place = replace(
                place,
                certificate=options["certificate"] or f"{folder}/fullchain.pem",
                key=options["key"] or f"{folder}/privkey.pem",
            )
        try:
            self.stdout.write(render(place), ending="")
        except ConfigurationError as error:
            raise CommandError(str(error)) from error
