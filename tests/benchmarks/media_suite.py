"""Every run that `media.py` reports, one after the other, each server in its turn.

    python media_suite.py FILE [--quick]

The first process of a network of its own (see `media.py`). Writes rows as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from media_aiortc import aiortc
from media_clip import Clip, make_clip
from media_figures import IN_PYTHON, OURS, Figure, rows_of
from media_janus import janus
from media_janus import version as janus_version
from media_ours import ours
from media_run import Case, Measured, measure_once
from media_servers import Cannot, Start
from rows import Row

#: Janus gives every participant a thread, as it comes; a room of many is cheaper on one for all.
TUNED = "Janus on one thread"

SERVERS: dict[str, Start] = {
    OURS: ours,
    IN_PYTHON: partial(ours, way="plain"),
    "Janus": janus,
    TUNED: partial(janus, loops=1),
    "aiortc": aiortc,
}

#: Percent of the machine's time. A run from which its host took more tells of the host.
MOST_STOLEN = 10.0

#: Times that a run is tried for that reason.
TRIES = 3

#: TEST-NET-1 (RFC 5737). Janus offers no address of the loopback interface.
ADDRESS = "192.0.2.2/32"


@dataclass(frozen=True, slots=True)
class Measure:
    """One case by some servers, so many times over; `figures` says which are reported."""

    title: str
    case: Case
    servers: Sequence[str]
    figures: Sequence[Figure]
    repeats: int


def plan(quick: bool) -> list[Measure]:
    """aiortc encodes for each viewer, so a second one is more than a core: it has no fan-out."""
    times = 1 if quick else 5
    everybody, forwarders = (OURS, IN_PYTHON, "Janus", "aiortc"), (OURS, "Janus", TUNED)
    fan_out: Sequence[Figure] = ("packet", "lost", "unread", "megabytes")
    return [
        Measure("one to one", Case(1), everybody, ("core", "delays"), times),
        Measure(
            "one to one, recorded", Case(1, recording=True), everybody, ("core", "packet"), times
        ),
        Measure("one to one, web busy", Case(1, busy=True), everybody, ("delays",), times),
        *(
            Measure(f"one to {viewers}", Case(viewers), forwarders, fan_out, times)
            for viewers in ((20, 100) if quick else (20, 40, 100))
        ),
        *([] if quick else [Measure("one to 500", Case(500), (OURS, TUNED), fan_out, 3)]),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if os.getpid() != 1:
        parser.error("this changes the network it runs in: start it by run.py bench media")
    _lay_network()
    _say(f"beside Janus {janus_version() or 'not at all'}")
    clip = make_clip()
    _say(f"{clip.kilobits():.0f} kbit/s of video")
    seconds = 4.0 if arguments.quick else 8.0
    rows: list[Row] = []
    for one in plan(arguments.quick):
        rows += rows_of(one.title, one.figures, _runs(one, clip, seconds))
    arguments.file.write_text(json.dumps([row.json() for row in rows]))


def _runs(measure: Measure, clip: Clip, seconds: float) -> dict[str, list[Measured]]:
    """By server. One that cannot do it the first time is not asked again."""
    runs: dict[str, list[Measured]] = defaultdict(list)
    able = list(measure.servers)
    for _ in range(measure.repeats):
        for name in list(able):
            for _ in range(TRIES):
                try:
                    measured = measure_once(SERVERS[name], measure.case, clip, seconds=seconds)
                except Cannot as refused:
                    _say(f"{measure.title}, {name}: {refused}")
                    if name not in runs:
                        able.remove(name)
                    break
                calm = measured.stolen <= MOST_STOLEN
                _say(f"{measure.title}, {name}: {_told(measured)}{'' if calm else ', discarded'}")
                if calm:
                    runs[name].append(measured)
                    break
    return runs


def _told(run: Measured) -> str:
    return (
        f"{run.core:.2f} % of a core, {run.packet:.1f} µs a packet, {run.lost:.2f} % lost, "
        f"{run.stolen:.0f} % stolen, bench at {run.own:.0f} %"
    )


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _lay_network() -> None:
    """One address, on one end of a cable whose other end is here, too."""
    for words in (
        "link set lo up",
        "link add media type veth peer name other",
        "link set other up",
        "link set media up",
        f"addr add {ADDRESS} dev media",
    ):
        subprocess.run(["ip", *words.split()], check=True)


if __name__ == "__main__":
    main()
