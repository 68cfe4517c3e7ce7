"""The API of playlists, their items, those who share them, and what one account keeps."""
