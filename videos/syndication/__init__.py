"""Output for other programs: link previews, oEmbed, feeds, sitemaps, and stable URLs."""
