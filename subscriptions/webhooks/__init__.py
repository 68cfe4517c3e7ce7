"""Webhooks: events of a channel or the site, signed and sent to addresses that their owners chose."""
