"""Django's own test suites on the engine: ``script/test-engine [suite ...]``."""
