"""Caddy in front of nginx, for ``script/server --domain``: it gets the site's certificate and speaks HTTPS."""
