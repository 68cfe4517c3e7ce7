"""Notifications of browsers (Web Push): who wants them, what they say, and how they are delivered."""
