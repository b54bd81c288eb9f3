"""One run: a server is started, carries a call for some seconds, and is ended."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from media_clip import Clip
from media_cpu import cores, cpu_seconds, dropped, megabytes, on_core, stolen
from media_links import Link, NotConnected
from media_publisher import Publisher
from media_servers import Cannot, Server, Start, running
from media_sockets import MediaLoop
from media_viewer import Viewer

WEB_LOAD = Path(__file__).with_name("media_web_load.py")

#: Seconds from the last viewer's arrival to the first count: key pictures, and a server's memory.
SETTLE_SECONDS = 2.0

#: Viewers that join at a time.
JOINING = 8

#: Bytes that a recording of any window holds at least.
SMALLEST_RECORDING = 50_000

#: Of what the best served viewer saw go by. Whoever saw less was late or cut off, and lost the
#: rest; a little less is what was still on its way.
LEAST_SHARE = 0.9

#: Seconds for everything; joining takes the most.
LONGEST_RUN = 150.0


@dataclass(frozen=True, slots=True)
class Case:
    """What is carried. `busy`: beside a web process that computes on the server's own core."""

    viewers: int
    recording: bool = False
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one window.

    `core` is the server's share of one core in percent, `packet` its microseconds for each packet
    that a viewer got, `lost` the percentage of packets that viewers should have got and did not,
    without those the load generator had no time to read, which are `unread` (percent). `delays` are
    in milliseconds, a picture each. `own` is the load generator's share of its core, in percent:
    near 100 it measures itself. `stolen` is the share of the machine's time, in percent, that its
    host gave to others.
    """

    core: float
    packet: float
    lost: float
    unread: float
    delays: Sequence[float]
    megabytes: float
    own: float
    stolen: float


def measure_once(start: Start, case: Case, clip: Clip, *, seconds: float) -> Measured:
    """
    Raises:
        Cannot: the server does not do this.
    """
    server_core, own_core = cores()
    with TemporaryDirectory() as name, on_core(own_core), ExitStack() as stack:
        folder = Path(name)
        recordings = folder / "recordings" if case.recording else None
        if recordings:
            recordings.mkdir()
        with on_core(server_core):
            server = stack.enter_context(start(folder, recordings))
            if case.busy:
                stack.enter_context(running([sys.executable, WEB_LOAD], folder / "web.log"))
        with asyncio.Runner(loop_factory=MediaLoop) as runner:
            try:
                measured = runner.run(_call(server, case, clip, seconds))
            except* (Cannot, OSError) as several:  # OSError: no answer, or none in time
                first = several.exceptions[0]
                raise Cannot(str(first) or repr(first)) from several
        stack.close()
        if recordings:
            written = sum(file.stat().st_size for file in recordings.rglob("*") if file.is_file())
            if written < SMALLEST_RECORDING:
                raise Cannot(f"recorded {written} bytes")
        return measured


async def _call(server: Server, case: Case, clip: Clip, seconds: float) -> Measured:
    async with asyncio.timeout(LONGEST_RUN), AsyncExitStack() as stack:
        publisher = Publisher(clip)
        stack.push_async_callback(publisher.close)
        await server.publish(publisher)
        await _connected(publisher)
        await stack.enter_async_context(publisher)
        viewers = [Viewer() for _ in range(case.viewers)]
        for viewer in viewers:
            stack.push_async_callback(viewer.close)
        await _join(server, viewers)
        reports = asyncio.create_task(_report(viewers), name="reports")
        stack.callback(reports.cancel)
        await asyncio.sleep(SETTLE_SECONDS)
        return await _window(server, publisher, viewers, seconds)


async def _join(server: Server, viewers: Sequence[Viewer]) -> None:
    places = asyncio.Semaphore(JOINING)

    async def join(number: int, viewer: Viewer) -> None:
        async with places:
            await server.view(viewer, number)
            await _connected(viewer)

    async with asyncio.TaskGroup() as group:
        for number, viewer in enumerate(viewers):
            group.create_task(join(number, viewer))


async def _connected(link: Link) -> None:
    try:
        await link.connected()
    except NotConnected as failed:
        raise Cannot(f"not connected: {failed}") from failed


async def _report(viewers: Sequence[Viewer]) -> None:
    """Every viewer once a second, not all at the same moment."""
    while True:
        for viewer in viewers:
            await viewer.report()
            await asyncio.sleep(1 / len(viewers))


async def _window(
    server: Server, publisher: Publisher, viewers: Sequence[Viewer], seconds: float
) -> Measured:
    ports = {port for viewer in viewers for port in viewer.ports}
    for viewer in viewers:
        viewer.count_anew()
    publisher.shown.clear()
    unread, (taken, ticks) = dropped(ports), stolen()
    own, spent, began = time.process_time(), cpu_seconds(server.pid), time.monotonic()
    await asyncio.sleep(seconds)
    spent, took = cpu_seconds(server.pid) - spent, time.monotonic() - began
    own = time.process_time() - own
    received = sum(viewer.received for viewer in viewers)
    should = _should(viewers)
    now_taken, now_ticks = stolen()
    unread = dropped(ports) - unread
    if not received or not publisher.playing:
        raise Cannot("nothing arrived" if publisher.playing else "the publisher was cut off")
    return Measured(
        core=100 * spent / took,
        packet=1e6 * spent / received,
        lost=100 * max(0, should - received - unread) / should,
        unread=100 * unread / should,
        delays=viewers[0].delays(publisher.shown),
        megabytes=megabytes(server.pid),
        own=100 * own / took,
        stolen=100 * (now_taken - taken) / max(1, now_ticks - ticks),
    )


def _should(viewers: Sequence[Viewer]) -> int:
    """Packets that all of them should have got: by the numbers of those that came."""
    each = [viewer.expected for viewer in viewers]
    best = max(each)
    return sum(best if seen < LEAST_SHARE * best else seen for seen in each)
