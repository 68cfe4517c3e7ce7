"""The served OpenAPI document against the running site: nothing that it allows, or forbids, makes the server fail."""

import pytest

from tests.support.fuzzing import fuzz
from tests.support.profile import is_deep, walk
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def open_site(tmp_path_factory):
    """A site without rate limits, which would hide what is behind them."""
    stack = Stack(tmp_path_factory.mktemp("fuzzed"), STREAMSITE_THROTTLE_SCALE="100000")
    stack.start()
    yield stack
    stack.kill()


def test_no_request_makes_the_server_fail_or_answer_what_is_not_documented(open_site, clip):
    phases = "coverage,fuzzing" if is_deep() else "fuzzing"
    ran = fuzz(open_site, clip, phases=phases, examples=walk(2, deep=30), seconds=360)
    assert ran.code == 0, ran.failures + open_site.output()[-6_000:]
    selected, tested = ran.operations
    assert tested == selected > 70
    assert ran.requests > selected
