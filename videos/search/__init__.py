"""Finding videos: search, suggestions, lists that say why something is in them."""
