"""The front page of a channel: a featured video and shelves that its owner chose."""
