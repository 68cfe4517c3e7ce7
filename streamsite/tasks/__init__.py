"""Background work: the django-tasks interface over a lease queue in MongoDB."""
