"""What an interruption costs: a media worker that is killed, a network that goes away."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from media_browser_bureau import Bureau, Call
from media_browser_pictures import MOVING, NEVER, Picture, connections, seconds_until
from media_spread import spread
from rows import Row

from inspection.media.recording import INDEX, Recording
from tests.journeys.conftest import pid_of_the_worker_of

#: Seconds until pictures move again on both sides, after a kill and after an outage.
KILLED_SECONDS = 3
OUTAGE_SECONDS = 5

#: Seconds of recording that a killed worker may cost.
LOST_SECONDS = 1

#: Seconds that the network stays away.
AWAY_SECONDS = 10.0

#: Seconds between two interruptions: a supervisor makes a worker wait that dies soon after another.
CALM_SECONDS = 11.0

#: Points of a script; one of them has such an answer.
MOST_POINTS = 60

#: What a page may be told while there is no worker; it then asks again.
ASK_AGAIN = re.compile(r"503 v1/(applicant|sessions/\d+)/media")


def killed_workers(bureau: Bureau, runs: int) -> Iterator[Row]:
    back, lost = [], []
    with bureau.call() as call:
        call.meet()
        for _ in range(runs):
            _calm(call)
            pages = [(page, connections(page)) for page in (call.officer, call.phone)]
            os.kill(pid_of_the_worker_of(call.visit, bureau.shown), signal.SIGKILL)
            killed = time.time()
            back.append(
                max(
                    seconds_until(page, Picture(MOVING.number, after=before), killed)
                    for page, before in pages
                )
            )
            lost.append(_recording_lost(call, bureau.shown.folder / "recordings", killed))
        _calm(call)
        asked_again = [said for said in call.failures if ASK_AGAIN.fullmatch(said)]
        failures = [said for said in call.failures if not ASK_AGAIN.fullmatch(said)]
    if failures:
        print(f"failed after kills: {failures}", file=sys.stderr)
    yield from spread(
        "media worker killed to moving on both sides", back, "s", f"<= {KILLED_SECONDS}"
    )
    yield Row(
        f"media worker killed, recording lost, worst of {runs}",
        max(lost),
        "s",
        f"<= {LOST_SECONDS}",
    )
    yield Row("media worker killed, web errors", len(failures), "answers", "<= 0")
    yield Row("media worker killed, joins told to ask again (503)", len(asked_again), "answers")


def lost_network(bureau: Bureau, runs: int) -> Iterator[Row]:
    """The phone's, cut on the way: neither end is told."""
    back, changed = [], 0
    with bureau.call() as call:
        call.meet()
        _take_a_still(call)
        _answer_a_point(call)
        kept = call.sheet()
        for _ in range(runs):
            _calm(call)
            bureau.network.cut()
            try:
                call.officer.wait_for_timeout(AWAY_SECONDS * 1000)
            finally:
                bureau.network.mend()
            mended = time.time()
            pages = (call.officer, call.phone)
            back.append(max(seconds_until(page, MOVING, mended) for page in pages))
            now = call.sheet()
            changed += (now["answers"], now["evidence"]) != (kept["answers"], kept["evidence"])
    title = f"network away for {AWAY_SECONDS:.0f} s"
    yield from spread(
        f"{title}, its return to moving on both sides", back, "s", f"<= {OUTAGE_SECONDS}"
    )
    yield Row(f"{title}, answers or stills changed", changed, "times", "<= 0")


def _calm(call: Call) -> None:
    call.officer.wait_for_timeout(CALM_SECONDS * 1000)


def _recording_lost(call: Call, folder: Path, killed: float) -> float:
    """Seconds from the newest moment recorded to the kill, of whoever lost most.

    The recording says it when it goes on; the supervisor's pause after the kill is not lost.
    """
    deadline = time.monotonic() + NEVER
    at = datetime.fromtimestamp(killed, UTC)
    while time.monotonic() < deadline:
        cut_off = [
            gap.begins_at
            for index in folder.rglob(INDEX)
            for gap in Recording.read(index.parent).missing
            if gap.cause == "worker ended" and gap.ends_at > at
        ]
        if len(cut_off) == len((call.officer, call.phone)):
            return max(0.0, *((at - begins).total_seconds() for begins in cut_off))
        call.officer.wait_for_timeout(200)
    return NEVER


def _take_a_still(call: Call) -> None:
    call.officer.keyboard.press("Space")
    call.phone.locator("button", has_text="点这里拍照").click()
    call.officer.get_by_text(re.compile("照片 1 /")).wait_for()


def _answer_a_point(call: Call) -> None:
    """The first whose answer is a choice rather than a reading; until the server has it."""
    choices = call.officer.locator(".answering").get_by_role("group").get_by_role("button")
    for _ in range(MOST_POINTS):
        if choices.count():
            break
        call.officer.keyboard.press("j")
    with call.officer.expect_response(lambda answer: answer.url.endswith("/answers")):
        call.officer.keyboard.press("1")
