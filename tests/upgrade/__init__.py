"""An installation of the last release, and what becomes of it when the present code starts on it."""
