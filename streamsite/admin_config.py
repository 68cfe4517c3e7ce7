"""Django admin with the site's own ``AdminSite``."""

from django.contrib.admin.apps import AdminConfig


class SiteAdminConfig(AdminConfig):
    """Django's configuration of the admin."""

    default_site = "streamsite.admin_site.SiteAdmin"
