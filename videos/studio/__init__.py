"""The studio: analytics for owners, and changes to many videos at once."""
