"""Root where the site's user owns the data folder: nothing that the site cannot read is left behind."""

import os
import subprocess

from tests.support.deploy.containers import Container
from tests.support.deploy.dockerfile import parse_dockerfile


def test_root_gives_way_to_the_owner_of_the_data_folder(machine, layer):
    image = parse_dockerfile()
    folder = machine / "root"
    volume = folder / "data"
    volume.mkdir(parents=True)
    subprocess.run(["chown", f"{image.user}:{image.user}", volume], check=True)
    prepare = Container(
        "prepare",
        folder,
        ["python", "manage.py", "prepare", "--no-demo"],
        image.environment
        | {"MONGODB_URI": os.environ["MONGODB_URI"], "MONGODB_NAME": "as-root", "SECRET_KEY": "x" * 50},
        layer,
        volumes={"/data": volume},
        directory=image.directory,
    )
    assert prepare.run() == 0, prepare.output()
    assert "Started as root; continuing as streamsite, who owns the data folder /data." in prepare.output()
    owners = {path.stat().st_uid for path in volume.rglob("*")}
    assert owners == {image.user}
