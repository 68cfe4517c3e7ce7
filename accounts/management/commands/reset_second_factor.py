"""``manage.py reset_second_factor``."""

from django.core.management.base import CommandError, CommandParser

from accounts import staff_actions, totp
from accounts.models import User
from streamsite.management.site_command import OperatorCommand, add_dry_run


class Command(OperatorCommand):
    """Turns off two-factor authentication for an account, such as the only superuser's."""

    help = "Turn an account's two-factor authentication off and end its sessions and API tokens."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the account to the arguments."""
        parser.add_argument("username")
        add_dry_run(parser)

    def handle(self, *args: object, **options: object) -> None:
        """Reset the second factor, or say what that would do. Raises ``CommandError``."""
        try:
            user = User.objects.get_by_natural_key(str(options["username"]))
        except User.DoesNotExist:
            raise CommandError(f"No account is named {options['username']}.") from None
        is_on = (
            totp.is_enabled(user.pk)
            if options["dry_run"]
            else staff_actions.reset_second_factor(user, actor=None)
        )
        if not is_on:
            raise CommandError("Two-factor authentication is already off for this account.")
        if options["dry_run"]:
            self.stdout.write(
                f"Would turn off two-factor authentication for {user}, end {staff_actions.describe_access(user)}, and"
                " email its owner. Nothing was changed."
            )
            return
        self.stdout.write(
            f"Turned off two-factor authentication for {user} and ended the account's sessions and API tokens."
        )
