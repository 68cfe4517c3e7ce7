"""The site's mode: normal, read-only, or maintenance. Staff set it at ``/admin/site/mode/``, operators by a command.

``state`` has the values and what follows from them, ``rules`` decides about a request, ``middleware`` applies that to
every request, ``section`` is the page of the settings, ``services`` the write that the command uses.
"""
