"""Examine an installation and say what is wrong with it and what to do: ``manage.py doctor``.

``registry.py`` holds the checks and runs them; ``database.py``, ``machine.py`` and ``services.py`` have those of the
project. Apps register their own in ``ready()``.
"""
