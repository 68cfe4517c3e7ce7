"""A broker that accepts connections and says nothing: nobody waits for it, and jobs run when it is back."""

import pytest

from streamsite.tasks import queue
from tests.support.flaky_proxy import FlakyProxy, Mode
from tests.tasks.celery.messages import SOON, words
from tests.tasks.celery.test_broker import QUICK, enqueue_elsewhere, own_broker, states  # noqa: F401 - a fixture
from tests.tasks.conftest import wait_until


@pytest.mark.parametrize("mode", [Mode.SILENT, Mode.RESET, Mode.DELAY])
def test_broker_that_misbehaves_holds_nobody_up_and_is_heard_again(own_broker, start_worker, mode):  # noqa: F811
    proxy = FlakyProxy(own_broker.port, seconds=1.0)
    url = f"redis://127.0.0.1:{proxy.port}"
    try:
        worker = start_worker("--queue", "default", CELERY_BROKER_URL=url, **SOON)
        enqueue_elsewhere("before", broker_url=url)
        wait_until(lambda: words() == ["before"])
        proxy.mode = mode
        assert enqueue_elsewhere("a", "b", "c", broker_url=url) < QUICK
        proxy.mode = Mode.PASS
        wait_until(lambda: states() == {queue.DONE}, seconds=180)
        assert sorted(words()) == ["a", "b", "before", "c"]
        assert worker.poll() is None
    finally:
        proxy.stop()
