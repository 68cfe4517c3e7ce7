"""Stand-ins for images that cannot be had here: MongoDB's, with its entry point and shell."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from streamsite.front.binary import find_nginx
from streamsite.mongo.binary import environment_for, find_mongod

# In the image that the trials make, which every user may run.
PYTHON = "/opt/venv/bin/python"
# As https://github.com/docker-library/mongo does: root gives its files away and becomes `mongodb`; a new folder gets
# the user of MONGO_INITDB_ROOT_USERNAME from a server that nobody else reaches; the last one runs with --auth.
ENTRYPOINT = """#!/bin/bash
set -e
if [ "$(id -u)" = 0 ]; then
  chown -R mongodb /data/db
  exec setpriv --reuid mongodb --regid mongodb --clear-groups bash "$0" "$@"
fi
if [ ! -e /data/db/WiredTiger ]; then
  mongod --dbpath /data/db --bind_ip 127.0.0.1 --port 27099 --nounixsocket --logpath /data/db/init.log &
  {python} - <<'END'
import os, pymongo
client = pymongo.MongoClient("mongodb://127.0.0.1:27099/?directConnection=true")
name, password = os.environ["MONGO_INITDB_ROOT_USERNAME"], os.environ["MONGO_INITDB_ROOT_PASSWORD"]
client.admin.command("createUser", name, pwd=password, roles=["root"])
END
  kill %1; wait %1 || true
fi
exec "$@" --auth --nounixsocket --wiredTigerCacheSizeGB 0.25
"""
MONGOSH = """#!{python}
import os, re, sys
import pymongo
script = dict(zip(sys.argv, sys.argv[1:]))["--eval"]
names = re.search(r"getSiblingDB\\('admin'\\).auth\\(process.env.(\\w+), process.env.(\\w+)\\)", script).groups()
user, password = (os.environ[name] for name in names)
client = pymongo.MongoClient(
    "mongodb://127.0.0.1:27017/?directConnection=true", username=user, password=password,
    serverSelectionTimeoutMS=2000,
)
try:
    print(client.admin.command("replSetGetStatus")["ok"])
except pymongo.errors.OperationFailure as error:
    if error.code != 94:
        raise
    pattern = r"rs.initiate\\({{_id: '(\\w+)', members: \\[{{_id: 0, host: '([\\w:]+)'}}"
    name, host = re.search(pattern, script).groups()
    client.admin.command("replSetInitiate", {{"_id": name, "members": [{{"_id": 0, "host": host}}]}})
    print(1)
"""


HOSTS = "127.0.0.1 localhost mongo web videos.example.org\n"


def make_certificate(letsencrypt: Path) -> Path:
    """Write a certificate where certbot has it for videos.example.org; its path."""
    live = letsencrypt / "live" / "videos.example.org"
    live.mkdir(parents=True)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=videos.example.org",
         "-addext", "subjectAltName=DNS:videos.example.org", "-keyout", live / "privkey.pem",
         "-out", live / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return live / "fullchain.pem"


def enable_mongo_tls(text: str) -> str:
    """Return nginx's configuration with the TLS lines of its comment in the place of the two above, if it has such."""
    names = "listen|server_name|ssl_certificate|ssl_certificate_key|ssl_protocols|http2"
    if "\n    # ssl_certificate " in text:
        text = text.replace("\n    listen 80;\n    server_name _;\n", "\n")
    return re.sub(rf"(?m)^    # ((?:{names})\s[^;]*;).*$", r"    \1", text)


def mongo_files() -> dict[str, str]:
    """Return the programs of MongoDB's image by their paths."""
    binary = find_mongod()
    libraries = (environment_for(binary) or {}).get("LD_LIBRARY_PATH", "")
    return {
        "/usr/local/bin/docker-entrypoint.sh": ENTRYPOINT.replace("{python}", PYTHON),
        "/usr/local/bin/mongosh": MONGOSH.format(python=PYTHON),
        "/usr/local/bin/mongod": f'#!/bin/sh\nexport LD_LIBRARY_PATH={libraries}\nexec {binary} "$@"\n',
        "/etc/passwd": Path("/etc/passwd").read_text() + "mongodb:x:999:999::/data/db:/bin/sh\n",
        "/etc/group": Path("/etc/group").read_text() + "mongodb:x:999:\n",
    }


# The image's nginx is built to run as the user nginx; others as nobody, unless the configuration names somebody.
NGINX = """#!/bin/sh
grep -q '^user ' /etc/nginx/nginx.conf && exec {nginx} "$@"
exec {nginx} "$1" "user nginx nginx; $2"
"""


def nginx_files(*, group: int | None = None) -> dict[str, str]:
    """Return the programs and accounts of nginx's image by their paths; ``group`` is the site's, with nginx in it."""
    members = f"streamsite:x:{group}:nginx,www-data\n" if group else ""
    return {
        "/usr/local/bin/nginx": NGINX.replace("{nginx}", str(find_nginx()[0].path)),
        "/etc/passwd": Path("/etc/passwd").read_text() + "nginx:x:101:101::/nonexistent:/bin/false\n",
        "/etc/group": Path("/etc/group").read_text() + "nginx:x:101:\n" + members,
    }


# As the image of Caddy starts it.
CADDY_COMMAND = ("caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile")
CADDY_VARIABLES = {"XDG_DATA_HOME": "/data", "XDG_CONFIG_HOME": "/config"}


def caddy_files(program: str) -> dict[str, str]:
    """Return the program of Caddy's image by its path."""
    return {"/usr/local/bin/caddy": f'#!/bin/sh\nexec {program} "$@"\n'}
