"""A media worker: a process of its own, one event loop, many rooms; no web, no database.

    python -m inspection.media.worker --port 8010 --epoch 1790000000

The secret comes in the environment (`wire.SECRET_VARIABLE`). The conversation is in `wire.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import importlib
import logging
import os
import secrets
import signal
import sys
import threading
from asyncio import LimitOverrunError, StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from inspection.media import wire
from inspection.media.engine import (
    Description,
    DescriptionType,
    Event,
    MediaEngine,
    MediaRefused,
    Refusal,
    Role,
)
from inspection.media.relay import RelayEngine

log = logging.getLogger(__name__)

#: Requests of one connection that may be under way.
MOST_REQUESTS = 64

#: Lines one connection may have waiting to be read by the other side.
MOST_LINES = 512

MOST_CONNECTIONS = 16


class Worker:
    """Answers requests of the web process for one engine."""

    def __init__(self, engine: MediaEngine, *, secret: str, epoch: int) -> None:
        self._engine = engine
        self._secret = secret
        self._epoch = epoch
        self._connections = 0
        self._verbs: dict[str, Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]] = {
            "create_room": self._create_room,
            "join": self._join,
            "leave": self._leave,
            "snapshot": self._snapshot,
            "stats": self._stats,
            "close_room": self._close_room,
        }

    async def serve(self, port: int) -> asyncio.Server:
        """Listen on the loopback address; the caller closes the server."""
        return await asyncio.start_server(
            self._connected, "127.0.0.1", port, limit=wire.LONGEST_REQUEST
        )

    async def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The reply to one request: done, or refused with a code."""
        number = request.get("id")
        try:
            verb = self._verbs.get(str(request.get("do")))
            seconds = request.get("seconds")
            if verb is None or not isinstance(seconds, int | float):
                raise MediaRefused(Refusal.BAD_REQUEST, "no such verb, or no deadline")
            async with asyncio.timeout(min(seconds, wire.LONGEST_DEADLINE)):
                return {"id": number, "done": await verb(request)}
        except MediaRefused as refused:
            return _refusal(number, refused.code, refused.detail)
        except TimeoutError:
            late = Refusal.NO_PICTURE if request.get("do") == "snapshot" else Refusal.TOO_LATE
            return _refusal(number, late, f"{seconds} s")

    async def _create_room(self, request: dict[str, Any]) -> dict[str, Any]:
        await self._engine.create_room(_text(request, "room"))
        return {}

    async def _join(self, request: dict[str, Any]) -> dict[str, Any]:
        answer = await self._engine.join(
            _text(request, "room"),
            _text(request, "identity"),
            _role(request),
            Description(DescriptionType.OFFER, _text(request, "sdp")),
        )
        return {"type": answer.type, "sdp": answer.sdp, "epoch": self._epoch}

    async def _leave(self, request: dict[str, Any]) -> dict[str, Any]:
        await self._engine.leave(_text(request, "room"), _text(request, "identity"))
        return {}

    async def _snapshot(self, request: dict[str, Any]) -> dict[str, Any]:
        still = await self._engine.snapshot(_text(request, "room"))
        return {
            "jpeg": base64.b64encode(still.jpeg).decode(),
            "taken_at": still.taken_at.isoformat(),
            "width": still.width,
            "height": still.height,
        }

    async def _stats(self, request: dict[str, Any]) -> dict[str, Any]:
        links = await self._engine.stats(_text(request, "room"))
        return {"links": [asdict(link) for link in links]}

    async def _close_room(self, request: dict[str, Any]) -> dict[str, Any]:
        await self._engine.close_room(_text(request, "room"))
        return {}

    async def _connected(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._connections += 1
        try:
            if self._connections <= MOST_CONNECTIONS and await self._trusts(reader, writer):
                await self._converse(reader, writer)
        except (ConnectionError, EOFError, TimeoutError, ValueError):
            log.info("a control connection broke off")
        finally:
            self._connections -= 1
            writer.close()

    async def _trusts(self, reader: StreamReader, writer: StreamWriter) -> bool:
        """Exchange proofs."""
        nonce = secrets.token_urlsafe(24)
        writer.write(wire.pack({"nonce": nonce}))
        async with asyncio.timeout(wire.HANDSHAKE_SECONDS):
            hello = wire.unpack(await reader.readline())
        if not wire.proven(self._secret, hello.get("proof"), of="web", nonce=nonce):
            log.warning("a control connection did not know the secret")
            return False
        mine = wire.proof(self._secret, of="worker", nonce=str(hello.get("nonce")))
        writer.write(wire.pack({"proof": mine, "epoch": self._epoch}))
        return True

    async def _converse(self, reader: StreamReader, writer: StreamWriter) -> None:
        lines: asyncio.Queue[bytes] = asyncio.Queue(MOST_LINES)
        busy: set[asyncio.Task[None]] = set()
        always = [
            asyncio.create_task(_write(writer, lines), name="control writer"),
            asyncio.create_task(self._tell(lines), name="control events"),
            asyncio.create_task(_beat(lines), name="control beat"),
        ]

        async def carry_out(request: dict[str, Any]) -> None:
            await lines.put(wire.pack(await self.answer(request)))

        try:
            while (line := await _read(reader)) is not None:
                try:
                    request = wire.unpack(line) if line else None
                except ValueError as bad:
                    await lines.put(wire.pack(_refusal(None, Refusal.BAD_REQUEST, str(bad))))
                    continue
                if request is None:
                    await lines.put(wire.pack(_refusal(None, Refusal.TOO_LARGE, "")))
                elif len(busy) >= MOST_REQUESTS:
                    await lines.put(wire.pack(_refusal(request.get("id"), Refusal.BUSY, "")))
                else:
                    task = asyncio.create_task(carry_out(request))
                    busy.add(task)
                    task.add_done_callback(busy.discard)
        finally:
            for task in (*always, *busy):
                task.cancel()
            await asyncio.gather(*always, *busy, return_exceptions=True)

    async def _tell(self, lines: asyncio.Queue[bytes]) -> None:
        async for event in self._engine.events():
            await lines.put(wire.pack({"event": _plain(event), "epoch": self._epoch}))


async def _read(reader: StreamReader) -> bytes | None:
    """One line; empty for one that was too long, None at the end."""
    too_long = False
    while True:
        try:
            line = await reader.readuntil(b"\n")
        except LimitOverrunError as overrun:
            too_long = True
            await reader.readexactly(overrun.consumed)
        except asyncio.IncompleteReadError:
            return None
        else:
            return b"" if too_long else line


async def _write(writer: StreamWriter, lines: asyncio.Queue[bytes]) -> None:
    with contextlib.suppress(ConnectionError):  # the reader sees it too, and ends everything
        while True:
            writer.write(await lines.get())
            await writer.drain()


async def _beat(lines: asyncio.Queue[bytes]) -> None:
    while True:
        await lines.put(wire.pack({}))
        await asyncio.sleep(wire.ALIVE_SECONDS)


def _refusal(number: object, code: Refusal, detail: str) -> dict[str, Any]:
    return {"id": number, "refused": {"code": code, "detail": detail}}


def _plain(event: Event) -> dict[str, Any]:
    return {**asdict(event), "at": event.at.isoformat()}


def _text(request: dict[str, Any], field: str) -> str:
    value = request.get(field)
    if not isinstance(value, str):
        raise MediaRefused(Refusal.BAD_REQUEST, f"{field} is missing")
    return value


def _role(request: dict[str, Any]) -> Role:
    try:
        return Role(_text(request, "role"))
    except ValueError as unknown:
        raise MediaRefused(Refusal.BAD_REQUEST, str(unknown)) from unknown


async def run(port: int, *, secret: str, epoch: int, with_parent: bool) -> None:
    """Serve until told to stop: by a signal, or with `with_parent` when standard input ends."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, stop.set)
    if with_parent:

        def wait_for_parent() -> None:
            sys.stdin.buffer.read()
            loop.call_soon_threadsafe(stop.set)

        threading.Thread(target=wait_for_parent, name="parent", daemon=True).start()
    async with RelayEngine() as engine:
        server = await Worker(engine, secret=secret, epoch=epoch).serve(port)
        log.info("media worker %d, epoch %d, port %d", os.getpid(), epoch, port)
        await stop.wait()
        server.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="inspection.media.worker", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="of the control socket, loopback")
    parser.add_argument("--epoch", type=int, required=True, help="grows with every start")
    parser.add_argument(
        "--with-parent", action="store_true", help="end when standard input is closed"
    )
    arguments = parser.parse_args()
    secret = os.environ.get(wire.SECRET_VARIABLE, "")
    if not secret:
        parser.error(f"{wire.SECRET_VARIABLE} is not set")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("aioice").setLevel(logging.WARNING)  # else a line for every pair it tries
    with contextlib.suppress(ImportError):  # there is none for Windows
        importlib.import_module("uvloop").install()
    asyncio.run(
        run(
            arguments.port,
            secret=secret,
            epoch=arguments.epoch,
            with_parent=arguments.with_parent,
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
