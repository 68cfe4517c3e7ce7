"""Sending mail: settings, the conversation with a mail server, and retries."""
