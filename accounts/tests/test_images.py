"""``PUT/DELETE /me/avatar`` and ``/me/cover``: validation, storage, and delivery."""

import io
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from PIL import Image, ImageCms

from accounts import image_processing, image_storage
from accounts.models import User
from accounts.tests.images import bad_pictures, halves, picture, png_bomb, scan_bomb, with_exif
from streamsite import trash
from streamsite.errors import Invalid, Unavailable
from tests.support.commands import recorded
from tests.support.profile import sample, walk

AVATAR, COVER = "/api/v1/me/avatar", "/api/v1/me/cover"


def send(api, url, content, name="me.png", field="file", kind="image/png"):
    return api.put(url, {field: SimpleUploadedFile(name, content, kind)}, format="multipart")


def opened(content):
    return Image.open(io.BytesIO(content))


def folders():
    place = image_storage.folder_path("x").parent
    return sorted(path.name for path in place.iterdir()) if place.is_dir() else []


@pytest.fixture(autouse=True)
def no_folders(database):
    for name in folders():
        image_storage.delete_folder(name)
    yield
    assert not list((image_storage.folder_path("x").parent.parent.parent / "work").glob("pictures/*"))


def is_red(pixel):
    return pixel[0] > 200 and pixel[2] < 60


# What is accepted.


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("field", ["file", "avatar"])
def test_four_formats_become_webp_in_two_sizes(cast, form, field):
    answer = send(cast.api("owner"), AVATAR, halves(form=form), "x.exe", field, "application/x-msdownload")
    assert answer.status_code == 200
    body = answer.json()
    for url, side in ((body["avatar_url"], 256), (body["avatar_small_url"], 96)):
        got = Client().get(url)
        assert (got.status_code, got["Content-Type"]) == (200, "image/webp")
        image = opened(got.content)
        assert (image.format, image.size) == ("WEBP", (side, side))


def test_a_cover_keeps_the_shape_of_the_channel_page(cast):
    body = send(cast.api("owner"), COVER, halves((1000, 1000), "JPEG"), field="cover").json()
    assert opened(Client().get(body["cover_url"]).content).size == (1600, 270)
    assert opened(Client().get(body["cover_small_url"]).content).size == (800, 135)


@pytest.mark.parametrize(
    ("mode", "color"),
    [("1", 1), ("L", 99), ("LA", (99, 50)), ("P", 3), ("RGBA", (1, 2, 3, 4)), ("I;16", 40_000)],
)
def test_every_kind_of_pixel_is_read(mode, color):
    files = image_processing.prepare_image(
        io.BytesIO(picture("PNG", (50, 70), color, mode)), image_processing.AVATAR
    )
    assert opened(files["avatar-256.webp"]).size == (256, 256)


def test_sixteen_bits_are_scaled_and_not_clipped():
    files = image_processing.prepare_image(
        io.BytesIO(picture("PNG", (50, 70), 0x8000, "I;16")), image_processing.AVATAR
    )
    assert abs(opened(files["avatar-96.webp"]).convert("L").getpixel((48, 48)) - 128) < 4


def test_a_cmyk_jpeg_and_a_camera_s_double_jpeg_are_read():
    cmyk = picture("JPEG", (300, 300), (0, 255, 255, 0), "CMYK")
    assert is_red(
        opened(
            image_processing.prepare_image(io.BytesIO(cmyk), image_processing.AVATAR)["avatar-96.webp"]
        ).getpixel((9, 9))
    )
    out = io.BytesIO()
    Image.new("RGB", (300, 300), (255, 0, 0)).save(
        out, "MPO", save_all=True, append_images=[Image.new("RGB", (40, 40))]
    )
    files = image_processing.prepare_image(io.BytesIO(out.getvalue()), image_processing.AVATAR)
    assert is_red(opened(files["avatar-96.webp"]).getpixel((9, 9)))


def test_transparency_stays():
    files = image_processing.prepare_image(
        io.BytesIO(picture("PNG", (50, 50), (10, 200, 10, 0), "RGBA")), image_processing.AVATAR
    )
    assert opened(files["avatar-96.webp"]).convert("RGBA").getpixel((5, 5))[3] == 0


