"""Processing of uploads, and cleaning up what no row names."""
