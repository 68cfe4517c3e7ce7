"""MongoDB: the Django engine, the embedded server, indexes."""
