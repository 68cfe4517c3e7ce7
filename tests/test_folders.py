"""Permissions of the data folder: given to new folders, left alone on existing ones, and looked at by ``check``."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
from django.core.management import call_command

from streamsite import folder_checks, folders


def mode(folder):
    return stat.S_IMODE(folder.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("wanted", [folders.SHARED, folders.PRIVATE])
def test_a_new_folder_has_its_mode_whatever_the_umask(tmp_path, umask, wanted):
    before = os.umask(umask)
    try:
        folders.create(tmp_path / "new", wanted)
    finally:
        os.umask(before)
    assert mode(tmp_path / "new") == wanted


def test_a_new_folder_keeps_the_bit_by_which_files_get_its_group(tmp_path):
    tmp_path.chmod(0o2750)
    folders.create(tmp_path / "new", folders.SHARED)
    assert mode(tmp_path / "new") == 0o2750


@pytest.mark.parametrize("chosen", [0o2750, 0o755, 0o700, 0o710])
def test_preparing_leaves_what_an_operator_chose(database, settings, chosen):
    places = [
        Path(settings.MEDIA_ROOT),
        Path(settings.ASSETS_DIR),
        Path(settings.KEYS_DIR),
        Path(settings.WORK_DIR),
    ]
    before = [mode(place) for place in places if place.is_dir()]
    assert len(before) == len(places)
    mail = Path(settings.EMAIL_FILE_PATH)
    shutil.rmtree(mail, ignore_errors=True)
    try:
        for place in places:
            place.chmod(chosen)
        for _ in range(2):
            call_command("prepare", "--no-demo")
        assert {mode(place) for place in places} == {chosen}
        # Only the new one was given its mode.
        assert mode(mail) & 0o777 == folders.PRIVATE
    finally:
        for place, former in zip(places, before, strict=True):
            place.chmod(former)


def test_a_file_in_the_way_is_an_error(tmp_path):
    (tmp_path / "media").touch()
    with pytest.raises(FileExistsError):
        folders.create(tmp_path / "media", folders.SHARED)


def warned(settings, data):
    settings.DATA_DIR, settings.MEDIA_ROOT, settings.ASSETS_DIR = data, data / "media", data / "assets"
    return {message.id: f"{message.msg} {message.hint}" for message in folder_checks.check_folder_modes()}


@pytest.fixture
def data(tmp_path):
    for name, wanted in (("", 0o750), ("media", 0o750), ("keys", 0o700), ("work", 0o755)):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name).chmod(wanted)
    return tmp_path


def test_check_says_which_folders_of_secrets_are_open(settings, data):
    assert warned(settings, data) == {}  # nobody else gets into the data folder at all
    data.chmod(0o755)
    assert "chmod o-rwx work" in warned(settings, data)["streamsite.W032"]
    (data / "work").chmod(0o750)
    assert warned(settings, data) == {}


def test_check_says_what_a_web_server_in_front_cannot_read(settings, data):
    settings.MEDIA_ACCEL_PREFIX = "/internal/"
    assert warned(settings, data) == {}
    (data / "media").chmod(0o700)
    assert str(data / "media") in warned(settings, data)["streamsite.W033"]
    settings.BEHIND_FRONT = True  # the nginx of script/server runs as the site's own user
    assert warned(settings, data) == {}
