"""``manage.py prepare``: everything between an empty database and the first request."""

import time
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts import admin_reminder, image_storage
from streamsite import folders, health, setup_link_store, site_id, sweep_count
from streamsite.backup.record_store import unfinished_restore
from streamsite.management.exit_codes import ExitCode
from streamsite.management.site_command import OperatorCommand
from streamsite.mongo import indexes
from streamsite.mongo.collections import collection
from streamsite.mongo.locks import hold_lock
from streamsite.progress import Progress
from streamsite.tasks.backend import enqueue_once
from streamsite.tasks.reconcile import reconcile_counters
from videos import tasks
from videos.files import bucket, bucket_site
from videos.management import prepare_plan
from videos.search import finders, index

REPAIR_AFTER = timedelta(minutes=15)
# Seconds between two looks of `--wait`.
WAIT_SECONDS = 1.0


class Command(OperatorCommand):
    """Gives the site its id, migrates, and creates indexes, folders, the signing key and, by default, demo accounts.

    It refuses a database that does not know the data folder's files, and a data folder without the files that the
    database names. It removes images that a killed process left without an account; a worker rebuilds the search
    index when an update changed its schema.
    """

    help = "Prepare the database and the data folder. Safe to repeat."
    requires_system_checks = ()  # they want the folders that this command makes

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("--no-demo", dest="demo", action="store_false")
        parser.add_argument(
            "--no-setup-link",
            dest="setup_link",
            action="store_false",
            help="print no set-up link: the caller does",
        )
        parser.add_argument(
            *("--dry-run", "--plan"),
            dest="plan",
            action="store_true",
            help="print what would be done, and change nothing",
        )
        parser.add_argument(
            "--wait",
            action="store_true",
            help="prepare nothing; end once another process has done it",
        )

    def handle(
        self, *args: object, demo: bool, setup_link: bool, plan: bool, wait: bool, **options: object
    ) -> None:
        """Prepare the site, say what that would do, or wait until somebody else has done it."""
        if wait:
            self._wait()
            return
        try:
            if plan:
                self._print_plan()
                return
            self._require_adoptable()
            folders.create_missing()
            locks = collection(site_id.COLLECTION)
            with (
                hold_lock(locks, "prepare", waiting=self._say_waiting),
                Progress.of_command().ticking("preparing"),
            ):
                self._prepare(demo=demo)
            if setup_link:
                self._say_how_to_set_up()
        except site_id.SiteMismatch as error:
            raise CommandError(str(error)) from None

    def _print_plan(self) -> None:
        self._require_adoptable()
        for step in (steps := prepare_plan.plan()):
            self.stdout.write(step)
        self.stdout.write(
            "Nothing was changed." if steps else "Everything is prepared. Nothing would change."
        )

    def _wait(self) -> None:
        """Return once this version can serve; print each reason why it cannot yet."""
        told = ""
        while reason := health.reason_not_to_serve():
            if reason != told:
                self.stdout.write(f"Waiting: {reason}")
                self.stdout.flush()
                told = reason
            time.sleep(WAIT_SECONDS)

    @staticmethod
    def _require_adoptable() -> None:
        """Check database and data folder before anything is written to either."""
        try:
            if begun := unfinished_restore():
                raise CommandError(
                    f"The restore of the backup {begun} did not finish. Run it again: it continues."
                )
            site_id.require_adoptable()
        except site_id.CONNECTION_ERRORS as error:
            raise CommandError(
                f"The database does not answer ({error.__class__.__name__}). Check MONGODB_URI.",
                returncode=ExitCode.NOT_BEGUN,
            ) from None

    def _say_waiting(self) -> None:
        self.stdout.write("Another process is preparing this database. Waiting.")

    def _prepare(self, *, demo: bool) -> None:
        site_id.adopt_if_safe()
        call_command("rotate_signing_key", if_missing=True, stdout=self.stdout)
        call_command("migrate", verbosity=0, interactive=False)
        indexes.ensure_indexes()
        self._mark_bucket()
        if refusal := sweep_count.start_sweep() or image_storage.sweep().refusal:
            self.stderr.write(refusal)
        if index.has_outdated_documents() or finders.has_outdated_index():
            tasks.rebuild_search.enqueue()
        # What processes of the previous release still write is mended once they have ended.
        later = timezone.now() + REPAIR_AFTER
        enqueue_once(reconcile_counters.using(run_after=later), "reconcile:prepared")
        if demo:
            call_command("seed_demo", accounts_only=True, stdout=self.stdout)
        site_id.mark_prepared()

    def _say_how_to_set_up(self) -> None:
        """Print a set-up link, and the command for those without a browser."""
        if token := setup_link_store.issue():
            self.stdout.write(setup_link_store.describe(settings.SITE_URL, token))
        if reminder := admin_reminder.missing_admin_reminder():
            self.stdout.write(f"or, without a browser, {reminder}")

    def _mark_bucket(self) -> None:
        if not bucket.is_configured():
            return
        try:
            bucket_site.require_own_prefix(again=True, is_patient=False)
        except bucket.BucketUnavailable:
            # What copies into it asks again; the site serves everything else without it.
            self.stderr.write(
                "The bucket didn't respond, so its owner wasn't checked. Check the S3 settings."
            )
