"""nginx in front of the site: its binary, its configuration, and the process that ``script/server`` keeps."""

# Of one nginx process: each may hold a client, and while the site is asked another one to the site or a file.
CONNECTIONS = 8_192
# By such paths the site names a file that what is in front of it then sends.
ACCEL_PREFIX = "/internal/"
# Statuses that what is in front answers by itself, with the code and the sentence of the API.
ERRORS = (
    (403, "permission_denied", "You don't have permission to do that."),
    (404, "not_found", "Not found."),
    (405, "method_not_allowed", "This method isn't allowed here."),
    (408, "timeout", "The request took too long. Try again."),
    (413, "too_large", "This is larger than the site accepts."),
    (414, "too_large", "The address is too long."),
    (416, "range_not_satisfiable", "The range is beyond the end of the file."),
    (431, "too_large", "The request's headers are too large."),
    (500, "internal_error", "Something went wrong. Try again."),
    (503, "unavailable", "The site is temporarily unavailable. Try again in a minute."),
)
