"""Who may create an account, who may upload, who may look: the site's registration settings and their rules.

``rules`` has the settings, ``admission`` decides about a sign-up, ``invitations`` and ``applications`` are the services
behind the staff's pages, ``upload_rights`` says who may upload, ``login_only`` closes the site to visitors, and
``first_run`` makes the first administrator.
"""
