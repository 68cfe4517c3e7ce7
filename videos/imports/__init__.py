"""Imports by address: the site fetches a file or an HLS stream and treats it like an upload of its owner."""
