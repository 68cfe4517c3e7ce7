"""``script/install-service``: a unit of systemd that runs the site, and the settings that it reads.

The unit is ``deploy/systemd/streamsite.service`` with the folders of this machine.
"""

from __future__ import annotations

import argparse
import grp
import os
import pwd
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from streamsite import atomic_files, env, folders
from streamsite.front.caddy import options as https_options
from streamsite.front.caddy.domain import HTTPS_PORT
from streamsite.front.caddy.options import HttpsError, HttpsOptions
from streamsite.supervisor.processes import ROOT

TEMPLATE = ROOT / "deploy" / "systemd" / "streamsite.service"
CODE, DATA, USER = "/srv/streamsite", "/var/lib/streamsite", "streamsite"
STATE_DIRECTORY = "StateDirectory=streamsite\nStateDirectoryMode=0750\n"
UNIT = Path("/etc/systemd/system/streamsite.service")
SETTINGS = Path("/etc/streamsite.env")
# What systemd would read as something else, or ProtectHome= would hide.
PLAIN_PATH = re.compile(r"/[A-Za-z0-9._/-]+")
HIDDEN = (Path("/home"), Path("/root"), Path("/run/user"))


class InstallError(Exception):
    """The service cannot be installed; the message is one line for the person at the terminal."""


@dataclass(frozen=True)
class Service:
    """Whose processes run which code with which data."""

    code: Path = Path(CODE)
    data: Path = Path(DATA)
    user: str = USER

    def unit(self) -> str:
        """Return the unit. Raise ``InstallError`` for a folder that the unit could not use."""
        for folder in (self.code, self.data):
            if not PLAIN_PATH.fullmatch(str(folder)):
                raise InstallError(f"{folder}: a unit needs folders with plain names, without spaces")
            if any(folder.is_relative_to(hidden) for hidden in HIDDEN):
                place = CODE if folder == self.code else DATA
                raise InstallError(f"{folder} is out of a service's reach: move it to {place}, for example")
        text = TEMPLATE.read_text(encoding="utf-8")
        if str(self.data) != DATA:
            text = text.replace(STATE_DIRECTORY, f"ReadWritePaths={self.data}\n")
        text = text.replace(DATA, str(self.data)).replace(CODE, str(self.code))
        return text.replace(f"User={USER}\n", f"User={self.user}\n")


def settings_lines(public: HttpsOptions | None, data: Path) -> dict[str, str]:
    """Return what the options say as variables, by which the commands beside the service know it too."""
    lines = {"STREAMSITE_DATA_DIR": str(data)}
    if public is None:
        return lines
    lines["DOMAIN"] = public.name.host
    if public.is_internal:
        lines["DOMAIN_TLS"] = "internal"
    if public.acme_email:
        lines["ACME_EMAIL"] = public.acme_email
    if public.acme_ca != https_options.LETS_ENCRYPT:
        lines["ACME_CA"] = public.acme_ca
    if public.acme_ca_root is not None:
        lines["ACME_CA_ROOT"] = str(public.acme_ca_root)
    for name, port, usual in (
        ("HTTP_PORT", public.http_port, https_options.HTTP_PORT),
        ("HTTPS_PORT", public.https_port, HTTPS_PORT),
    ):
        if port != usual:
            lines[name] = str(port)
    return lines


def merge(present: str, lines: dict[str, str]) -> str:
    """Return the settings file ``present`` with ``lines`` set, each in its place or at the end; the rest stays."""
    left = dict(lines)
    merged = []
    for line in present.splitlines():
        name = line.partition("=")[0].strip()
        merged.append(f"{name}={left.pop(name)}" if name in left else line)
    merged += [f"{name}={value}" for name, value in left.items()]
    return "\n".join(merged) + "\n"


def install(service: Service, unit: str, lines: dict[str, str]) -> None:
    """Make user, data folder, settings and unit, and start it. Raise ``InstallError``."""
    if os.geteuid() != 0:
        raise InstallError("run it as root (sudo), or with --dry-run to see the unit")
    if not Path("/run/systemd/system").is_dir() or shutil.which("systemctl") is None:
        raise InstallError("there is no systemd here; --dry-run prints the unit")
    account = _make_user(service)
    if str(service.data) != DATA:
        folders.create(service.data, folders.SHARED)
        os.chown(service.data, account.pw_uid, account.pw_gid)
    present = SETTINGS.read_text(encoding="utf-8") if SETTINGS.is_file() else ""
    atomic_files.write_atomically(SETTINGS, merge(present, lines))
    os.chown(SETTINGS, 0, account.pw_gid)
    SETTINGS.chmod(0o640)
    link = service.code / ".env"
    if not link.exists() and not link.is_symlink():
        link.symlink_to(SETTINGS)
    atomic_files.write_atomically(UNIT, unit)
    UNIT.chmod(0o644)
    for command in (("daemon-reload",), ("enable", UNIT.stem), ("restart", UNIT.stem)):
        _run("systemctl", *command)


def _make_user(service: Service) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(service.user)
    except KeyError:
        shell = shutil.which("nologin", path="/usr/sbin:/sbin:/usr/bin") or "/bin/false"
        group = ("--user-group",) if not _has_group(service.user) else ("--gid", service.user)
        _run("useradd", "--system", *group, "--home-dir", str(service.data), "--shell", shell, service.user)
        return pwd.getpwnam(service.user)


def _has_group(name: str) -> bool:
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True


def _run(*command: str) -> None:
    try:
        ran = subprocess.run(  # noqa: S603 - programs of the system
            command, capture_output=True, text=True, check=False, timeout=120
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InstallError(f"{' '.join(command)}: {error}") from error
    if ran.returncode:
        reason = (ran.stderr.strip().splitlines() or ["no message"])[-1]
        raise InstallError(f"{' '.join(command)}: {reason}")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Parse the command line of ``script/install-service``."""
    parser = argparse.ArgumentParser(
        prog="script/install-service",
        description="Run the site as a service of systemd, under a user of its own. Repeat it after an update.",
    )
    parser.add_argument("--data", help=f"data folder (that of an earlier installation; {DATA})")
    parser.add_argument("--user", default=USER, help=f"the site's user, made when it is missing ({USER})")
    parser.add_argument("--dry-run", action="store_true", help="print settings and unit, and change nothing")
    parser.set_defaults(host=None, port=None)
    https_options.add_arguments(parser)
    options = parser.parse_args(arguments)
    if not re.fullmatch(r"[a-z_][a-z0-9_-]{0,30}", options.user) or options.user == "root":
        parser.error("--user must be the name of an ordinary user")
    return options


def main() -> int:
    """Install the service; return the exit code."""
    options = parse(sys.argv[1:])
    try:
        if os.access(SETTINGS, os.R_OK):
            env.load_dotenv(SETTINGS)
        data = options.data or env.text("STREAMSITE_DATA_DIR", DATA)
        service = Service(ROOT, Path(os.path.normpath(data)), options.user)
        unit = service.unit()
        lines = settings_lines(https_options.read(options), service.data)
        if options.dry_run:
            shown = "".join(f"{name}={value}\n" for name, value in lines.items())
            sys.stdout.write(f"# {SETTINGS}\n{shown}\n# {UNIT}\n{unit}")
            return 0
        install(service, unit, lines)
    except (InstallError, HttpsError, ImproperlyConfigured, OSError) as error:
        sys.stderr.write(f"script/install-service: {error}\n")
        return 1
    sys.stdout.write(f"installed and started {UNIT.stem}: journalctl -u {UNIT.stem} -f shows its output\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
