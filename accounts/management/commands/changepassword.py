"""``manage.py changepassword``: Django's command, extended to end sessions and API tokens."""

import getpass
from typing import Any

from django.contrib.auth.management.commands.changepassword import Command as DjangoCommand

from accounts import staff_actions
from accounts.models import User


class Command(DjangoCommand):
    """Sets a password, and ends the account's sessions and API tokens."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        options["username"] = options["username"] or getpass.getuser()
        said: str | None = super().handle(*args, **options)
        staff_actions.end_access_after_password_change(User.objects.get_by_natural_key(options["username"]))
        return said
