"""The front page of a channel: a featured video and shelves chosen by its owner."""
