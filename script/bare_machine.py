"""A minimal Debian in a folder, and the site in it, for script/test-bare. Needs root."""

import contextlib
import ctypes
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

PACKAGES = "python3,git,ca-certificates"
USER = "stranger"
HOME = "/home/" + USER
CERTIFICATES = "/etc/ssl/index.crt"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
PR_SET_PDEATHSIG = 1
# In namespaces of its own, so that mounts and processes end with it. The site is not the first process: that one
# gets no signal that it does not handle.
INSIDE = """
mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mount -t tmpfs tmpfs "$0/dev/shm" || exit 99
chroot --userspec={user}:{user} "$0" env --ignore-environment "$@" sh -c 'cd "$FOLDER" && exec $COMMAND'
exit $?
"""


class Failed(Exception):
    """The trial failed; the message says why."""


def build(debian, folder, mirror=""):
    """Return the folder of a minimal Debian, built by debootstrap the first time."""
    root = os.path.join(folder, debian)
    if not os.path.isdir(root):
        os.makedirs(folder, exist_ok=True)
        partial = root + ".part"
        shutil.rmtree(partial, ignore_errors=True)
        print("Building a minimal Debian %s in %s ..." % (debian, root), flush=True)
        command = ["debootstrap", "--variant=minbase", "--include=" + PACKAGES, debian, partial]
        built = subprocess.run(
            [*command, *([mirror] if mirror else [])], capture_output=True, text=True, check=False
        )
        if built.returncode != 0:
            last = (built.stdout + built.stderr).strip().splitlines()[-1:] or ["no message"]
            raise Failed("debootstrap ended with %d (%s)" % (built.returncode, last[0]))
        os.rename(partial, root)
    for there, _, files in os.walk(os.path.join(root, "usr", "lib")):
        if "libcurl.so.4" in files or "ensurepip" in os.path.basename(there):
            raise Failed("%s is not minimal: %s" % (root, there))
    return root


@contextlib.contextmanager
def copy_of(base):
    """Yield a copy of a Debian, which is removed at the end."""
    place = os.path.dirname(base)
    for name in os.listdir(place):  # of trials that were killed
        if name.startswith("trial-") and not os.path.exists("/proc/" + name.split("-")[1]):
            shutil.rmtree(os.path.join(place, name))
    with tempfile.TemporaryDirectory(prefix="trial-%d-" % os.getpid(), dir=place) as folder:
        root = os.path.join(folder, "root")
        subprocess.run(["/bin/cp", "--archive", base, root], check=True)
        yield root


def first_command(readme):
    """Return the first command of the README's first block of commands."""
    with open(readme) as page:
        block = re.search(r"```sh\n(.+?)```", page.read(), re.DOTALL)
    return block.group(1).splitlines()[0].partition("#")[0].strip() if block else ""


def clone(root, repository, name):
    """Create the user, clone the commit into its home, and return the version of Python."""
    os.chmod(root, 0o755)  # noqa: S103 - the root folder of a system
    for path in ("/etc/resolv.conf", "/etc/hosts"):
        shutil.copyfile(path, root + path)
    if _pip_settings().get("cert"):
        shutil.copyfile(_pip_settings()["cert"], root + CERTIFICATES)
    bundle = os.path.join(root, "srv", "streamsite.bundle")
    own = ["-c", "safe.directory=*", "-C", repository]
    for command in (
        ["chroot", root, "useradd", "--create-home", "--user-group", USER],
        ["git", *own, "bundle", "create", "--quiet", bundle, "HEAD"],
        [*_as_user(root), "git", "clone", "--quiet", "/srv/streamsite.bundle", os.path.join(HOME, name)],
    ):
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise Failed("%s: %s" % (command[-3:], ran.stderr.strip()))
    asked = subprocess.run(
        [*_as_user(root), "python3", "--version"], capture_output=True, text=True, check=True
    )
    return asked.stdout.strip()


