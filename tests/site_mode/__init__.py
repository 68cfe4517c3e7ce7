"""Read-only mode and maintenance."""
