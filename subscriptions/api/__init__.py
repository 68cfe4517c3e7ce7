"""The API of channels, subscriptions, the feed and notifications."""
