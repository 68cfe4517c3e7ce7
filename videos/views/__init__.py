"""Pages about videos."""