@pytest.mark.parametrize("name", list(bad_pictures()))
@pytest.mark.parametrize("url", [AVATAR, COVER])
def test_everything_else_is_refused_and_leaves_nothing(cast, name, url):
    before = folders()
    started = time.process_time()
    answer = send(cast.api("owner"), url, bad_pictures()[name])
    assert time.process_time() - started < 5
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert len(answer.json()["fields"]["file"][0]) > 20
    assert folders() == before
    assert User.objects.get(pk=cast.owner.pk).avatar == ""


@pytest.mark.parametrize("content", [png_bomb(), png_bomb(6000, 6000)])
def test_a_bomb_is_told_from_its_header(content):
    started = time.process_time()
    with pytest.raises(Invalid) as refusal:
        image_processing.prepare_image(io.BytesIO(content), image_processing.AVATAR)
    assert "pixels" in refusal.value.fields["file"][0]
    assert time.process_time() - started < 0.2


def test_many_scans_are_counted_without_decoding_them():
    started = time.process_time()
    with pytest.raises(Invalid):
        image_processing.prepare_image(io.BytesIO(scan_bomb(20_000)), image_processing.AVATAR)
    assert time.process_time() - started < 0.5
    plain = image_processing.prepare_image(
        io.BytesIO(picture("JPEG", progressive=True)), image_processing.AVATAR
    )
    assert plain.keys() == set(image_processing.AVATAR.files)


@pytest.mark.parametrize("size", [image_processing.MAX_BYTES + 1, 12_000_000])
def test_more_than_ten_megabytes_are_413(cast, size):
    answer = send(cast.api("owner"), AVATAR, picture() + b"\0" * (size - len(picture())))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_ten_megabytes_are_accepted(cast):
    padded = picture("JPEG") + b"\0" * (image_processing.MAX_BYTES - len(picture("JPEG")))
    assert send(cast.api("owner"), AVATAR, padded).status_code == 200


@pytest.mark.parametrize("body", [{}, {"file": "text"}, {"other": SimpleUploadedFile("a.png", b"x")}])
def test_a_form_without_a_file_is_a_field_error(cast, body):
    answer = cast.api("owner").put(AVATAR, body, format="multipart")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["file"])


@pytest.mark.parametrize("kind", ["application/json", "image/png", "text/plain"])
def test_other_bodies_are_415(cast, kind):
    answer = cast.api("owner").put(AVATAR, b'{"file": 1}', content_type=kind)
    assert answer.status_code == 415


def test_damaged_files_are_pictures_or_refusals_but_never_faults():
    generator = random.Random(7)
    whole = [halves((120, 90), form) for form in ("JPEG", "PNG", "WEBP", "GIF")] + [with_exif(6)]
    outcomes = set()
    for _ in range(walk(60, deep=300)):
        raw = bytearray(generator.choice(whole))
        for _ in range(generator.randint(1, 12)):
            raw[generator.randrange(len(raw))] = generator.randrange(256)
        try:
            outcomes.add(len(image_processing.prepare_image(io.BytesIO(bytes(raw)), image_processing.AVATAR)))
        except Invalid:
            outcomes.add("refused")
    assert outcomes == {2, "refused"}


# What is kept.


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright(orientation):
    small = opened(
        image_processing.prepare_image(io.BytesIO(with_exif(orientation)), image_processing.AVATAR)[
            "avatar-96.webp"
        ]
    )
    expected = {
        1: (5, 48),
        2: (90, 48),
        3: (90, 48),
        4: (5, 48),
        5: (48, 5),
        6: (48, 5),
        7: (48, 90),
        8: (48, 90),
    }
    assert is_red(small.getpixel(expected[orientation]))


def test_nothing_but_pixels_is_kept():
    raw = with_exif()
    assert b"secret" in raw
    for kind in image_processing.PROFILE_IMAGES.values():
        for content in image_processing.prepare_image(io.BytesIO(raw), kind).values():
            assert not {b"EXIF", b"XMP ", b"ICCP", b"secret"} & {
                word for word in (b"EXIF", b"XMP ", b"ICCP", b"secret") if word in content
            }
            assert not opened(content).getexif()


def test_colors_of_a_profile_become_srgb():
    standard = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = standard.replace(b"rXYZ", b"tmp.").replace(b"bXYZ", b"rXYZ").replace(b"tmp.", b"bXYZ")
    red = picture("PNG", color=(255, 0, 0), icc_profile=swapped)
    small = opened(image_processing.prepare_image(io.BytesIO(red), image_processing.AVATAR)["avatar-96.webp"])
    assert small.getpixel((9, 9))[2] > 200, "red by this profile is what sRGB calls blue"
    assert "icc_profile" not in small.info


