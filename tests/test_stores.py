"""Each collection of MongoDB that the code reads or writes by pymongo has one module that does so: its store.

A store is called ``store.py`` in the package of its feature, or ``<feature>_store.py``. Pipelines may join collections
of other stores; commands on a collection are its own store's. What the ORM reads and writes is not meant here.
"""

import ast
import importlib
import re
from pathlib import Path

import pytest

from streamsite.mongo import indexes

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "videos", "playlists", "subscriptions", "takeout", "demo", "streamsite")
OPENERS = {"collection", "get_database"}
IS_STORE = re.compile(r"(?:.*/)?(?:\w+_)?store\.py")
# The collection of a store by the store's module. A collection stands here once.
OWNERS = {
    "demo.store": {"streamsite_demo"},
    "accounts.auth_session_store": {"auth_session"},
    "accounts.oidc.provider_store": {"auth_provider"},
    "accounts.oidc.store": {"auth_identity"},
    "accounts.passkeys.challenge_store": {"auth_challenge"},
    "accounts.passkeys.store": {"auth_passkey"},
    "accounts.sanction_store": {"account_sanction"},
    "accounts.totp_store": {"auth_totp"},
    "accounts.user_store": {"accounts_user"},
    "streamsite.backup.record_store": {"streamsite_backup"},
    "streamsite.figures.store": {"streamsite_figures"},
    "streamsite.metrics.store": {"streamsite_totals"},
    "streamsite.setup_link_store": {"streamsite_setup"},
    "playlists.store": {"playlists_playlist", "playlists_playlistitem"},
    "streamsite.space.store": {"disk_reservation"},
    "streamsite.site_settings.store": {"streamsite_settings"},
    "subscriptions.channel_page.store": {"subscriptions_channelpage"},
    "subscriptions.notifications.store": {
        "subscriptions_broadcast",
        "subscriptions_notification",
        "subscriptions_readmarks",
    },
    "subscriptions.notifications.push.store": {"push_subscription"},
    "subscriptions.webhooks.delivery_store": {"subscriptions_webhook", "subscriptions_webhookdelivery"},
    "subscriptions.private_feed_store": {"subscriptions_privatefeed"},
    "subscriptions.subscription_store": {"subscriptions_subscription"},
    "takeout.store": {"takeout_export", "takeout_import", "takeout_import_row"},
    "videos.block_store": {"videos_block"},
    "videos.captions.store": {"videos_caption"},
    "videos.comments.store": {"videos_comment"},
    "videos.hidden_store": {"viewer_hidden"},
    "videos.quota_store": {"videos_quotaturn"},
    "videos.moderation.store": {"moderation_case"},
    "videos.playback.history_store": {"videos_watch"},
    "videos.playback.session_store": {"view_session"},
    "videos.playback.statistics_store": {"video_total", "video_day", "channel_total", "channel_day"},
    "videos.search.store": {"search_video", "search_rebuild"},
    "videos.search.vocabulary_store": {"search_term"},
    "videos.websub.store": {"websub_subscription"},
    "videos.video_store": {"videos_video"},
}
# Stores of one field, or of rows of one shape, in whatever collection they are given.
SHARED = {
    "videos.facet_store": "the field facets",
    "videos.folded_title_store": "the field folded_title",
    "videos.copied_url_store": "reads url and title",
    "videos.search.name_store": "names, one collection for each kind of objects that are found by name",
    "videos.reactions.store": "reactions, and the fields like_count and dislike_count of what they are to",
}
# Modules that open collections and are no stores yet, and the helpers that open any. This list only gets shorter.
NOT_YET = {
    "streamsite/api/idempotency.py",
    "streamsite/rate_limits.py",
    "streamsite/site_id.py",
    "streamsite/sweep_count.py",
    "streamsite/tasks/control.py",
    "streamsite/tasks/dispatch.py",
    "streamsite/tasks/heartbeats.py",
    "streamsite/tasks/queue.py",
    "videos/management/commands/prepare.py",
}


def sources():
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            relative = path.relative_to(ROOT)
            if not {"tests", "migrations"} & set(relative.parts) and relative.parts[:2] != (
                "streamsite",
                "mongo",
            ):
                yield str(relative), path.read_text()


def opened(text):
    """Yield the argument of every call that opens a collection or the database."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in OPENERS and (name != "collection" or isinstance(node.func, ast.Name)):
                yield node.args[0] if node.args else None


def module_of(path):
    return path.removesuffix(".py").replace("/", ".")


def test_only_stores_open_collections():
    users = {path for path, text in sources() if any(True for _ in opened(text))}
    others = {path for path in users if not IS_STORE.fullmatch(path)}
    assert others == NOT_YET
    assert {module_of(path) for path in users - others} == OWNERS.keys() | SHARED.keys()


def test_no_collection_has_two_stores():
    names = [name for owned in OWNERS.values() for name in owned]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("store", OWNERS)
def test_a_store_opens_its_own_collections_only(store):
    module = importlib.import_module(store)
    calls = list(opened(Path(module.__file__).read_text()))
    found = set()
    for argument in calls:
        if isinstance(argument, ast.Name) and not hasattr(module, argument.id):
            continue  # a parameter: one of those that the module has a constant for, see the callers
        found.add(eval(ast.unparse(argument), vars(module)))  # noqa: S307 - names of our own module
    assert found <= OWNERS[store]
    assert found


def test_every_module_with_indexes_is_asked_for_them():
    """Without that ``ensure_indexes`` never creates them, and nobody would notice before the collection is large."""
    having = [module_of(path) for path, text in sources() if "INDEXES" in assigned(text)]
    assert sorted(having) == sorted(indexes.PROVIDERS)


def assigned(text):
    """Return the names that a module assigns at its top level."""
    targets = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign):
            targets += node.targets
        elif isinstance(node, ast.AnnAssign):
            targets.append(node.target)
    return {target.id for target in targets if isinstance(target, ast.Name)}


def test_the_names_that_a_module_assigns_are_found():
    assert assigned("A = 1\nB: int = 2\ndef f():\n    C = 3\n") == {"A", "B"}
