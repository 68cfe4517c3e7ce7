"""What owners are told about their videos, and what they do with many of them at once."""
