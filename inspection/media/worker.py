"""A media worker: a process of its own, one event loop, many rooms; no web, no database.

    python -m inspection.media.worker --port 8010 --epoch 1790000000 [--engine janus]

The secret comes in the environment (`wire.SECRET_VARIABLE`). The conversation is in `wire.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import gc
import logging
import os
import secrets
import signal
import sys
from asyncio import LimitOverrunError, StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from inspection.media import wire
from inspection.media.carrier import Carrier
from inspection.media.disk import LEAST_FREE, Disk
from inspection.media.engine import (
    Description,
    DescriptionType,
    EngineName,
    Event,
    MediaEngine,
    MediaRefused,
    Refusal,
    Role,
    RoomKind,
)
from inspection.media.janus.carrier import JanusCarrier
from inspection.media.janus.program import JanusMissing
from inspection.media.lifeline import BEAT_SECONDS, Lifeline
from inspection.media.peer import PassThrough
from inspection.media.plain.loop import new_loop
from inspection.media.rooms import Rooms
from inspection.media.turns import next_turn

Word = TypeVar("Word", bound=StrEnum)

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
            "answer": self._answer,
            "leave": self._leave,
            "snapshot": self._snapshot,
            "stats": self._stats,
            "stats_of_all": self._stats_of_all,
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
        await self._engine.create_room(
            _text(request, "room"),
            kind=_one_of(RoomKind, request, "kind"),
            recorded=request.get("recorded") is True,
            running=request.get("running") is True,
        )
        return {"epoch": self._epoch, **self._load()}

    async def _join(self, request: dict[str, Any]) -> dict[str, Any]:
        answer = await self._engine.join(
            _text(request, "room"),
            _text(request, "identity"),
            _one_of(Role, request, "role"),
            Description(DescriptionType.OFFER, _text(request, "sdp")),
        )
        return {**asdict(answer), "epoch": self._epoch}

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        await self._engine.answer(
            _text(request, "room"),
            _text(request, "identity"),
            Description(
                DescriptionType.ANSWER, _text(request, "sdp"), ticket=_text(request, "ticket")
            ),
        )
        return {}

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

    async def _stats_of_all(self, request: dict[str, Any]) -> dict[str, Any]:
        rooms = await self._engine.stats_of_all()
        return {"rooms": {name: [asdict(link) for link in links] for name, links in rooms.items()}}

    def _load(self) -> dict[str, Any]:
        return {"load": asdict(self._engine.load())}

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
        writer.write(wire.pack({"proof": mine, "epoch": self._epoch, **self._load()}))
        return True

    async def _converse(self, reader: StreamReader, writer: StreamWriter) -> None:
        lines: asyncio.Queue[bytes] = asyncio.Queue(MOST_LINES)
        busy: set[asyncio.Task[None]] = set()
        always = [
            asyncio.create_task(_write(writer, lines), name="control writer"),
            asyncio.create_task(self._tell(lines), name="control events"),
            asyncio.create_task(self._beat(lines), name="control beat"),
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

    async def _beat(self, lines: asyncio.Queue[bytes]) -> None:
        while True:
            await lines.put(wire.pack(self._load()))
            await next_turn(wire.ALIVE_SECONDS)


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


def _refusal(number: object, code: Refusal, detail: str) -> dict[str, Any]:
    return {"id": number, "refused": {"code": code, "detail": detail}}


def _plain(event: Event) -> dict[str, Any]:
    return {**asdict(event), "at": event.at.isoformat()}


def _text(request: dict[str, Any], field: str) -> str:
    value = request.get(field)
    if not isinstance(value, str):
        raise MediaRefused(Refusal.BAD_REQUEST, f"{field} is missing")
    return value


def _one_of(kind: type[Word], request: dict[str, Any], field: str) -> Word:
    try:
        return kind(_text(request, field))
    except ValueError as unknown:
        raise MediaRefused(Refusal.BAD_REQUEST, str(unknown)) from unknown


async def run(
    port: int,
    *,
    engine: EngineName,
    secret: str,
    epoch: int,
    tape: int | None,
    disk: Disk | None,
    supervised: bool,
) -> None:
    """Serve until told to stop: by a signal, or `supervised` by the end of the supervisor. And
    until what carries the packets is gone.

    Raises:
        JanusMissing.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, stop.set)
    lifeline = Lifeline(lambda: loop.call_soon_threadsafe(stop.set)) if supervised else None
    async with Rooms(_carrier(engine, port, tape, stop), disk=disk) as rooms:
        server = await Worker(rooms, secret=secret, epoch=epoch).serve(port)
        rooms.prepare()
        gc.freeze()  # what is there now stays: to look through it again and again takes 30 ms each
        log.info("media worker %d (%s), epoch %d, port %d", os.getpid(), engine, epoch, port)
        beating = asyncio.create_task(_beat(lifeline), name="beat") if lifeline else None
        await stop.wait()
        if beating is not None:
            beating.cancel()
        server.close()


async def _beat(lifeline: Lifeline) -> None:
    """As long as this loop turns, nothing here is hanging."""
    while True:
        lifeline.beat()
        await next_turn(BEAT_SECONDS)


def _carrier(engine: EngineName, port: int, tape: int | None, stop: asyncio.Event) -> Carrier:
    match engine:
        case EngineName.PASSTHROUGH:
            return PassThrough(port=port, tape=tape)
        case EngineName.JANUS:
            return JanusCarrier(tape=tape, on_lost=stop.set)


def main() -> int:
    parser = argparse.ArgumentParser(prog="inspection.media.worker", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="of the control socket, loopback")
    parser.add_argument("--engine", type=EngineName, default=EngineName.PASSTHROUGH)
    parser.add_argument("--epoch", type=int, required=True, help="grows with every start")
    parser.add_argument("--tape", type=int, help="an inherited descriptor, to record on")
    parser.add_argument("--folder", type=Path, help="where its recorder writes")
    parser.add_argument(
        "--least-free", type=int, default=LEAST_FREE, help="bytes the disk keeps free"
    )
    parser.add_argument(
        "--supervised", action="store_true", help="end with standard input, beat on the output"
    )
    arguments = parser.parse_args()
    secret = os.environ.get(wire.SECRET_VARIABLE, "")
    if not secret:
        parser.error(f"{wire.SECRET_VARIABLE} is not set")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("aioice").setLevel(logging.WARNING)  # else a line for every pair it tries
    serving = run(
        arguments.port,
        engine=arguments.engine,
        secret=secret,
        epoch=arguments.epoch,
        tape=arguments.tape,
        disk=Disk(arguments.folder, arguments.least_free) if arguments.folder else None,
        supervised=arguments.supervised,
    )
    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(serving)
    except JanusMissing as missing:
        parser.error(str(missing))
    return 0


if __name__ == "__main__":
    sys.exit(main())
