"""Many sign-ins at once, against a whole site with the hashes that are shipped."""

import threading

from tests.support.http_client import PASSWORD, Caller

MOST_MIB = 400


def test_a_storm_of_sign_ins_takes_little_memory_and_stops_nobody_else(site):
    Caller(site).sign_up("stormy")
    reader = Caller(site)  # signed in it would be signed out: an account has at most 50 sessions
    for _ in range(4):
        reader.json("GET", "/api/v1/videos")
    before = peak = site.web_memory()
    statuses, start = [], threading.Barrier(61)

    def one():
        start.wait()
        body = {"login": "stormy", "password": PASSWORD}
        statuses.append(Caller(site).call("POST", "/api/v1/auth/token", body)[:2])

    threads = [threading.Thread(target=one) for _ in range(60)]
    for thread in threads:
        thread.start()
    start.wait()
    while any(thread.is_alive() for thread in threads):
        peak = max(peak, site.web_memory())
        assert reader.json("GET", "/api/v1/videos")[0] == 200
    assert {status for status, _ in statuses} <= {200, 503}
    assert [status for status, _ in statuses].count(200) >= 10
    assert all("retry-after" in headers for status, headers in statuses if status == 503)
    assert peak - before < MOST_MIB
