"""Hours of recorded inspections at one media worker: what it holds at first and at last.

    unshare --net --pid --fork --kill-child --mount-proc python media_soak.py FILE --hours 8

The first process of a network of its own, as `media.py` makes one; started by hand, because nobody
waits for it in a bench. Writes rows as JSON, and a line to standard error every minute.

Some inspections last as long as the run does, each a phone that sends the clip to a desk; beside
them others come and go, as in `media_churn.py`. Everything is recorded, and what is recorded is
decoded once and deleted, as a bureau's server takes it away.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import av
from media_churn import Held, Inspections, offer_of_nobody
from media_clip import Clip, make_clip
from media_publisher import Publisher
from media_sockets import MediaLoop
from media_viewer import Viewer
from rows import Row

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from inspection.media.engine import Role
from inspection.media.supervisor import Supervisor
from server.adapters.media import MediaClient

PORT = 8010

#: Inspections that last as long as the run, and joins of others between two looks.
LASTING, COMING = 3, 20

#: Seconds between looks.
LOOK_SECONDS = 60.0


@dataclass(slots=True)
class Decoded:
    """What was recorded so far, as a decoder saw it."""

    pictures: int = 0
    errors: int = 0

    def take(self, folder: Path) -> None:
        """Decode and delete every finished segment; `*.mkv` is being written while it grows."""
        for file in folder.rglob("*.mkv"):
            if time.time() - file.stat().st_mtime > LOOK_SECONDS / 2:
                self._decode(file)
                file.unlink()

    def _decode(self, file: Path) -> None:
        try:
            with av.open(file) as opened:
                if opened.streams.video:
                    self.pictures += sum(1 for _ in opened.decode(video=0))
        except av.FFmpegError:
            self.errors += 1


async def _last(client: MediaClient, clip: Clip, room: str) -> tuple[Publisher, Viewer]:
    phone, desk = Publisher(clip), Viewer()
    for role, link in ((Role.APPLICANT, phone), (Role.EXPERT, desk)):
        offer = await link.offer("sendrecv")
        joined = await asyncio.to_thread(client.join, room, role.value, role, offer, recorded=True)
        await link.answered(joined.sdp)
        await link.connected()
    desk.count_anew()
    await phone.__aenter__()
    return phone, desk


async def soak(
    client: MediaClient, media: Supervisor, recordings: Path, seconds: float
) -> list[Row]:
    clip = make_clip()
    offers = {role: await offer_of_nobody() for role in (Role.APPLICANT, Role.EXPERT)}
    others = Inspections(client, clip, offers)
    lasting = [await _last(client, clip, f"lasting-{number}") for number in range(LASTING)]
    looks, decoded, began = [], Decoded(), time.monotonic()
    (worker,) = media.pids()
    while time.monotonic() - began < seconds:
        looked = time.monotonic()
        await others.carry_out(COMING)
        await asyncio.to_thread(decoded.take, recordings)
        for phone, desk in lasting:
            await desk.report()
            phone.shown.clear()
        if media.pids() != [worker]:
            raise RuntimeError("the worker died")
        looks.append(Held.by(worker))
        print(f"{(looked - began) / 60:.0f} min: {looks[-1]}, {decoded}", file=sys.stderr)
        await asyncio.sleep(max(0.0, looked + LOOK_SECONDS - time.monotonic()))
    rows = list(_rows(time.monotonic() - began, looks, decoded, [desk for _, desk in lasting]))
    for phone, desk in lasting:
        await phone.__aexit__(None, None, None)
        await phone.close()
        await desk.close()
    return rows


def _rows(
    seconds: float, looks: Sequence[Held], decoded: Decoded, desks: Sequence[Viewer]
) -> Iterator[Row]:
    title = f"soaked for {seconds / 3600:.1f} h"
    tenth = max(1, len(looks) // 10)
    first = sum(look.megabytes for look in looks[:tenth]) / tenth
    last = sum(look.megabytes for look in looks[-tenth:]) / tenth
    yield Row(f"{title}, worker's own memory in the first tenth", first, "MB")
    yield Row(f"{title}, in the last", last, "MB")
    yield Row(f"{title}, descriptors more", looks[-1].descriptors - looks[0].descriptors, "")
    expected = sum(desk.expected for desk in desks)
    lost = expected - sum(desk.received for desk in desks)
    yield Row(f"{title}, packets to desks", expected, "packets")
    yield Row(f"{title}, of them lost", 100 * max(0, lost) / max(1, expected), "%")
    yield Row(f"{title}, pictures recorded and decoded", decoded.pictures, "pictures")
    yield Row(f"{title}, segments that did not decode", decoded.errors, "segments", "<= 0")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--hours", type=float, default=8.0)
    arguments = parser.parse_args()
    if os.getpid() != 1:
        parser.error("this changes the network it runs in: start it under unshare")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "addr", "add", "192.0.2.2/32", "dev", "lo"], check=True)
    secret = secrets.token_hex(16)
    with (
        TemporaryDirectory() as folder,
        Supervisor(secret, ports=[PORT], recordings=Path(folder)) as media,
        asyncio.Runner(loop_factory=MediaLoop) as runner,
    ):
        client = MediaClient(
            f"tcp://127.0.0.1:{PORT}", secret, on_event=lambda _: None, on_epoch=lambda _: None
        )
        client.start()
        try:
            rows = runner.run(soak(client, media, Path(folder), arguments.hours * 3600))
        finally:
            client.close()
    arguments.file.write_text(json.dumps([row.json() for row in rows]))


if __name__ == "__main__":
    main()