def test_a_broken_profile_is_ignored():
    files = image_processing.prepare_image(
        io.BytesIO(picture("PNG", icc_profile=b"x" * 200)), image_processing.AVATAR
    )
    pixel = opened(files["avatar-96.webp"]).getpixel((9, 9))
    assert max(abs(a - b) for a, b in zip(pixel, (200, 30, 30), strict=True)) < 6


def test_memory_and_time_of_the_largest_pictures(tmp_path):
    script = (
        "import io, re, sys, time; from pathlib import Path; from django.conf import settings;"
        "settings.configure(); from accounts import image_processing; raw = Path(sys.argv[1]).read_bytes();"
        "image_processing.prepare_image(io.BytesIO(raw), image_processing.COVER) if sys.argv[2] == 'go' else None;"
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1], time.process_time())"
    )
    root = Path(__file__).resolve().parents[2]
    largest = {
        "progressive": lambda: picture("JPEG", (4800, 5000), progressive=True, subsampling=0),
        "jpeg": lambda: picture("JPEG", (8000, 8000)),
        "palette": lambda: picture("PNG", (4000, 5000), 7, "P", transparency=7),
        "gif": lambda: picture("GIF", (4000, 5000), 7, "P", transparency=7),
        "webp": lambda: picture("WEBP", (3000, 4000), (1, 2, 3, 4), "RGBA"),
        "png": lambda: picture("PNG", (4000, 5000), (1, 2, 3, 4), "RGBA"),
    }
    for name in sample(list(largest), 2):
        path = tmp_path / name
        path.write_bytes(largest[name]())
        used = {}
        for how in ("no", "go"):
            done = subprocess.run(
                [sys.executable, "-c", script, str(path), how],
                cwd=root,
                capture_output=True,
                text=True,
                check=True,
            )
            used[how] = [float(word) for word in done.stdout.split()]
        assert used["go"][0] - used["no"][0] < 220_000, (name, used)
        assert used["go"][1] - used["no"][1] < 4, (name, used)


def test_every_change_has_an_address_of_its_own_and_the_old_one_goes(cast):
    api = cast.api("owner")
    first = send(api, AVATAR, picture()).json()["avatar_url"]
    second = send(api, AVATAR, picture()).json()["avatar_url"]
    assert first != second
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    assert len(folders()) == 1


def test_deleting_is_idempotent_and_removes_the_files(cast):
    api = cast.api("owner")
    url = send(api, COVER, picture()).json()["cover_url"]
    assert [api.delete(COVER).status_code for _ in range(2)] == [204, 204]
    assert Client().get(url).status_code == 404
    assert api.get("/api/v1/me").json()["cover_url"] is None
    assert folders() == []


