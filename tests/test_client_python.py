"""``clients/python`` against a running site: the sync and the async client do the same."""

from __future__ import annotations

import asyncio
import inspect
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import av
import pyotp
import pytest
import streamsite_client
from streamsite_client import (
    AsyncClient,
    BytesSource,
    Client,
    Conflict,
    FileChanged,
    FileMemory,
    FileStore,
    NetworkError,
    NotDownloadable,
    NotFound,
    NotStreamsite,
    OtpRequired,
    PreconditionFailed,
    ProcessingFailed,
    SessionEnded,
    SignInRequired,
    Unauthorized,
    Unavailable,
    ValidationFailed,
    async_groups,
    groups,
)
from streamsite_client.core import Core
from streamsite_client.stores import MemoryStore

from tests.client_programs import CHUNK, age, generation, wait_for
from tests.support.clips import make_clip
from tests.support.flaky_proxy import FlakyProxy, Mode
from tests.support.http_client import PASSWORD, Caller
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
VTT = b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"


class Broken(Exception):
    """The end of a process, as an exception."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "my film.mp4", 6, (320, 180), 15)


@pytest.fixture(scope="module")
def ann(site: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    store = FileStore(tmp_path_factory.mktemp("ann") / "private" / "tokens.json")
    with Client(site.url, store=store) as client:
        account = client.account.register("cl-ann", "cl-ann@example.org", PASSWORD, full_name="Ann")
        assert account["username"] == "cl-ann"
        client.account.sign_in("cl-ann", PASSWORD)
        yield client


@pytest.fixture(scope="module")
def film(ann: Client, clip: Path) -> str:
    uploaded = ann.videos.upload(clip, title="A film", visibility="public", language="en", chunk_bytes=CHUNK)
    ann.videos.update(uploaded.video_id, allow_download=True)
    assert ann.videos.wait(uploaded.video_id, poll_seconds=0.2)["status"] == "ready"
    return uploaded.video_id


@pytest.fixture
def proxy(site: Stack) -> Iterator[FlakyProxy]:
    proxy = FlakyProxy(site.port)
    yield proxy
    proxy.stop()


def store_of(client: Client) -> FileStore:
    assert isinstance(client.core.store, FileStore)
    return client.core.store


# --- sessions ---


def test_tokens_are_kept_for_their_owner_alone_and_shown_nowhere(ann):
    path = store_of(ann).path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    tokens = store_of(ann).load()
    assert tokens.access not in repr(tokens)
    assert tokens.refresh not in repr(tokens)


@pytest.mark.parametrize("is_known", [False, True], ids=["refused", "foreseen"])
def test_many_threads_refresh_once(site, ann, is_known):
    old = age(site, store_of(ann), is_known=is_known)
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda _: ann.account.me()["username"], range(16)))
    assert names == ["cl-ann"] * 16
    assert generation(store_of(ann).load().refresh) == generation(old.refresh) + 1


def test_clients_that_share_a_file_refresh_once(site, ann):
    """As two processes do: each has locks and connections of its own."""
    old = age(site, store_of(ann), is_known=True)
    clients = [Client(site.url, store=FileStore(store_of(ann).path)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(lambda client: client.account.me(), clients))) == 4
    assert generation(store_of(ann).load().refresh) == generation(old.refresh) + 1


def test_many_tasks_refresh_once_even_when_one_is_canceled(site, ann):
    old = age(site, store_of(ann), is_known=True)

    async def go() -> list[object]:
        async with AsyncClient(site.url, store=store_of(ann)) as client:
            tasks = [asyncio.ensure_future(client.account.me()) for _ in range(6)]
            while not client._exclusive_tasks:
                await asyncio.sleep(0)
            tasks[0].cancel()
            return await asyncio.gather(*tasks, return_exceptions=True)

    first, *others = asyncio.run(go())
    assert isinstance(first, asyncio.CancelledError)
    assert [answer["username"] for answer in others] == ["cl-ann"] * 5
    assert generation(store_of(ann).load().refresh) == generation(old.refresh) + 1


def test_a_session_that_was_ended_is_forgotten_and_one_without_an_answer_is_not(site, ann, proxy, tmp_path):
    client = Client(site.url, store=FileStore(tmp_path / "tokens"))
    client.account.sign_in("cl-ann", PASSWORD)
    age(site, store_of(client), is_known=True)
    cut_off = Client(f"http://localhost:{proxy.port}", store=store_of(client), max_retries=0)
    proxy.mode = Mode.RESET
    with pytest.raises(NetworkError):
        cut_off.account.me()
    kept = store_of(client).load()
    assert kept is not None
    other = Client(site.url, store=MemoryStore(replace(kept)))
    other.account.sign_out()
    with pytest.raises(SessionEnded) as ended:
        client.account.me()
    assert (ended.value.code, ended.value.status) == ("session_revoked", 401)
    assert isinstance(ended.value, SignInRequired)
    assert store_of(client).load() is None
    with pytest.raises(Unauthorized) as refused:
        client.account.me()
    assert refused.value.code == "not_authenticated"


def test_signing_in_with_a_second_factor(site):
    client = Client(site.url)
    client.account.register("cl-otp", "cl-otp@example.org", PASSWORD)
    caller = Caller(site).sign_in("cl-otp")
    secret = caller.json("POST", "/api/v1/auth/totp/setup", {})[1]["secret"]
    status, answer = caller.json("POST", "/api/v1/auth/totp/enable", {"otp": pyotp.TOTP(secret).now()})
    assert status == 200
    with pytest.raises(OtpRequired):
        client.account.sign_in("cl-otp", PASSWORD)
    client.account.sign_in("cl-otp", PASSWORD, otp=answer["recovery_codes"][0])
    assert client.account.me()["username"] == "cl-otp"
    client.account.sign_out()
    client.account.sign_out()
    with pytest.raises(Unauthorized):
        client.account.me()


def test_an_api_token_is_all_that_a_script_needs(site, ann):
    made = ann.account.create_api_token("script", ["read"])
    assert made["id"] in [row["id"] for row in ann.account.api_tokens()]
    with Client(site.url, token=made["token"]) as script:
        assert script.account.me()["username"] == "cl-ann"
        with pytest.raises(streamsite_client.Forbidden):
            script.playlists.create("no scope")
        ann.account.delete_api_token(made["id"])
    with pytest.raises(Unauthorized):
        Client(site.url, token=made["token"]).playlists.create("revoked")


@pytest.mark.parametrize(
    "url", ["http://video.example.org", "ftp://localhost", "https://a:b@example.org", ""]
)
def test_a_token_is_never_sent_in_the_clear(url):
    with pytest.raises(ValueError, match=r"address|encrypted"):
        Client(url, token="secret")


# --- uploads ---


def test_an_upload_survives_a_broken_connection(site, ann, proxy, clip):
    shaky = Client(
        f"http://localhost:{proxy.port}",
        store=store_of(ann),
        on_wait=lambda seconds, error: setattr(proxy, "mode", Mode.PASS),
    )
    offsets = []

    def progress(sent: int, total: int) -> None:
        offsets.append(sent)
        if len(offsets) == 3:
            proxy.mode = Mode.RESET

    uploaded = shaky.videos.upload(clip, title="Shaky", chunk_bytes=CHUNK, on_progress=progress)
    assert proxy.mode is Mode.PASS, "it was broken off"
    assert (offsets[0], offsets[-1]) == (0, clip.stat().st_size)
    assert ann.videos.wait(uploaded.video_id, poll_seconds=0.2)["title"] == "Shaky"


def test_another_process_continues_an_upload(ann, clip, tmp_path):
    memory = FileMemory(tmp_path / "uploads.json")
    before = {row["id"] for row in ann.videos.mine()}

    def fail(sent: int, total: int) -> None:
        if sent:
            raise Broken

    with pytest.raises(Broken):
        ann.videos.upload(clip, memory=memory, chunk_bytes=CHUNK, on_progress=fail)
    offsets = []
    uploaded = ann.videos.upload(
        clip,
        memory=FileMemory(memory.path),
        chunk_bytes=CHUNK,
        on_progress=lambda sent, total: offsets.append(sent),
    )
    assert offsets[0] == CHUNK
    assert offsets[-1] == clip.stat().st_size
    assert {row["id"] for row in ann.videos.mine()} - before == {uploaded.video_id}
    again = ann.videos.upload(clip, memory=memory, chunk_bytes=CHUNK)
    assert again.video_id != uploaded.video_id, "a finished upload is not remembered"


def test_a_file_that_grows_meanwhile_is_not_uploaded(ann, tmp_path):
    path = tmp_path / "growing.mp4"
    path.write_bytes(b"0" * CHUNK * 2)

    def grow(sent: int, total: int) -> None:
        with path.open("ab") as file:
            file.write(b"1")

    with pytest.raises(FileChanged):
        ann.videos.upload(path, chunk_bytes=CHUNK, on_progress=grow)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="empty"):
        ann.videos.upload(path)


def test_what_is_no_video_says_so(ann):
    uploaded = ann.videos.upload(BytesSource(b"not a film" * 1000, "text.mp4"))
    with pytest.raises(ProcessingFailed) as failed:
        ann.videos.wait(uploaded.video_id, poll_seconds=0.2)
    assert failed.value.code == "unsupported_media"
    assert failed.value.retryable is False
    ann.videos.delete(uploaded.video_id)
    with pytest.raises(NotFound):
        ann.videos.get(uploaded.video_id)


# --- the rest of the API ---


def test_playlists_comments_subscriptions_and_history(site, ann, film):
    playlist = ann.playlists.create("Both", visibility="public", video_ids=[film])
    with pytest.raises(Conflict) as again:
        ann.playlists.add(playlist["id"], film)
    assert again.value.code == "already_in_playlist"
    assert [item["video"]["id"] for item in ann.playlists.items(playlist["id"])] == [film]
    assert playlist["id"] in [row["id"] for row in ann.playlists.mine()]

    bob = Client(site.url)
    bob.account.register("cl-bob", "cl-bob@example.org", PASSWORD)
    bob.account.sign_in("cl-bob", PASSWORD)
    texts = [f"Comment {number}" for number in range(5)]
    first, *_ = [bob.comments.add(film, text) for text in texts]
    twice = [bob.comments.add(film, "Once", key="one-key-for-two-calls")["id"] for _ in range(2)]
    assert twice[0] == twice[1]
    assert ann.comments.reply(first["id"], "Thanks")["parent"] == first["id"]
    assert [row["text"] for row in ann.comments.replies(first["id"])] == ["Thanks"]
    assert bob.comments.edit(first["id"], "Better", if_version=first["version"])["text"] == "Better"
    with pytest.raises(PreconditionFailed):
        bob.comments.edit(first["id"], "Stale", if_version=first["version"])
    assert bob.channels.subscribe("cl-ann")["is_subscribed"]
    assert [channel["username"] for channel in bob.channels.subscriptions()] == ["cl-ann"]
    assert [row["id"] for row in bob.channels.videos("cl-ann")] == [film]
    assert bob.videos.react(film, "like") == {"reaction": "like", "likes": 1}
    assert [row["id"] for row in bob.account.likes()] == [film]
    assert list(bob.account.history()) == []
    track = ann.videos.add_captions(film, VTT, language="en", label="English")
    assert [row["id"] for row in ann.videos.captions(film)] == [track["id"]]


def test_pages_follow_one_another(site, ann, film, monkeypatch):
    for number in range(5):
        ann.comments.add(film, f"Row {number}")
    whole = [row["id"] for row in ann.comments.of_video(film, sort="newest")]
    assert len(whole) >= 5
    monkeypatch.setattr("streamsite_client.binding.PAGE_SIZE", 2)
    pages = list(ann.comments.of_video(film, sort="newest").pages())
    assert {len(page["results"]) for page in pages[:-1]} == {2}
    assert [row["id"] for page in pages for row in page["results"]] == whole

    async def read() -> list[str]:
        async with AsyncClient(site.url) as client:
            return [row["id"] async for row in client.comments.of_video(film, sort="newest")]

    assert asyncio.run(read()) == whole


def test_errors_say_what_is_wrong(ann, film):
    with pytest.raises(ValidationFailed) as wrong:
        ann.videos.update(film, title="x" * 1000, visibility="nobody")
    assert wrong.value.code == "validation_error"
    assert set(wrong.value.fields) == {"title", "visibility"}
    assert len(wrong.value.request_id) >= 8
    assert "title:" in str(wrong.value)
    with pytest.raises(NotFound) as absent:
        ann.videos.get("00000000000")
    assert (absent.value.code, absent.value.status) == ("not_found", 404)
    for nonsense in ("", "..", "."):
        with pytest.raises(ValueError, match="id"):
            ann.videos.get(nonsense)
    with pytest.raises(NotFound):
        ann.videos.get("../me")


def test_the_async_client_uploads_and_downloads(site, ann, clip, tmp_path):
    async def go() -> str:
        async with AsyncClient(site.url, store=store_of(ann)) as client:
            uploaded = await client.videos.upload(clip, title="Async", chunk_bytes=CHUNK)
            await client.videos.update(uploaded.video_id, allow_download=True)
            await client.videos.wait(uploaded.video_id, poll_seconds=0.2)
            path = await client.videos.download(uploaded.video_id, tmp_path / "async.mp4")
            with av.open(str(path)) as container:
                assert abs((container.duration or 0) / 1_000_000 - 6) < 0.5
            return uploaded.video_id

    assert ann.videos.get(asyncio.run(go()))["title"] == "Async"


def test_a_download_continues(site, ann, film, tmp_path):
    target = tmp_path / "film.mp4"
    whole = ann.videos.download(film, tmp_path / "whole.mp4").read_bytes()
    assert len(whole) > 10_000

    def fail(arrived: int, total: int) -> None:
        assert total == len(whole)
        raise Broken

    with pytest.raises(Broken):
        ann.videos.download(film, target, on_progress=fail)
    part = tmp_path / "film.mp4.part"
    # What another process left: less than a chunk.
    part.write_bytes(whole[:5000])
    seen = []
    ann.videos.download(film, target, on_progress=lambda arrived, total: seen.append(arrived))
    assert target.read_bytes() == whole
    assert min(seen) > 5000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4", "whole.mp4"]
    part.write_bytes(b"x" * (len(whole) + 5))
    (tmp_path / "film.mp4.part.json").write_text('{"etag": "\\"of another file\\""}')
    assert ann.videos.download(film, target).read_bytes() == whole
    ann.videos.update(film, allow_download=False)
    with pytest.raises(NotDownloadable):
        ann.videos.download(film, target)
    ann.videos.update(film, allow_download=True)


# --- answers that are not the site's ---


def test_waits_as_long_as_the_site_asks(site, ann, monkeypatch):
    probe = Caller(site).sign_in("cl-ann")
    site.manage("site_mode", "read-only")
    waits = []
    client = Client(
        site.url, store=store_of(ann), max_retries=1, max_wait=1, on_wait=lambda *found: waits.append(found)
    )
    try:
        # Every process knows within five seconds.
        wait_for(lambda: {probe.json("POST", "/api/v1/playlists", {})[0] for _ in range(8)} == {503})
        with pytest.raises(Unavailable) as busy:
            client.playlists.create("Not now")
        assert busy.value.code == "unavailable"
        assert busy.value.retry_after > 1
        assert waits == [], "longer than it would wait"
        slept = []
        patient = Client(site.url, store=store_of(ann), max_retries=1, max_wait=86400)
        monkeypatch.setattr("streamsite_client.client.time.sleep", slept.append)
        with pytest.raises(Unavailable):
            patient.playlists.create("Not now")
        assert len(slept) == 1
        assert slept[0] >= busy.value.retry_after
    finally:
        site.manage("site_mode", "normal")
        wait_for(lambda: 503 not in {probe.json("POST", "/api/v1/playlists", {})[0] for _ in range(8)})


@pytest.mark.parametrize(
    "url", ["https://evil.example/uploads/1", "https://evil.example/api/v1", "//evil.example/x", "", "/me"]
)
def test_an_address_outside_the_api_is_not_called(url):
    with pytest.raises(NotStreamsite):
        Core("https://video.example.org", MemoryStore()).own_path(url)


def test_an_address_of_the_api_is_called_at_the_same_site():
    core = Core("https://video.example.org", MemoryStore())
    assert core.url_of(core.own_path("https://evil.example/api/v1/videos?cursor=x")) == (
        "https://video.example.org/api/v1/videos?cursor=x"
    )


def test_both_clients_have_the_same_methods():
    def methods(module, prefix):
        return {
            kind.__name__.removeprefix(prefix): sorted(
                name for name in vars(kind) if not name.startswith("_")
            )
            for _, kind in inspect.getmembers(module, inspect.isclass)
            if kind.__module__ == module.__name__
        }

    assert methods(groups, "") == methods(async_groups, "Async")
