"""The pages of the site's settings, as staff use them."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User

IDENTITY = "/admin/site/identity/"


class Editor(Client):
    """Staff with the permission for the site's settings and nothing else."""

    def __init__(self, user: User) -> None:
        super().__init__()
        user.user_permissions.add(Permission.objects.get(codename="change_sitesettings"))
        self.user = user
        self.force_login(user, backend="accounts.backends.LoginBackend")


def hidden(page: Client, address: str = IDENTITY) -> dict[str, object]:
    """Return the fields of a section's form as a browser would send them back, without files and links."""
    form: forms.Form = page.get(address).context["form"]
    values = {
        name: form.get_initial_for_field(field, name)
        for name, field in form.fields.items()
        if not isinstance(field, forms.FileField)
    }
    return {name: value for name, value in values.items() if value not in (None, False, ())}
