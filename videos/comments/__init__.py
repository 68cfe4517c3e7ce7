"""Comments: below videos, and below whatever else registers as a subject."""
