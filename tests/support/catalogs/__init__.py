"""Message catalogs: texts of the source, ``.po`` and ``.mo`` files, and checks. ``script/messages`` runs it."""
