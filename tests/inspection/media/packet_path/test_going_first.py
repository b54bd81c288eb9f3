"""Packets go before whatever computes on the same core."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.inspection.media.packet_path.by_hand import VP8_KEY
from tests.inspection.media.packet_path.peer import PATHS

ASKS = "import os; os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))"


def packet_threads() -> dict[int, int]:
    """Of this process, by number: the rule by which each gets its turn (sched(7))."""
    names = {int(task.name): (task / "comm") for task in Path("/proc/self/task").iterdir()}
    packets = [number for number, name in names.items() if name.read_text().strip() == "packets"]
    return {number: os.sched_getscheduler(number) for number in packets}


@pytest.fixture(params=[PATHS[0]])
def path(request):
    """Only the path in C++ has a thread of its own."""
    return request.param


def test_the_thread_that_passes_packets_on_goes_first_where_it_may(call, phone, desk):
    phone.send(*phone.picture(VP8_KEY + bytes(100)))
    assert desk.sees(1)  # the thread is at work
    may = subprocess.run([sys.executable, "-c", ASKS], stderr=subprocess.DEVNULL).returncode == 0
    first = may and (os.cpu_count() or 1) > 1
    assert set(packet_threads().values()) == {os.SCHED_RR if first else os.SCHED_OTHER}


def test_nothing_else_of_a_worker_goes_first(call):
    everything = {int(task.name) for task in Path("/proc/self/task").iterdir()}
    others = everything - set(packet_threads())
    assert {os.sched_getscheduler(number) for number in others} == {os.SCHED_OTHER}
