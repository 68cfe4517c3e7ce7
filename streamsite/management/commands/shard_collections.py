"""``manage.py shard_collections``: splits the large collections over the shards of a cluster, or says how."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.core.management.base import CommandError, CommandParser
from django.template.defaultfilters import filesizeformat
from pymongo.errors import OperationFailure

from streamsite.management.site_command import OperatorCommand
from streamsite.mongo import sharding


class Command(OperatorCommand):
    """Prints the plan, and carries it out where the server is a ``mongos``."""

    help = "Split large collections over the shards of a MongoDB cluster. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument(
            "--plan",
            "--dry-run",
            action="store_true",
            dest="dry_run",
            help="print keys, sizes and commands, and change nothing; works with any server",
        )

    def handle(self, *args: object, **options: bool) -> None:
        """Print the plan, or carry it out. Raises ``CommandError`` without a sharded cluster."""
        if not options["dry_run"] and not sharding.is_sharded_cluster():
            raise CommandError(
                "This server is no mongos, so there are no shards. Nothing was changed. "
                "Use --plan to see what would be done, and MONGODB_URI to name a mongos."
            )
        plans = [sharding.make_plan(key) for key in sharding.KEYS]
        if options["dry_run"]:
            for plan in plans:
                self.stdout.write("\n".join(_describe(plan)))
            self.stdout.write("Nothing was changed.")
            return
        self._carry_out(plans)

    def _carry_out(self, plans: list[sharding.Plan]) -> None:
        try:
            for target, command in sharding.run(plans, sharding.send_to_server):
                self.stdout.write(f"done: {_shown(target, command)}")
        except OperationFailure as error:
            raise CommandError(
                f"MongoDB refused ({error.details.get('errmsg', error) if error.details else error}). "
                "What was done stays; run the command again."
            ) from None
        for plan in plans:
            if not plan.is_possible:
                self.stdout.write(f"{plan.key.collection} stays whole: {_reason(plan)}")


def _describe(plan: sharding.Plan) -> Iterator[str]:
    """Yield the lines about one collection."""
    key = ", ".join(f"{name}: {kind}" for name, kind in plan.key.key.items())
    size = f"{filesizeformat(plan.stored)} stored, {filesizeformat(plan.indexes)} of indexes".replace(
        "\xa0", " "
    )
    yield f"{plan.key.collection}  key {{{key}}}  {plan.documents:,} documents, {size}"
    if not plan.is_possible:
        yield f"  stays whole: {_reason(plan)}"
        return
    yield "  every unique index fits the key"
    for target, command in plan.commands(sharding.database_name()):
        yield f"  {_shown(target, command)}"


def _reason(plan: sharding.Plan) -> str:
    return f"the unique index {', '.join(plan.in_the_way)} does not begin with the key"


def _shown(target: str, command: sharding.Command) -> str:
    """Return a command as a person types it into ``mongosh``."""
    return f'db.getSiblingDB("{target}").runCommand({json.dumps(command)})'
