"""Extension points of pages: other apps register what they add."""
