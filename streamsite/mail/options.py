"""The settings of mail, read and held against one another. Contradictions stop the start with one sentence each."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import parseaddr

from django.core.exceptions import ImproperlyConfigured

from streamsite import env

STARTTLS, TLS, NONE = "starttls", "tls", "none"
PORTS = {STARTTLS: 587, TLS: 465, NONE: 25}
# Names that earlier versions used. They are still read.
OLD_USER, OLD_PASSWORD = "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD"
OLD_STARTTLS, OLD_TLS = "EMAIL_USE_TLS", "EMAIL_USE_SSL"


@dataclass(frozen=True)
class Options:
    """The mail server and how mail is handed to it. ``host`` is empty when mail goes to files."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)

    @property
    def is_local(self) -> bool:
        """True when the mail server runs on this machine."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Return whether a host name or address means this machine."""
    return host in {"localhost", "::1", "[::1]"} or host.startswith("127.")


def read_options() -> Options:
    """Return the options of the environment. Raises ``ImproperlyConfigured`` for what cannot work or is unsafe."""
    host = env.text("EMAIL_HOST")
    user = env.text("EMAIL_USER") or env.text(OLD_USER)
    password = _password()
    port = env.integer("EMAIL_PORT", 0, least=1, most=65_535)
    security = _security(host, user, port)
    options = Options(host, port or _usual_port(security), security, user, password)
    if host and (found := find_problems(options)):
        raise ImproperlyConfigured(" ".join(found))
    return options


def find_problems(options: Options) -> list[str]:
    """Return one sentence per contradiction that would keep mail from leaving, or would give the password away."""
    found = []
    if options.user and not options.password:
        found.append(
            "EMAIL_USER is set without EMAIL_PASSWORD: set EMAIL_PASSWORD or EMAIL_PASSWORD_FILE too."
        )
    if options.password and not options.user:
        found.append("EMAIL_PASSWORD is set without EMAIL_USER: set EMAIL_USER, or remove the password.")
    if not (options.user + options.password).isascii():
        found.append("EMAIL_USER and EMAIL_PASSWORD must be ASCII: mail servers agree on nothing else.")
    if options.user and options.security == NONE and not options.is_local:
        found.append(
            f"EMAIL_SECURITY=none would send the password to {options.host} unencrypted:"
            " set EMAIL_SECURITY=starttls or tls."
        )
    return found


def default_sender(site_name: str, site_host: str) -> str:
    """Return ``DEFAULT_FROM_EMAIL``, by default ``no-reply`` at the site's host. Raises ``ImproperlyConfigured``."""
    host = "localhost" if ":" in site_host else site_host  # an IPv6 address is no domain of mail
    given = env.text("DEFAULT_FROM_EMAIL", f"{site_name} <no-reply@{host}>")
    name, _, domain = parseaddr(given)[1].rpartition("@")
    if not name or not name.isascii() or not domain or not given.isprintable():
        raise ImproperlyConfigured(
            "DEFAULT_FROM_EMAIL must look like no-reply@video.example.org or Name <no-reply@video.example.org>."
        )
    return given


def _password() -> str:
    for name in ("EMAIL_PASSWORD", OLD_PASSWORD):
        if env.text(name) and env.text(f"{name}_FILE"):
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: remove one of them.")
    return env.secret("EMAIL_PASSWORD") or env.secret(OLD_PASSWORD)


def _security(host: str, user: str, port: int) -> str:
    """Return what ``EMAIL_SECURITY`` says, or what the other settings mean without it."""
    starttls, tls = env.flag(OLD_STARTTLS), env.flag(OLD_TLS)
    if starttls and tls:
        raise ImproperlyConfigured(f"{OLD_STARTTLS} (STARTTLS) and {OLD_TLS} exclude each other")
    by_old_names = TLS if tls else STARTTLS if starttls else ""
    given = env.text("EMAIL_SECURITY")
    if given:
        env.choice("EMAIL_SECURITY", NONE, (STARTTLS, TLS, NONE))
        if by_old_names and given != by_old_names:
            old = OLD_TLS if tls else OLD_STARTTLS
            raise ImproperlyConfigured(f"EMAIL_SECURITY={given} contradicts {old}: remove {old}.")
        return given
    if by_old_names:
        return by_old_names
    if port == PORTS[TLS]:
        return TLS
    return STARTTLS if user and not is_loopback(host) else NONE


def _usual_port(security: str) -> int:
    """Return the port for the security; 25 where an earlier version's names asked for STARTTLS, as it was then."""
    is_old = security == STARTTLS and env.flag(OLD_STARTTLS) and not env.text("EMAIL_SECURITY")
    return PORTS[NONE] if is_old else PORTS[security]
