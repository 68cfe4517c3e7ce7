"""``login``, ``logout`` and ``whoami``."""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import asdict

from streamsite_client.cli.credentials import SiteStore, required
from streamsite_client.cli.exit_codes import OK, UsageError
from streamsite_client.cli.session import Session
from streamsite_client.client import Client
from streamsite_client.errors import OtpRequired, Unauthorized
from streamsite_client.models import Account
from streamsite_client.stores import MemoryStore


def login(session: Session) -> int:
    """Sign in, with a password or an API token, and keep that for later runs."""
    site = session.origin(_named_site(session))
    entry, account = _by_token(session, site) if session.args.with_token else _by_password(session, site)
    session.credentials.change(site, entry | {"username": account["username"]}, is_current=True)
    session.output.result(_shown(site, account), f"Signed in to {site} as {account['username']}.")
    return OK


def _named_site(session: Session) -> str:
    given = session.args.address or session.args.site or os.environ.get("STREAMSITE_SITE")
    return required(given or session.credentials.current, "Name the site: streamsite login SITE")


def _by_token(session: Session, site: str) -> tuple[dict[str, object], Account]:
    token = required(_secret("API token: ", is_piped=not sys.stdin.isatty()), "No API token was given.")
    with session.new_client(site, MemoryStore(), token) as client:
        return {"token": token}, client.account.me()


def _by_password(session: Session, site: str) -> tuple[dict[str, object], Account]:
    is_piped = session.args.password_stdin
    if not is_piped and not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask at. Use --password-stdin or --with-token.")
    username = session.args.username or ("" if is_piped else input("Username or email: "))
    required(username, "Name the account: --username NAME")
    password = required(_secret("Password: ", is_piped=is_piped), "No password was given.")
    store = MemoryStore()
    with session.new_client(site, store) as client:
        account = _sign_in(client, username, password, is_piped=is_piped)
    tokens = store.load()
    if tokens is None:
        raise Unauthorized(401, "not_authenticated", "The site gave no tokens.")
    return asdict(tokens), account


def _sign_in(client: Client, username: str, password: str, *, is_piped: bool) -> Account:
    try:
        return client.account.sign_in(username, password)
    except OtpRequired:
        code = _secret("Code of your authenticator app: ", is_piped=is_piped)
        if not code:
            raise
    return client.account.sign_in(username, password, otp=code)


def _secret(question: str, *, is_piped: bool) -> str:
    """Return a line of the input; at a terminal it is asked for and not shown."""
    return sys.stdin.readline().rstrip("\r\n") if is_piped else getpass.getpass(question)


def logout(session: Session) -> int:
    """End the session on the site, and forget it. An API token is only forgotten."""
    entry = session.credentials.entry(session.site)
    if "refresh" in entry:
        # Of this session, whatever token the environment has.
        with session.new_client(session.site, SiteStore(session.credentials, session.site)) as client:
            client.account.sign_out()
    session.credentials.change(session.site, None)
    line = f"Signed out of {session.site}." if entry else f"Nobody was signed in to {session.site}."
    session.output.result({"site": session.site, "was_signed_in": bool(entry)}, line)
    return OK


def whoami(session: Session) -> int:
    """Print the signed-in account."""
    account = session.client.account.me()
    session.output.result(_shown(session.site, account), f"{account['username']} on {session.site}")
    return OK


def _shown(site: str, account: Account) -> dict[str, object]:
    return {"site": site, "username": account["username"], "full_name": account["full_name"]}