def test_parallel_uploads_leave_one_folder(cast):
    clients = [cast.api("owner") for _ in range(6)]
    codes = []

    def upload(client):
        codes.append(send(client, AVATAR, picture()).status_code)
        connections.close_all()

    threads = [threading.Thread(target=upload, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 6
    assert folders() == [User.objects.get(pk=cast.owner.pk).avatar]


def test_a_picture_changes_nothing_else_and_nobody_else(cast):
    before = cast.api("member").get("/api/v1/me").json()
    mine = cast.api("owner").get("/api/v1/me").json()
    after = send(cast.api("owner"), AVATAR, picture()).json()
    changed = {name for name in mine if mine[name] != after[name]}
    assert changed == {"avatar_url", "avatar_small_url"}
    assert cast.api("member").get("/api/v1/me").json() == before


def test_an_account_that_is_gone_leaves_no_files(cast):
    user = cast.owner
    image_storage.replace_image(
        user, "avatar", image_processing.prepare_image(io.BytesIO(picture()), image_processing.AVATAR)
    )
    image_storage.delete_for_user(user)
    assert folders() == []


def test_leftovers_of_a_killed_process_are_swept(cast, settings):
    mine = image_storage.replace_image(
        cast.owner, "cover", image_processing.prepare_image(io.BytesIO(picture()), image_processing.COVER)
    ).cover
    orphan = image_storage.store_image({"avatar-96.webp": b"x"})
    half = Path(settings.WORK_DIR) / "pictures" / "AAAAAAAAAAAAAAAA"
    half.mkdir(parents=True)
    for path in (image_storage.folder_path(mine), image_storage.folder_path(orphan), half):
        os.utime(path, (1, 1))
    assert image_storage.sweep().count == 2
    trash.empty(everything=True)
    fresh = image_storage.store_image({"avatar-96.webp": b"x"})
    assert image_storage.sweep().count == 0
    assert folders() == sorted([mine, fresh])
    assert not half.exists()
    assert image_storage.sweep().count == 0


def test_many_pictures_that_nothing_names_stay(cast, settings):
    """The database may be older than the files, or a different one."""
    image_storage.sweep(force=True)
    trash.empty(everything=True)
    orphans = [image_storage.store_image({"avatar-96.webp": b"x"}) for _ in range(3)]
    for folder in orphans:
        os.utime(image_storage.folder_path(folder), (1, 1))
    assert "3 of 3 pictures that nothing names" in image_storage.sweep().refusal
    assert folders() == sorted(orphans)
    assert image_storage.sweep(force=True).count == 3
    assert trash.restore(orphans[:1]) == ([image_storage.folder_path(orphans[0]) / "avatar-96.webp"], [])
    image_storage.delete_folder(orphans[0])
    trash.empty(everything=True)


def test_pictures_that_become_old_one_by_one_stay(cast):
    """Young ones count, and so do those already in the trash."""
    image_storage.sweep(force=True)
    trash.empty(everything=True)
    orphans = [image_storage.store_image({"avatar-96.webp": b"x"}) for _ in range(3)]
    for folder in orphans:
        os.utime(image_storage.folder_path(folder), (1, 1))
        assert image_storage.sweep().refusal
    for folder in orphans[1:]:
        image_storage.delete_folder(folder)
    assert image_storage.sweep().count == 1
    late = image_storage.store_image({"avatar-96.webp": b"x"})
    os.utime(image_storage.folder_path(late), (1, 1))
    assert "(1 are there already)" in image_storage.sweep().refusal
    image_storage.delete_folder(late)
    trash.empty(everything=True)


def test_one_picture_is_decoded_at_a_time_and_waiting_ends(monkeypatch):
    monkeypatch.setattr(image_processing, "WAIT_SECONDS", 0.05)
    with image_processing._one_at_a_time(), pytest.raises(Unavailable):
        image_processing.prepare_image(io.BytesIO(picture()), image_processing.AVATAR)
    assert image_processing.prepare_image(io.BytesIO(picture()), image_processing.AVATAR)


# How it is served.


@pytest.fixture
def url(cast):
    return send(cast.api("owner"), AVATAR, picture()).json()["avatar_url"]


def test_a_picture_is_served_as_an_image_and_nothing_else(url):
    answer = Client().get(url)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Vary" not in answer
    assert not answer.cookies
    head = Client().head(url)
    assert (head.content, head["Content-Length"]) == (b"", str(len(answer.content)))
    assert Client().get(url, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert Client().post(url).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/media/profiles/",
        "/media/profiles/{id}",
        "/media/profiles/{id}/",
        "/media/profiles/{id}/avatar-257.webp",
        "/media/profiles/{id}/cover-800.webp",
        "/media/profiles/{id}/../{id}/avatar-96.webp",
        "/media/profiles/..%2f..%2fkeys/avatar-96.webp",
        "/media/profiles/AAAAAAAAAAAAAAAA/avatar-96.webp",
        "/media/profiles/{id}%00/avatar-96.webp",
    ],
)
def test_anything_else_is_404(url, path):
    answer = Client().get(path.format(id=url.split("/")[3]))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_viewers_make_no_difference_and_cost_nothing(cast, url):
    page = cast.page("owner")
    with recorded() as commands:
        answer = page.get(url)
    assert (answer.status_code, commands) == (200, [])
    assert "Vary" not in answer


def test_nginx_may_send_the_bytes(url, settings):
    settings.MEDIA_ACCEL_PREFIX = "/internal/"
    answer = Client().get(url)
    assert answer["X-Accel-Redirect"] == urlsplit(url).path.replace("/media/", "/internal/")
    assert answer.content == b""
