"""How mail leaves: what the settings mean, the talk with a mail server, and when it is tried again."""
