"""The arithmetic of ``script/bench api``: CPU time, answers, percentiles, tables, and what grew."""

from __future__ import annotations

import json
import socket
import threading
from itertools import cycle, islice

import pytest

from bench.api import ratios, report
from bench.api.calls import CALLS, Facts
from bench.api.client import Address, Answer, Ask, Line
from bench.api.cpu import elapsed_nanoseconds, parse_schedstat, thread_times
from bench.api.latency import APART, numbers
from bench.api.load import Latencies, Load
from bench.api.measure import Cost, paired_ratio, total_commands

FACTS = Facts(
    video="film",
    videos=["one", "two"],
    words=["word", "wörd"],
    playlist="list",
    followable="small",
    far_list="/api/v1/videos?cursor=far",
    far_page=1_000,
    far_before="5_film",
)
SMALL_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def costs(site=(2.0, 4.0), naive=(4.0, 4.0), optimized=(1.0, 4.0)):
    """The costs of a call, half of them the database's."""
    made = {}
    for name, totals in (("site", site), ("naive", naive), ("optimized", optimized)):
        half = [total / 2 for total in totals]
        made[name] = Cost(web=half, database=list(half), commands=3, bytes=1_234)
    return made


def test_the_first_number_of_schedstat_is_the_time_on_a_processor():
    assert parse_schedstat("123456789 42 7\n") == 123456789


def test_all_threads_of_all_processes_are_read(tmp_path):
    for pid, thread, spent in ((10, 10, 5), (10, 11, 7), (20, 20, 9)):
        folder = tmp_path / str(pid) / "task" / str(thread)
        folder.mkdir(parents=True)
        (folder / "schedstat").write_text(f"{spent} 0 0\n")
    (tmp_path / "20" / "task" / "21").mkdir()  # a thread that has just ended
    assert thread_times([10, 20, 30], tmp_path) == {(10, 10): 5, (10, 11): 7, (20, 20): 9}


def test_new_threads_count_from_zero_and_ended_ones_not_at_all():
    before = {(1, 1): 100, (1, 2): 50, (1, 3): 900}
    after = {(1, 1): 130, (1, 3): 20, (1, 4): 7}
    assert elapsed_nanoseconds(before, after) == 30 + 20 + 7


def test_ratios_are_of_values_of_the_same_round():
    assert paired_ratio([2.0, 40.0, 3.0], [1.0, 20.0, 2.0]) == 2.0


def test_commands_of_connections_are_not_counted():
    counters = {
        "find": {"total": 5},
        "aggregate": {"total": 2},
        "hello": {"total": 90},
        "serverStatus": {"total": 9},
        "<UNKNOWN>": 3,
    }
    assert total_commands({"metrics": {"commands": counters}}) == 7


def test_an_answer_is_whole_when_its_length_is_reached():
    answer = Answer()
    assert not answer.feed(b"HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n")
    assert not answer.feed(b"Connection: close\r\n\r\nab")
    assert answer.feed(b"cd")
    assert (answer.status, answer.body, answer.is_success, answer.is_last) == (404, b"abcd", False, True)


def test_an_answer_in_chunks_ends_with_an_empty_one():
    answer = Answer()
    assert not answer.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")
    assert answer.feed(b"0\r\n\r\n")


def test_an_answer_without_content_has_no_length():
    assert Answer().feed(b"HTTP/1.1 204 No Content\r\n\r\n")


def test_only_requests_that_write_have_a_length():
    assert b"Content-Length" not in Ask("GET", "/").encode("host", "token")
    written = Ask("PUT", "/", b"{}").encode("host")
    assert b"Content-Length: 2\r\n" in written
    assert b"Authorization" not in written


