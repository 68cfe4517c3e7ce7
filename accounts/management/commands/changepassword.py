"""``manage.py changepassword``: Django's command, extended to end sessions and API tokens."""

import getpass

from django.contrib.auth.management.commands.changepassword import Command as DjangoCommand

from accounts import staff_actions
from accounts.models import User


class Command(DjangoCommand):
    """Sets a password, and ends the account's sessions and API tokens."""

    help = "Set an account's password, and end its sessions and API tokens."

    def handle(self, *args: object, **options: object) -> str | None:
        """Set the password, then end all access."""
        username = str(options["username"] or getpass.getuser())
        message: str | None = super().handle(*args, **options | {"username": username})
        staff_actions.end_access_after_password_change(User.objects.get_by_natural_key(username))
        return message
