"""Of a site that may listen below 1024, as the unit has it, Caddy alone gets to."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from streamsite import privileges
from tests.support.stack import ROOT

SHOW = """
import subprocess, sys
from streamsite import privileges
show = ["grep", "CapAmb", "/proc/self/status"]
privileges.withhold_low_ports()
subprocess.run(show, check=True)
subprocess.run(show, check=True, preexec_fn=privileges.allow_low_ports)
"""


def test_the_privilege_is_withheld_and_given_to_one_program():
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("this needs root and the program setpriv")
    given = "+net_bind_service,+dac_read_search"
    wrapper = ["setpriv", "--reuid", "10001", "--regid", "10001", "--clear-groups", "--inh-caps", given]
    ran = subprocess.run(
        [*wrapper, "--ambient-caps", given, sys.executable, "-c", SHOW],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    others, caddys = (int(found, 16) for found in re.findall(r"CapAmb:\s+(\w+)", ran.stdout))
    low_ports = 1 << privileges.CAP_NET_BIND_SERVICE
    assert others & low_ports == 0
    assert others != 0  # what else it was given it passes on as before
    assert caddys == others | low_ports
