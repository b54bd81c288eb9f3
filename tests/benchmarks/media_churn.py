"""Ten thousand joins and leaves at one media worker, and what they leave behind in it.

    python media_churn.py FILE [--quick]

The first process of a network of its own (see `media.py`). Writes rows as JSON.

Inspections of two people each, some at a time, recorded where they send something: a room opens,
both join, both leave, it closes. Every join is a browser's kind of offer that the worker answers
with a certificate and addresses of its own. Of one inspection in `CARRIED` both complete ICE and
DTLS and the phone sends the clip for a moment; the others leave as soon as they are answered.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Self

from media_clip import Clip, make_clip
from media_cpu import PROC
from media_links import Link
from media_publisher import Publisher
from media_sockets import MediaLoop
from media_viewer import Viewer
from rows import Row

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from inspection.media.engine import Role
from inspection.media.supervisor import Supervisor
from server.adapters.media import MediaClient

PORT = 8010

#: Joins that are measured, and those before them that fill the worker's heap and caches.
JOINS, WARMING = 10_000, 1_000
QUICK_JOINS, QUICK_WARMING = 300, 300

#: Looks at the worker, and how many at the beginning and at the end are compared.
LOOKS, COMPARED = 10, 3

PEOPLE = 2

#: Inspections at a time.
AT_ONCE = 4

#: Of so many inspections one is carried, so many seconds.
CARRIED = 20
CARRIED_SECONDS = 0.5

#: Seconds for the last links to be closed.
SETTLE_SECONDS = 1.0

#: Seconds for everything.
LONGEST = 1500.0

#: Megabytes by which the worker may grow.
MOST_GROWTH = 5


@dataclass(frozen=True, slots=True)
class Held:
    """What a process has, while nobody is in.

    Its own memory only: the tape, which is shared with the recorder, is of one size, but counts
    more and more until it was written all over once.
    """

    megabytes: float
    threads: int
    descriptors: int

    @classmethod
    def by(cls, pid: int) -> Self:
        folder = PROC / str(pid)
        lines = (folder / "status").read_text().splitlines()
        said = dict(line.split(":", 1) for line in lines)
        descriptors = len(list((folder / "fd").iterdir()))
        return cls(int(said["RssAnon"].split()[0]) / 1024, int(said["Threads"]), descriptors)


class Inspections:
    """`carry_out` so many, one after the other in each of `AT_ONCE` lines."""

    def __init__(self, client: MediaClient, clip: Clip, offers: dict[Role, str]) -> None:
        self._client = client
        self._clip = clip
        self._offers = offers
        self._numbers = itertools.count()
        self.connected = 0

    async def carry_out(self, joins: int) -> None:
        left = iter(range(joins // PEOPLE))

        async def line() -> None:
            for _ in left:
                await self._carry_out_one(next(self._numbers))

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(line())

    async def _carry_out_one(self, number: int) -> None:
        room = f"inspection-{number}"
        if number % CARRIED == 0:
            await self._carry(room)
        else:
            for role, offer in self._offers.items():
                await self._join(room, role, offer)
        for role in self._offers:
            await asyncio.to_thread(self._client.leave, room, role.value)
        await asyncio.to_thread(self._client.close_room, room)

    async def _carry(self, room: str) -> None:
        phone, desk = Publisher(self._clip), Viewer()
        try:
            for role, link in ((Role.APPLICANT, phone), (Role.EXPERT, desk)):
                await link.answered(await self._join(room, role, await link.offer("sendrecv")))
                await link.connected()
                self.connected += 1
            async with phone:
                await asyncio.sleep(CARRIED_SECONDS)
        finally:
            await phone.close()
            await desk.close()

    async def _join(self, room: str, role: Role, offer: str) -> str:
        joined = await asyncio.to_thread(
            self._client.join, room, role.value, role, offer, recorded=True
        )
        return joined.sdp


async def churn(client: MediaClient, media: Supervisor, joins: int, warming: int) -> list[Row]:
    async with asyncio.timeout(LONGEST):
        offers = {role: await offer_of_nobody() for role in (Role.APPLICANT, Role.EXPERT)}
        inspections = Inspections(client, make_clip(), offers)
        await inspections.carry_out(warming)
        (worker,) = media.pids()
        looks, seconds, before = [], 0.0, inspections.connected
        for _ in range(LOOKS):
            began = time.monotonic()
            await inspections.carry_out(joins // LOOKS)
            seconds += time.monotonic() - began
            await asyncio.sleep(SETTLE_SECONDS)
            if media.pids() != [worker]:
                raise RuntimeError("the worker died")
            looks.append(Held.by(worker))
        carried = inspections.connected - before
    return list(_rows(joins, carried, joins / seconds, looks))


def _rows(joins: int, carried: int, pace: float, looks: Sequence[Held]) -> Iterator[Row]:
    """Memory goes up and down with what waits to be collected: medians of some looks tell more."""
    title = f"{joins} joins and leaves"
    yield Row(f"{title}, of them with ICE, DTLS and media", carried, "joins")
    yield Row(f"{title}, pace", pace, "a second")
    megabytes = [look.megabytes for look in looks]
    first, last = median(megabytes[:COMPARED]), median(megabytes[-COMPARED:])
    yield Row(f"{title}, worker's own memory at first", first, "MB")
    yield Row(f"{title}, its growth", last - first, "MB", f"<= {MOST_GROWTH}")
    threads = looks[-1].threads - looks[0].threads
    yield Row(f"{title}, threads left over", threads, "threads", "<= 0")
    descriptors = looks[-1].descriptors - looks[0].descriptors
    yield Row(f"{title}, descriptors left over", descriptors, "descriptors", "<= 0")


async def offer_of_nobody() -> str:
    """An offer whose maker is gone by the time it is answered, like a page closed at once."""
    link = Link()
    try:
        return await link.offer("sendrecv")
    finally:
        await link.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if os.getpid() != 1:
        parser.error("this changes the network it runs in: start it by run.py bench media")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "addr", "add", "192.0.2.2/32", "dev", "lo"], check=True)
    joins, warming = (QUICK_JOINS, QUICK_WARMING) if arguments.quick else (JOINS, WARMING)
    secret = secrets.token_hex(16)
    with (
        TemporaryDirectory() as recordings,
        Supervisor(secret, ports=[PORT], recordings=Path(recordings)) as media,
        asyncio.Runner(loop_factory=MediaLoop) as runner,
    ):
        client = MediaClient(
            f"tcp://127.0.0.1:{PORT}", secret, on_event=lambda _: None, on_epoch=lambda _: None
        )
        client.start()
        try:
            rows = runner.run(churn(client, media, joins, warming))
        finally:
            client.close()
    arguments.file.write_text(json.dumps([row.json() for row in rows]))


if __name__ == "__main__":
    main()
