"""Rules for signing up, uploading, and seeing the site, and the settings behind them.

``rules`` has the settings, ``admission`` decides about a sign-up, ``invitations`` and ``applications`` are the services
behind the staff pages, ``upload_rights`` decides about uploads, ``login_only`` closes the site to visitors, and
``first_run`` creates the first administrator.
"""
