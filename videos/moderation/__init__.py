"""Reports and what follows: only people decide, and every decision can be appealed."""
