"""What all management commands have in common."""
