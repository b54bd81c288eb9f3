"""A plain server of aiortc: its MediaRelay and its MediaRecorder, as its own examples use them."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from media_links import Link
from media_servers import running, wait_until

SERVER = Path(__file__).with_name("media_aiortc_server.py")
PORT = 8020


@contextmanager
def aiortc(folder: Path, recordings: Path | None) -> Iterator[Aiortc]:
    log = folder / "aiortc.log"
    command: list[str | Path] = [sys.executable, SERVER, str(PORT)]
    command += [recordings] if recordings else []
    with running(command, log) as process:
        wait_until(_listens, process, log)
        yield Aiortc(process.pid)


class Aiortc:
    def __init__(self, pid: int) -> None:
        self.pid = pid

    async def publish(self, link: Link) -> None:
        await self._join(link, "publish", "sendrecv")

    async def view(self, link: Link, number: int) -> None:
        await self._join(link, "view", "recvonly")

    async def _join(self, link: Link, do: str, direction: str) -> None:
        request = {"do": do, "sdp": await link.offer(direction)}
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        writer.write(json.dumps(request).encode() + b"\n")
        await link.answered(json.loads(await reader.readline())["sdp"])
        writer.close()


def _listens() -> bool:
    try:
        socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
    except OSError:
        return False
    return True
