"""Community posts: short texts of a channel to its subscribers."""
