"""A small client of Janus's WebSocket API: requests with deadlines, and what happens untold.

    async with Conversation(url, secret="") as janus:
        handle = await janus.attach(on_event)
        told = await handle.ask({"request": "join", …}, jsep)

Whatever goes wrong with the connection ends it for good, and `lost` says so: with it go the
session, its handles and all that they carried. (https://janus.conf.meetecho.com/docs/rest.html)
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from simple_websocket import AioClient, ConnectionClosed, ConnectionError
from wsproto.utilities import ProtocolError

from inspection.media.engine import MediaRefused, Refusal

log = logging.getLogger(__name__)

PLUGIN = "janus.plugin.videoroom"

#: What Janus calls its two APIs when a connection begins (Sec-WebSocket-Protocol).
CALLS, ADMINISTRATION = "janus-protocol", "janus-admin-protocol"

#: Seconds for an answer. Janus takes milliseconds.
ANSWER_SECONDS = 5.0

#: Seconds between signs of life: Janus ends a session that is silent for a minute.
ALIVE_SECONDS = 15.0

#: Bytes of the longest message that is read. A description of sixteen parts has 40,000.
LONGEST_MESSAGE = 1_048_576

Message = dict[str, Any]
OnEvent = Callable[[Message], None]

#: What a broken connection, or a server that is no Janus, shows itself by.
BROKEN = (OSError, EOFError, ConnectionClosed, ConnectionError, ProtocolError, ValueError)


class JanusSaidNo(MediaRefused):
    """Janus answered with an error; `number` is its own (428: there is no such feed)."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(Refusal.BAD_REQUEST, f"Janus: {number} {reason}")
        self.number = number


@dataclass(frozen=True, slots=True)
class Told:
    """What a plugin answered, and the description that came with it or ""."""

    data: Message = field(default_factory=dict)
    sdp: str = ""