class Start:
    """The site, started by ``command`` in the copied Debian. Leaving the block kills what is left of it."""

    def __init__(self, root, name, command, log):
        self.port = _free_port()
        self.address = "http://127.0.0.1:%d" % self.port
        self.log = log
        settings = dict(_environment(), PORT=str(self.port), FOLDER=os.path.join(HOME, name), COMMAND=command)
        unshare = ["unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child"]
        inside = ["sh", "-c", INSIDE.format(user=USER), root, *("%s=%s" % pair for pair in settings.items())]
        self.begun = time.monotonic()
        with open(log, "w") as out:
            self.process = subprocess.Popen(
                [*unshare, *inside],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                preexec_fn=_die_with_parent,
            )

    def __enter__(self):
        return self

    def __exit__(self, *caught):
        with contextlib.suppress(ProcessLookupError, FileNotFoundError, IndexError):
            os.kill(
                _child_of(self.process.pid), signal.SIGKILL
            )  # with it ends every process of its namespace
        self.process.kill()
        self.process.wait()

    def output(self):
        """Return the output so far."""
        with open(self.log, errors="replace") as log:
            return log.read()

    def wait_for(self, what, is_there, seconds):
        """Return the seconds from the start until ``is_there``. Raises ``Failed`` if it ends or takes longer."""
        while not is_there():
            if self.process.poll() is not None or time.monotonic() - self.begun > seconds:
                ended = "it ended" if self.process.poll() is not None else "%d s were not enough" % seconds
                raise Failed("no %s, %s; see %s:\n%s" % (what, ended, self.log, self._end()))
            time.sleep(0.2)
        return time.monotonic() - self.begun

    def has_page(self):
        """Return whether the home page is served."""
        return self._get("/") is not None

    def plays_a_video(self):
        """Return whether a video of the demo is ready, with its playlists and a segment."""
        listed = json.loads(self._get("/api/v1/videos") or b"{}").get("results", [])
        for video in listed:
            video = json.loads(self._get("/api/v1/videos/%s" % video["id"]) or b"{}")
            if video.get("status") == "ready":
                address = video["hls_url"].partition("/media/")
                for ending in ("/index.m3u8", ".m4s"):
                    lines = (self._get("/media/" + address[2]) or b"").decode().splitlines()
                    named = [line for line in lines if line.endswith(ending) and not line.startswith("#")]
                    if not named:
                        return False
                    address = ("", "", address[2].rpartition("/")[0] + "/" + named[0])
                return bool(self._get("/media/" + address[2]))
        return False

    def interrupt(self, seconds):
        """Interrupt it as Ctrl-C does; return the seconds until all has ended. Raises ``Failed`` if it ends badly."""
        begun = time.monotonic()
        os.kill(_child_of(_child_of(self.process.pid)), signal.SIGINT)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(
                "it runs %d s after Ctrl-C; see %s:\n%s" % (seconds, self.log, self._end())
            ) from None
        if code != 0:
            raise Failed("it ended with %d after Ctrl-C; see %s:\n%s" % (code, self.log, self._end()))
        return time.monotonic() - begun

    def _end(self):
        return self.output()[-3000:]

    def _get(self, path):
        try:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            opener.addheaders = [("Host", "localhost:%d" % self.port)]
            with opener.open(self.address + path, timeout=10) as answer:
                return answer.read()
        except (OSError, http.client.HTTPException, urllib.error.HTTPError):
            return None


def _as_user(root):
    return ["chroot", "--userspec=%s:%s" % (USER, USER), root, "env", "--ignore-environment", "HOME=" + HOME]


def _environment():
    """Return the environment of a login shell, with what pip needs to reach its index from here."""
    found = {"HOME": HOME, "USER": USER, "PATH": "/usr/local/bin:/usr/bin:/bin"}
    found.update({name: os.environ[name] for name in PROXIES if os.environ.get(name)})
    for name, value in _pip_settings().items():
        found["PIP_" + name.upper().replace("-", "_")] = CERTIFICATES if name == "cert" else value
    return found


def _pip_settings():
    """Return pip's settings of its index, from files and the environment."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    names = "index-url|extra-index-url|trusted-host|proxy|cert|timeout|default-timeout"
    found = dict(re.findall(r"^(?:global|install|:env:)\.(%s)='(.*)'$" % names, listed, re.MULTILINE))
    if found.get("extra-index-url", "").startswith("file:"):
        del found["extra-index-url"]  # folders of this machine, which are not there
    return found


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _child_of(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as children:
        return int(children.read().split()[0])


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
