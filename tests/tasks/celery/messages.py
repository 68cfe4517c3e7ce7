"""A look into the broker, and at what jobs left behind."""

from streamsite.tasks.celery_app import app
from tests.tasks import samples

SOON = {"TASK_RESEND_SECONDS": "1"}


def lose_messages() -> None:
    with app.connection_for_write() as connection:
        connection.default_channel.client.delete("default", "mail", "push", "webhooks", "transcode")


def waiting(name: str = "default") -> int:
    with app.connection_for_write() as connection:
        return connection.default_channel.client.llen(name)


def words() -> list[str]:
    return [word for word, _ in samples.traces()]
