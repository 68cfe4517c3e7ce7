"""``script/server``: MongoDB, nginx, web and worker under one process, with readable logs and a clean Ctrl-C."""

import sys

# The supervisor speaks to its own MongoDB only, on loopback and without TLS. The driver looks for PyOpenSSL when it is
# imported and loads all of ``cryptography`` on the way: 10 MB, for as long as the site runs. With this it finds none.
sys.modules.setdefault("pymongo.pyopenssl_context", None)  # type: ignore[arg-type]
