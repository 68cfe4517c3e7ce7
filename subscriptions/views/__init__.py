"""Pages of channels, subscriptions, the feed and notifications."""
