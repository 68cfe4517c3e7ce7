"""nginx in front of the site: its binary, its configuration, and the process that ``script/server`` keeps."""

# Of one nginx process: each may hold a client, and while the site is asked another one to the site or a file.
CONNECTIONS = 8_192
