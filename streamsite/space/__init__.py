"""Space on the disk that jobs have reserved: ``reservations`` holds it, ``store`` keeps it."""
