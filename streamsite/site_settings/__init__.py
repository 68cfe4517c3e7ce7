"""Settings that staff change in the browser, at ``/admin/site/``.

A section is a frozen dataclass whose defaults come from Django's settings, so from the environment. ``sections`` is the
registry that packages add theirs to, ``live`` gives the current values without asking the database, ``services`` writes
them, ``store`` keeps the one document.
"""
