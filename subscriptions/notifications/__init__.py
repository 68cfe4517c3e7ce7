"""What people are told: on the page, and by email if they want that."""