@pytest.fixture
def server():
    """A port on loopback that answers every request with 200."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve(line):
            with line:
                while line.recv(65_536):
                    line.sendall(SMALL_ANSWER)

        def accept():
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(line,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield Address(listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)


def test_a_line_is_used_again(server):
    line = Line(server)
    assert [line.ask(Ask("GET", "/").encode("host")).body for _ in range(2)] == [b"{}", b"{}"]
    line.close()


def test_load_lasts_its_time_and_every_request_counts(server):
    load = Load("nothing", server, cycle([Ask("GET", "/").encode("host")]))
    result = load.run(4, 0.2)
    assert len(result.each) >= 4
    assert result.elapsed >= 0.2
    assert result.rate > 0


def test_percentiles_are_in_milliseconds():
    latencies = Latencies([number / 1_000 for number in range(1, 102)], 2.0)
    assert [round(latencies.percentile(percent)) for percent in (50, 95, 99)] == [51, 96, 100]
    assert latencies.rate == 50.5
    assert Latencies([0.25], 1.0).percentile(99) == 250


def test_every_odd_request_undoes_an_even_one_that_was_answered_before():
    order = list(islice(numbers(is_parallel=True), 4 * APART))
    assert sorted(order) == list(range(4 * APART))
    places = {number: place for place, number in enumerate(order)}
    assert all(places[number + 1] - places[number] >= 64 for number in range(0, 4 * APART, 2))
    assert list(islice(numbers(is_parallel=False), 4)) == [0, 1, 2, 3]


def test_names_of_calls_are_unique():
    assert len({call.name for call in CALLS}) == len(CALLS)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_requests_are_complete(call):
    for number in (0, 1):
        site, node = call.site(FACTS, number), call.node(FACTS, number)
        assert site.path.startswith("/api/v1/")
        assert node.path.startswith("/")
        assert not set("{} ") & set(site.path + node.path)
        assert (site.path + node.path).isascii()


def test_toggles_give_and_take_the_same_thing():
    (like,) = (call for call in CALLS if call.name.startswith("like"))
    given, taken = like.site(FACTS, 2), like.site(FACTS, 3)
    assert (given.method, taken.method) == ("PUT", "DELETE")
    assert given.path == taken.path
    assert like.node(FACTS, 2) == like.node(FACTS, 3)


def test_the_table_has_a_row_for_each_call():
    heading, rule, row = report.cost_table({"list": costs()})
    assert heading.count("|") == rule.count("|") == row.count("|")
    assert row == (
        "| list | 1.50 + 1.50 | – | – | 2.00 + 2.00 | 1.25 + 1.25 | 0.75 | 1.50 | – | – | 3, 3, 3 |"
        " 1,234, 1,234, 1,234 |"
    )


def test_what_nothing_is_kept_of_has_ratios_of_its_own():
    measured = costs()
    measured["site"].uncached = Cost(web=[2.0, 4.0], database=[2.0, 4.0])
    row = report.cost_table({"list": measured})[2]
    assert "| 3.00 + 3.00 |" in row
    found = ratios.ratios_of({"list": measured})
    assert set(found) == {"list", "list, uncached"}
    assert found["list, uncached"]["naive"] > found["list"]["naive"]
    assert {ratios.call_of(name) for name in found} == {"list"}


def test_latencies_of_one_concurrency_are_one_table():
    times = {
        ("list", backend, at): Latencies([0.001, 0.002], 1.0)
        for backend in ("site", "naive", "optimized")
        for at in (1, 16)
    }
    assert report.latency_table(times, 1)[2:] == ["| list" + " | 1.5, 2.0, 2.0 | 2" * 3 + " |"]


def test_only_the_marked_section_is_replaced():
    text = f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n"
    once = report.replace_section(text, ["| \\1 |"])
    assert once == f"before\n{report.BEGIN}\n\n| \\1 |\n\n{report.END}\nafter\n"
    assert report.replace_section(once, ["| \\1 |"]) == once
    with pytest.raises(ValueError, match="0 sections"):
        report.replace_section("nothing", [])


def test_the_documentation_has_a_place_for_the_tables():
    text = (ratios.PATH.parents[2] / "docs" / "benchmarks.md").read_text()
    assert text.count(report.BEGIN) == text.count(report.END) == 1


def test_a_call_has_grown_when_it_did_beside_both_baselines():
    committed = {"list": {"naive": 1.0, "optimized": 2.0}}
    assert ratios.grown({"list": {"naive": 1.14, "optimized": 3.0}}, committed) == {}
    assert ratios.grown({"list": {"naive": 2.0, "optimized": 2.2}}, committed) == {}
    assert ratios.grown({"list": {"naive": 1.2, "optimized": 2.6}}, committed) == {"list": pytest.approx(0.2)}
    assert ratios.grown({"new": {"naive": 9.0, "optimized": 9.0}}, committed) == {}


def test_ratios_are_written_and_read_for_one_size(tmp_path):
    measured = ratios.ratios_of({"list": costs()})
    assert measured == {"list": {"naive": 0.75, "optimized": 1.5}}
    path = tmp_path / "ratios.json"
    ratios.write(measured, 1_000, path)
    assert ratios.read(1_000, path) == measured
    with pytest.raises(SystemExit, match="1,000 videos"):
        ratios.read(100_000, path)


def test_the_committed_ratios_are_of_calls_that_exist():
    committed = json.loads(ratios.PATH.read_text())["ratios"]
    assert {ratios.call_of(name) for name in committed} == {call.name for call in CALLS}
    assert len(committed) == 2 * len(CALLS), "each as it is repeated, and uncached"
