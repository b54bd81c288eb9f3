"""Our media worker as the web process meets it: through its supervisor and its control socket."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from media_links import Link
from media_servers import Cannot, running, wait_until

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from inspection.media import wire
from inspection.media.demanded import VARIABLE
from inspection.media.engine import Role, RoomKind
from server.adapters.media import MediaClient
from server.errors import Refused

ROOT = Path(__file__).resolve().parents[2]
PORT = 8010
ROOM = "bench"


@contextmanager
def ours(folder: Path, recordings: Path | None, *, way: str = "native") -> Iterator[Ours]:
    """`way`: that of the packets, as in `demanded.py`."""
    log, secret = folder / "ours.log", secrets.token_hex(16)
    command = [sys.executable, "-m", "inspection.media.supervisor", "--port", str(PORT)]
    if recordings is not None:
        command += ["--recordings", str(recordings)]
    environment = {wire.SECRET_VARIABLE: secret, VARIABLE: way}
    with running(command, log, environment, where=ROOT) as process:
        client = MediaClient(
            f"tcp://127.0.0.1:{PORT}", secret, on_event=lambda _: None, on_epoch=lambda _: None
        )
        client.start()
        try:
            wait_until(lambda: client.epoch != 0, process, log)
            # the kind of room that takes a whole fan-out
            client.create_room(ROOM, kind=RoomKind.GUIDANCE, recorded=recordings is not None)
            yield Ours(process.pid, client)
        finally:
            client.close()


class Ours:
    def __init__(self, pid: int, client: MediaClient) -> None:
        self.pid = pid
        self._client = client

    async def publish(self, link: Link) -> None:
        await self._join(link, "applicant", Role.APPLICANT, "sendrecv")

    async def view(self, link: Link, number: int) -> None:
        await self._join(link, f"observer-{number}", Role.OBSERVER, "recvonly")

    async def _join(self, link: Link, identity: str, role: Role, direction: str) -> None:
        offer = await link.offer(direction)
        try:
            joined = await asyncio.to_thread(self._client.join, ROOM, identity, role, offer)
        except Refused as refused:
            raise Cannot(f"{refused.code}: {refused}") from refused
        await link.answered(joined.sdp)
