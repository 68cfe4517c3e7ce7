"""Files about the site that browsers and other programs look for at fixed addresses."""
