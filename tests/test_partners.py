"""The circuit breaker and the limits around an outside service, without any."""

import threading
import time

import pytest

from streamsite import external_services
from streamsite.errors import Unavailable


class Down(Unavailable):
    """The service of these tests does not answer."""


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def breaker():
    clock = Clock()
    made = external_services.CircuitBreaker("test", clock)
    made.clock = clock
    return made


@pytest.fixture
def partner(monkeypatch):
    monkeypatch.setattr(external_services, "_known", [])
    return external_services.ExternalService(
        "test", unavailable=Down, answers=(FileNotFoundError,), at_once=2, seconds=0.3
    )


def fail(breaker, times=1):
    for _ in range(times):
        breaker.report(breaker.admit(), has_answered=False)


def raising(error):
    raise error


def has_answered(partner):
    try:
        return partner.call(lambda: True)
    except Down:
        return False


def test_failures_in_a_row_open_it_and_an_answer_between_does_not(breaker):
    fail(breaker, 2)
    breaker.report(breaker.admit(), has_answered=True)
    fail(breaker, 2)
    assert not breaker.is_open
    fail(breaker)
    with pytest.raises(external_services.CircuitOpen):
        breaker.admit()


def test_one_probe_at_a_time_is_let_in_at_growing_intervals(breaker):
    fail(breaker, 3)
    for pause in (2, 4, 8, 15, 15):
        breaker.clock.now += pause - 0.1
        with pytest.raises(external_services.CircuitOpen) as refused:
            breaker.admit()
        assert refused.value.retry_after == 1.0
        breaker.clock.now += 0.2
        probe = breaker.admit()
        for _ in range(5):
            with pytest.raises(external_services.CircuitOpen):
                breaker.admit()
        breaker.report(probe, has_answered=False)
    breaker.clock.now += 16
    breaker.report(breaker.admit(), has_answered=True)
    assert not breaker.is_open
    breaker.admit()


def test_a_probe_that_ends_for_its_own_reasons_makes_room_for_the_next(breaker):
    fail(breaker, 3)
    breaker.clock.now += 3
    breaker.report(breaker.admit(), has_answered=None)
    breaker.report(breaker.admit(), has_answered=True)
    assert not breaker.is_open


def test_late_outcomes_of_calls_from_before_change_nothing(breaker):
    early = [breaker.admit() for _ in range(5)]
    fail(breaker, 3)
    for admission in early:
        breaker.report(admission, has_answered=True)
    assert breaker.is_open
    breaker.clock.now += 3
    breaker.report(breaker.admit(), has_answered=True)
    for admission in early:
        breaker.report(admission, has_answered=False)
    assert not breaker.is_open


def test_results_and_errors_of_a_call_arrive(partner):
    assert partner.call(lambda: 7) == 7
    for error in (FileNotFoundError, KeyError):
        with pytest.raises(error):
            partner.call(lambda error=error: raising(error()))
    assert external_services.service_states() == {"test": "ok"}


def test_what_is_an_answer_keeps_it_closed_and_mistakes_of_ours_do_not_open_it(partner):
    for error in [Down, Down, FileNotFoundError, Down, Down, KeyError, KeyError]:
        with pytest.raises(error):
            partner.call(lambda error=error: raising(error()))
    assert not partner.breaker.is_open
    with pytest.raises(Down), partner.visit():
        raise Down
    assert external_services.service_states() == {"test": "unavailable"}
    with pytest.raises(Down) as refused, partner.visit():
        pytest.fail("was let in")
    assert refused.value.retry_after == 2


def test_a_silent_service_costs_a_bounded_time_and_a_bounded_number_of_threads(partner):
    """Fifty callers at once: nobody waits much longer than the deadline, and two threads hang."""
    silence, calls, times = threading.Event(), [], []

    def hang():
        calls.append(1)
        silence.wait(20)

    def caller():
        begun = time.monotonic()
        with pytest.raises(Down):
            partner.call(hang)
        times.append(time.monotonic() - begun)

    threads = [threading.Thread(target=caller) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert len(times) == 50
        assert max(times) < 5  # 0.8 s
        assert len(calls) == 2
        with pytest.raises(Down):  # the slots are still taken
            partner.call(lambda: 7)
    finally:
        silence.set()
    deadline = time.monotonic() + 20
    while not has_answered(partner):
        assert time.monotonic() < deadline
        time.sleep(0.05)
