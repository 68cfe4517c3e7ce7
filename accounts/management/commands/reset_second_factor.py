"""``manage.py reset_second_factor``."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import staff_actions
from accounts.models import User


class Command(BaseCommand):
    """Turns off two-factor authentication for an account, such as the only superuser's."""

    help = "Turn an account's two-factor authentication off and end its sessions and API tokens."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the account to the arguments."""
        parser.add_argument("username")

    def handle(self, *args: object, **options: object) -> None:
        """Reset the second factor. Raises ``CommandError``."""
        try:
            user = User.objects.get_by_natural_key(str(options["username"]))
        except User.DoesNotExist:
            raise CommandError(f"No account is named {options['username']}.") from None
        if not staff_actions.reset_second_factor(user, actor=None):
            raise CommandError("Two-factor authentication is already off for this account.")
        self.stdout.write(
            f"Turned off two-factor authentication for {user} and ended the account's sessions and API tokens."
        )
