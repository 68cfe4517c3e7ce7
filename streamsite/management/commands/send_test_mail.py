"""``manage.py send_test_mail``."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email

from streamsite.mail import messages
from streamsite.mail.errors import AddressRefused, MailNotSent
from streamsite.mail.options import NONE, STARTTLS
from streamsite.management.site_command import OperatorCommand, UsageError, add_dry_run
from streamsite.site_settings.identity import site_name
from streamsite.tasks.errors import PermanentFailure

SECURITY = {NONE: "no encryption", STARTTLS: "STARTTLS"}
TEXT = "This is a test message from {name} ({url}). If you can read it, mail works.\n"


class Command(OperatorCommand):
    """Sends one message now, past the queue, and says what the mail server answered at each step."""

    help = "Send a test message to ADDRESS, and print each step and the mail server's response."
    if_stopped = "The message may have been sent. Run the command again for another one."
    # The site's database has no part in it.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the recipient."""
        parser.add_argument("address", metavar="ADDRESS")
        add_dry_run(parser, "say what would be sent where; connect to nothing")

    def handle(self, *args: object, dry_run: bool, **options: str) -> None:
        """Send the message and print the conversation with the mail server."""
        address = options["address"]
        try:
            validate_email(address)
        except ValidationError:
            raise UsageError(f"{address} is not an email address.") from None
        if not settings.EMAIL_HOST:
            raise CommandError(
                f"EMAIL_HOST is not set, so mail is written to files in {settings.EMAIL_FILE_PATH}."
                " Set EMAIL_HOST to send it."
            )
        security = SECURITY.get(settings.EMAIL_SECURITY, "TLS")
        sign_in = f"as {settings.EMAIL_HOST_USER}" if settings.EMAIL_HOST_USER else "without signing in"
        self.stdout.write(f"{settings.EMAIL_HOST}, port {settings.EMAIL_PORT}, {security}, {sign_in}.")
        self.stdout.write(f"From {settings.DEFAULT_FROM_EMAIL} to {address}.")
        if dry_run:
            self.stdout.write("Nothing was sent.")
            return
        message = messages.SiteMessage(
            f"{site_name()}: Test message",
            TEXT.format(name=site_name(), url=settings.SITE_URL),
            to=[address],
            headers=messages.message_headers(),
            connection=get_connection(tell=self.stdout.write),
        )
        try:
            message.send()
        except (MailNotSent, PermanentFailure) as error:
            raise CommandError(self._words(error)) from None
        self.stdout.write(
            self.style.SUCCESS(
                "The mail server accepted the message. If it doesn't arrive, look in the spam folder"
                " and at the mail server's log."
            )
        )

    @staticmethod
    def _words(error: Exception) -> str:
        if isinstance(error, AddressRefused):
            return f"{error} Check the address, or try another one."
        if isinstance(error, MailNotSent) and not error.advice:
            return f"{error} Try again in a few minutes; the site retries automatically."
        return str(error)
