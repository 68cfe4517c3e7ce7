"""The simulation of ``script/bench simulation``: queues as theory has them, and tables that say what they show."""

from __future__ import annotations

import pytest

from bench import simulation_costs
from bench.simulation import __main__ as simulation
from bench.simulation import load, report
from bench.simulation.engine import SHAPE, Simulation, Step
from tests.support.http_client import Caller

COSTS = {
    **{name: {"front": 0.1, "web": 10.0, "database": 5.0} for name in load.PER_VIEWER_HOUR},
    "film minute": {"encoder": 90_000.0},
}


def ran(servers, per_second, seconds, *, until=2_000.0, seed=1):
    """A simulation of one station."""
    made = Simulation({"desk": servers}, seed)
    made.arrive("visit", per_second, (Step("desk", seconds),), until)
    made.run(until)
    return made, made.stations["desk"]


@pytest.mark.parametrize("busy", [0.5, 0.8])
def test_a_queue_at_one_server_is_as_long_as_pollaczek_and_khinchine_say(busy):
    _, desk = ran(1, busy * 10, 0.1, until=20_000)
    wait = busy / (1 - busy) * 0.1 * (1 + 1 / SHAPE) / 2
    assert sum(desk.waits) / len(desk.waits) == pytest.approx(wait, rel=0.1)
    assert desk.served_seconds / 20_000 == pytest.approx(busy, rel=0.05)


def test_two_servers_wait_less_and_too_few_ever_more():
    _, alone = ran(1, 8, 0.1)
    _, both = ran(2, 8, 0.1)
    assert 0 < sum(both.waits) < sum(alone.waits) / 5
    _, crowded = ran(1, 20, 0.1)
    assert len(crowded.queue) == pytest.approx(20_000, rel=0.1)
    assert crowded.longest >= len(crowded.queue)


def test_the_same_seed_gives_the_same_events():
    assert ran(1, 8, 0.1)[1].waits == ran(1, 8, 0.1)[1].waits != ran(1, 8, 0.1, seed=2)[1].waits


def test_jobs_pass_their_steps_in_order_and_one_that_waits_holds_up_nobody_elsewhere():
    made = Simulation({"quick": 1, "slow": 1})
    made.arrive("both", 5, (Step("quick", 0.01), Step("slow", 1.0)), 100.0)
    made.arrive("quick only", 5, (Step("quick", 0.01),), 100.0)
    made.run(100.0)
    assert report.percentile(made.took["quick only"], 95) < 0.1
    assert report.percentile(made.took["both"], 95) > 10
    assert len(made.stations["slow"].queue) > 300


def test_load_grows_with_the_viewers_and_names_the_servers_that_it_takes():
    few, many = load.kinds(100, COSTS), load.kinds(1_000, COSTS)
    assert sum(kind.per_second for kind in many) == pytest.approx(10 * sum(kind.per_second for kind in few))
    web = sum(kind.offered("web") for kind in many)
    assert web == pytest.approx(
        sum(kind.per_second for kind in many if kind.name in load.PER_VIEWER_HOUR) * 0.01
    )
    assert report.needed_servers(many, "web") == -(-web // 0.7)
    assert report.needed_servers([], "web") == 1


def test_the_busiest_part_comes_first_in_the_table():
    lines = simulation.section(1_000, {"front": 1, "web": 2, "database": 2, "encoder": 1}, COSTS)
    assert lines[0].startswith("**1,000 viewers at once**")
    busiest = [int(line.split("|")[3].strip(" %")) for line in lines[4:]]
    assert busiest == sorted(busiest, reverse=True)
    assert lines[4].startswith("| web | 2 | ")


def test_a_deployment_names_every_part():
    assert simulation.parse_servers("web=2,front=1,database=3,encoder=4")["database"] == 3
    for wrong in ("web=2", "web=2,front=1,database=0,encoder=4", "web=x,front=1,database=1,encoder=1"):
        with pytest.raises(ValueError, match=r"."):
            simulation.parse_servers(wrong)


def test_the_committed_costs_have_all_that_is_simulated():
    costs = load.read_costs()
    assert set(costs) == {*load.PER_VIEWER_HOUR, "film minute"}
    assert all(cost > 0 for name in costs for part, cost in costs[name].items() if part in {"web", "encoder"})


def test_requests_are_those_of_an_app_and_of_a_browser():
    asked = simulation_costs.requests_of("film", ["one", "two"], ["wörd"], "/media/v/t/s.m4s")
    viewer = Caller.__new__(Caller)
    viewer.token, viewer.cookies = "secret", {"session": "kept"}
    sent = {name: request.encode(viewer, "localhost", 0).decode() for name, request in asked.items()}
    assert set(sent) == set(load.PER_VIEWER_HOUR)
    assert sent["segment"] == "GET /media/v/t/s.m4s HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert "Cookie: session=kept" in sent["home page"]
    assert "Authorization" not in sent["home page"]
    assert "Authorization: Bearer secret" in sent["search"]
    assert "q=w%C3%B6rd+" in sent["search"]
    assert sent["like"].endswith('\r\n\r\n{"value": "like"}')
    assert asked["like"].encode(viewer, "localhost", 1).startswith(b"DELETE /api/v1/videos/one/reaction")
    assert asked["like"].path(6) == asked["like"].path(7) != asked["like"].path(8), "what is done is undone"
