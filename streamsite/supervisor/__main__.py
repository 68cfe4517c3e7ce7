"""``python -m streamsite.supervisor``."""

from __future__ import annotations

import sys

from streamsite.supervisor.command_line import main

sys.exit(main())