class Conversation:
    """One connection. `lost` is set when it is over; then everything is refused.

    Raises:
        ValueError: that is no address. When it is entered, OSError: no Janus answers there.
    """

    def __init__(self, url: str, *, secret: str = "", api: str = CALLS) -> None:
        address = urlsplit(url)
        if address.scheme not in ("ws", "wss") or not address.hostname:
            raise ValueError("the address of Janus looks like ws://127.0.0.1:8188")
        self._url = address._replace(path=address.path or "/").geturl()
        self._secret = {"apisecret" if api == CALLS else "admin_secret": secret} if secret else {}
        self._api = api
        self.lost = asyncio.Event()
        self.session = 0
        self._socket: AioClient | None = None
        self._numbers = itertools.count(1)
        self._asked: dict[str, asyncio.Future[Message]] = {}
        self._sign = ""  # the transaction of the last sign of life: an "ack" is all its answer
        self._listeners: dict[int, OnEvent] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                self._socket = await AioClient.connect(
                    self._url, subprotocols=[self._api], max_message_size=LONGEST_MESSAGE
                )
            self._tasks.append(asyncio.create_task(self._listen(), name="janus listener"))
            if self._api == CALLS:
                self.session = int((await self.ask({"janus": "create"}))["data"]["id"])
                self._tasks.append(asyncio.create_task(self._live(), name="janus sign of life"))
        except (*BROKEN, TimeoutError, MediaRefused, KeyError, TypeError) as no:
            await self.close()
            raise OSError(f"no Janus at {self._url}: {no!r}") from no
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up; Janus then ends the session and all that belongs to it."""
        self._end()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket is not None:
            with contextlib.suppress(*BROKEN):
                await self._socket.close()
            if self._socket.task is not None:
                self._socket.task.cancel()
                await asyncio.gather(self._socket.task, return_exceptions=True)
            if self._socket.wsock is not None:
                self._socket.wsock.close()

    async def attach(self, on_event: OnEvent) -> Handle:
        """One participant's way in, or one's way to see others."""
        told = await self.ask({"janus": "attach", "plugin": PLUGIN, "session_id": self.session})
        number = told.get("data", {}).get("id")
        if not isinstance(number, int):
            raise JanusSaidNo(0, "attached without a number")
        self._listeners[number] = on_event
        return Handle(self, number)

    def forget(self, handle: int) -> None:
        self._listeners.pop(handle, None)

    async def ask(self, request: Message) -> Message:
        """The answer to a request, or what a plugin says later to one that was acknowledged.

        Raises:
            MediaRefused: Janus is away (BUSY), silent (TOO_LATE), or says no (JanusSaidNo).
        """
        if self._socket is None or self.lost.is_set():
            raise MediaRefused(Refusal.BUSY, "Janus is away")
        transaction = str(next(self._numbers))
        answer = asyncio.get_running_loop().create_future()
        self._asked[transaction] = answer
        if request["janus"] == "keepalive":
            self._sign = transaction
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._socket.send(
                    json.dumps({**request, **self._secret, "transaction": transaction})
                )
                told: Message = await answer
        except TimeoutError as silent:  # before BROKEN: it is an OSError, too
            raise MediaRefused(Refusal.TOO_LATE, f"Janus: {request['janus']}") from silent
        except BROKEN as broken:
            self._end()
            raise MediaRefused(Refusal.BUSY, f"Janus went away: {broken!r}") from broken
        finally:
            self._asked.pop(transaction, None)
        if told.get("janus") == "error":
            error = told.get("error") or {}
            raise JanusSaidNo(int(error.get("code", 0)), str(error.get("reason", "")))
        return told

    async def _listen(self) -> None:
        assert self._socket is not None
        try:
            while True:
                self._take(json.loads(await self._socket.receive() or ""))
        except BROKEN as broken:
            log.info("Janus at %s went away: %r", self._url, broken)
        finally:
            self._end()

    def _take(self, message: object) -> None:
        if not isinstance(message, dict):
            raise ValueError("Janus speaks in objects")
        transaction = str(message.get("transaction", ""))
        if message.get("janus") == "ack" and transaction != self._sign:
            return  # the answer follows
        answer = self._asked.get(transaction)
        if answer is not None and not answer.done():
            answer.set_result(message)
        elif (listener := self._listeners.get(message.get("sender") or 0)) is not None:
            listener(message)

    async def _live(self) -> None:
        while True:
            await asyncio.sleep(ALIVE_SECONDS)
            try:
                await self.ask({"janus": "keepalive", "session_id": self.session})
            except MediaRefused as away:
                log.warning("Janus gives no sign of life: %s", away)
                self._end()
                return

    def _end(self) -> None:
        self.lost.set()
        asked, self._asked = self._asked, {}
        for answer in asked.values():
            if not answer.done():
                answer.set_exception(MediaRefused(Refusal.BUSY, "Janus went away"))


class Handle:
    """What Janus calls a plugin handle: one connection of a browser at most."""

    def __init__(self, janus: Conversation, number: int) -> None:
        self._janus = janus
        self.number = number

    async def ask(self, body: Message, *, offer: str = "", answer: str = "") -> Told:
        """Ask the plugin, with half of a negotiation where there is one.

        Raises:
            MediaRefused: as above; JanusSaidNo also when the plugin refuses.
        """
        request: Message = {"janus": "message", "body": body, **self._where}
        if offer or answer:
            # all addresses are in it: none follow
            kind = "offer" if offer else "answer"
            request["jsep"] = {"type": kind, "sdp": offer or answer, "trickle": False}
        told = await self._janus.ask(request)
        data = (told.get("plugindata") or {}).get("data") or {}
        if "error" in data:
            raise JanusSaidNo(int(data.get("error_code", 0)), str(data["error"]))
        return Told(data, str((told.get("jsep") or {}).get("sdp", "")))

    async def detach(self) -> None:
        """Hang up; nothing happens if Janus has done so, or is away."""
        self._janus.forget(self.number)
        with contextlib.suppress(MediaRefused):
            await self._janus.ask({"janus": "detach", **self._where})

    @property
    def _where(self) -> Message:
        return {"session_id": self._janus.session, "handle_id": self.number}
