"""The project that the site's apps stand on."""

import os

# The only place that holds it; see "A release" in docs/contributing.md.
__version__ = "1.0.0.dev0"

# Every process of the site imports this first. What they write is for the owner and the group, and for nobody else on
# the machine: folders 0750, files 0640, and tighter where it says so.
os.umask(0o027)
