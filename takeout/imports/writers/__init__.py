"""Writers of the objects of an archive into the site, through the services that everybody uses."""
