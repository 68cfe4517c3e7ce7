"""Pages of playlists. Each works without scripts; the rules are those of the services, which the API calls as well."""
