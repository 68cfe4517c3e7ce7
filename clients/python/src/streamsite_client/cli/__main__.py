"""``python -m streamsite_client.cli``."""

import sys

from streamsite_client.cli.main import main

sys.exit(main())
