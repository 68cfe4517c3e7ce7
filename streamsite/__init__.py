"""The project that the site's apps stand on."""

import os

# Every process of the site imports this first. What they write is for the owner and the group, and for nobody else on
# the machine: folders 0750, files 0640, and tighter where it says so.
os.umask(0o027)
