"""The studio's page of imports, without scripts."""

import pytest

from streamsite.outbound_hosts import parse_private_host
from tests.support.file_server import FileServer
from videos.imports import fetching
from videos.models import AddressImport, Video

PAGE = "/studio/imports"


@pytest.fixture
def server(tmp_path, settings, clip):
    (tmp_path / "a.mp4").write_bytes(clip.read_bytes())
    made = FileServer(tmp_path)
    settings.IMPORTS_ENABLED = True
    settings.OUTBOUND_PRIVATE_HOSTS = (parse_private_host(made.host),)
    yield made
    made.stop()


def text(answer):
    return answer.content.decode()


def test_it_begins_shows_and_removes_an_import(cast, server):
    page = cast.page("owner")
    assert "No imports yet" in text(page.get(PAGE))
    assert "Import from an address" in text(page.get("/upload"))
    begun = page.post(PAGE, {"url": f"{server.url}/a.mp4", "visibility": "public", "title": "Harbor"})
    assert (begun.status_code, begun["Location"]) == (302, PAGE)
    row = AddressImport.objects.get()
    assert Video.objects.get(pk=row.video_id).visibility == "public"
    waiting = text(page.get(PAGE))
    assert "Cancel" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    fetching.run(row.pk, enqueue=lambda video: None)
    ended = text(page.get(PAGE))
    assert "Downloaded" in ended
    assert "every 2s" not in ended
    assert page.post(f"{PAGE}/{row.pk}/delete").status_code == 302
    assert not AddressImport.objects.exists()
    assert Video.objects.filter(pk=row.video_id).exists()


def test_a_refusal_is_beside_its_field_and_what_was_typed_stays(cast, server):
    answer = cast.page("owner").post(
        PAGE, {"url": "http://127.0.0.1/", "visibility": "public", "title": "Kept"}
    )
    assert answer.status_code == 400
    assert "This site doesn&#x27;t fetch anything from this address." in text(answer)
    assert 'value="Kept"' in text(answer)


def test_a_failure_is_told_in_words(cast, server):
    page = cast.page("owner")
    page.post(PAGE, {"url": f"{server.url}/none.mp4", "visibility": "private"})
    fetching.run(AddressImport.objects.get().pk, enqueue=lambda video: None)
    shown = text(page.get(PAGE))
    assert "There&#x27;s no file at this address." in shown
    assert "Remove" in shown


def test_others_cannot_remove_it_and_visitors_sign_in(cast, server):
    cast.page("owner").post(PAGE, {"url": f"{server.url}/a.mp4", "visibility": "private"})
    row = AddressImport.objects.get()
    cast.page("stranger").post(f"{PAGE}/{row.pk}/delete")
    assert AddressImport.objects.exists()
    assert cast.page("anonymous").get(PAGE).status_code == 302


def test_it_is_absent_where_imports_are_off(cast, server, settings):
    settings.IMPORTS_ENABLED = False
    page = cast.page("owner")
    assert page.get(PAGE).status_code == 404
    assert "Import from an address" not in text(page.get("/upload"))
    assert PAGE not in text(page.get("/studio"))
