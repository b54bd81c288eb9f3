"""A plan is a durable job: a killed jobs process goes on with it."""

from __future__ import annotations

import os
import signal
import time
from datetime import timedelta

from server.clock import local_day, utcnow


def test_a_plan_survives_the_death_of_the_process_that_computes_it(demo, published, sign_in):
    desk = sign_in("chicago")
    rows = "name,address,purpose,inspection_date\n" + "".join(
        f"Diner {n},{n} W 63RD ST CHICAGO IL 60614,Canvass,2013-07-01\n" for n in range(1, 61)
    )
    preview = desk.upload(
        "/api/v1/imports", rows.encode(), "diners.csv", {"preset": "chicago-2013q3"}
    )
    desk.post(f"/api/v1/imports/{preview['id']}/commit")
    today = local_day(utcnow())
    plan = desk.post(
        "/api/v1/plans",
        {
            "first_day": (today + timedelta(days=7)).isoformat(),
            "last_day": (today + timedelta(days=13)).isoformat(),
            "seconds": 6,
        },
    )
    _wait(desk, plan["id"], {"running"})

    os.kill(demo.processes.pid("jobs"), signal.SIGKILL)
    deadline = time.monotonic() + 10
    while "jobs" not in demo.processes.revive():
        assert time.monotonic() < deadline

    done = _wait(desk, plan["id"], {"draft"})
    assert done["figures"]["planned"] > 0
    desk.fetch("DELETE", f"/api/v1/plans/{plan['id']}")


def _wait(desk, plan, wanted):
    deadline = time.monotonic() + 60
    while (now := desk.get(f"/api/v1/plans/{plan}"))["status"] not in wanted:
        assert time.monotonic() < deadline, f"still {now['status']}: {now['error']}"
        time.sleep(0.1)
    return now
