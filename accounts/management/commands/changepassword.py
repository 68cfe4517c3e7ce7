"""``manage.py changepassword``: Django's command, extended to end sessions and API tokens."""

import getpass

from django.contrib.auth.management.commands.changepassword import Command as DjangoCommand
from django.core.management.base import CommandError, CommandParser

from accounts import staff_actions
from accounts.models import User
from streamsite.management.site_command import OperatorCommand, add_dry_run


class Command(OperatorCommand, DjangoCommand):
    """Sets a password, and ends the account's sessions and API tokens."""

    help = "Set an account's password, and end its sessions and API tokens."
    if_stopped = "If the new password works already, run the command again to end the account's sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add Django's arguments and ``--dry-run``."""
        super().add_arguments(parser)
        add_dry_run(parser)

    def handle(self, *args: object, **options: object) -> str | None:
        """Set the password, then end all access; or say what that would do. Raises ``CommandError``."""
        username = str(options["username"] or getpass.getuser())
        if options["dry_run"]:
            self._preview(username)
            return None
        message: str | None = super().handle(*args, **options | {"username": username})
        staff_actions.end_access_after_password_change(User.objects.get_by_natural_key(username))
        return message

    def _preview(self, username: str) -> None:
        try:
            user = User.objects.get_by_natural_key(username)
        except User.DoesNotExist:
            raise CommandError(f"No account is named {username}.") from None
        self.stdout.write(
            f"Would ask for a new password of {user}, set it, end {staff_actions.describe_access(user)}, and email its"
            " owner. Nothing was changed."
        )
