"""What a server costs: the time its threads had a core, and what the machine took from them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PROC = Path("/proc")


def cpu_seconds(pid: int) -> float:
    """Of every thread of a process and of those it started, in seconds of one core.

    A thread or process that ends meanwhile takes its time with it, so servers are looked at while
    nobody comes or goes.
    """
    nanoseconds = 0
    for process in _family(pid):
        for thread in PROC.glob(f"{process}/task/*/schedstat"):
            with suppress(OSError):  # it has just ended
                nanoseconds += int(thread.read_text().split()[0])
    return nanoseconds / 1e9


def megabytes(pid: int) -> float:
    """Resident memory of a process and of those it started; what they share counts twice."""
    kilobytes = 0
    for process in _family(pid):
        with suppress(OSError):
            for line in (PROC / str(process) / "status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    kilobytes += int(line.split()[1])
    return kilobytes / 1024


def stolen() -> tuple[int, int]:
    """Ticks that other guests of the same hardware took from us since the start, and all ticks."""
    first, *_ = (PROC / "stat").read_text().splitlines()
    ticks = [int(each) for each in first.split()[1:9]]  # guests' time, which follows, is in user's
    return ticks[7], sum(ticks)


def dropped(ports: set[int]) -> int:
    """Datagrams that the system had for these ports and no room to keep until they were read."""
    lines = (PROC / "net" / "udp").read_text().splitlines()[1:]
    rows = [line.split() for line in lines]
    return sum(int(row[-1]) for row in rows if int(row[1].partition(":")[2], 16) in ports)


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Keep what is started here, and the threads and processes it starts, on one core."""
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, ours)


def cores() -> tuple[int, int]:
    """One for the server, one for those who call it: the same where there is but one."""
    usable = os.sched_getaffinity(0)
    return max(usable), min(usable)


def _family(pid: int) -> set[int]:
    """A process and all that come from it."""
    children: dict[int, list[int]] = {}
    for stat in PROC.glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name, in brackets, may hold anything: what follows the last bracket is plain.
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    family, waiting = set(), [pid]
    while waiting:
        family.add(one := waiting.pop())
        waiting += children.get(one, [])
    return family
