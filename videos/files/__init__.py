"""Files of videos: paths, URLs, tokens, and delivery from disk or a bucket."""
