"""A rehearsed deployment on loopback: every part more than once, load on it, and each part killed in turn."""
