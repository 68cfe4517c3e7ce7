"""Draw the demo's clips with Pillow, and their music with the standard library. Nothing here knows the site.

``render`` is run as a sandboxed script; the site itself uses ``portraits`` for avatars, banners, and post images.
"""
