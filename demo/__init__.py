"""The demo: generated channels, clips, and everything around them, for the first look at a new site."""
