"""Talks to a media worker for the web's threads; plain values in and out, no media library.

    media = MediaClient("tcp://127.0.0.1:8010", secret, on_event=…, on_epoch=…)
    media.start()
    joined = media.join("s-1", "applicant-7", Role.APPLICANT, offer)

One thread holds the connection, comes back by itself when the worker does, and calls the two
callbacks, which must be quick. Everything else may be called from any thread.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import logging
import secrets
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from inspection.media import wire
from inspection.media.engine import (
    Event,
    Happening,
    LinkStats,
    Load,
    Quality,
    Refusal,
    Role,
    RoomKind,
    Still,
)
from server.adapters.farewells import Farewell, Farewells
from server.errors import MediaUnavailable, NoPicture, Refused

log = logging.getLogger(__name__)

#: Seconds each request may take, the wait for a worker that is starting again included.
JOIN_SECONDS = 8.0
SNAPSHOT_SECONDS = 4.0
OTHER_SECONDS = 3.0

#: Seconds between attempts to reach the worker: often, because a call is waiting.
RETRY_SECONDS = 0.1


class OfferRefused(Refused):
    """The browser's offer cannot be answered; joining again with the same will not help."""

    code = "offer_refused"
    status = 422


class CallFull(Refused):
    """The room or the worker takes no more participants."""

    code = "call_full"
    status = 409


class JoinedAgain(Refused):
    """The same person joined once more before this join was done; that one counts."""

    code = "joined_again"
    status = 409


@dataclass(frozen=True, slots=True)
class Joined:
    """An answer to the browser's offer, the epoch of the worker that gave it, and whether what is
    said and shown in the room is recorded. `view` is what the worker offers beside it, or "";
    `ticket` goes with the answer to that."""

    type: str
    sdp: str
    epoch: int
    recorded: bool
    view: str = ""
    ticket: str = ""


class MediaClient:
    """One worker. `on_epoch` tells of every new worker process: all its rooms are empty."""

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        on_event: Callable[[Event], None],
        on_epoch: Callable[[int], None],
    ) -> None:
        address = urlsplit(url)
        if address.scheme != "tcp" or not address.hostname or not address.port:
            raise ValueError("the media address looks like tcp://127.0.0.1:8010")
        self._address = (address.hostname, address.port)
        self._secret = secret
        self._on_event = on_event
        self._on_epoch = on_epoch
        self._numbers = itertools.count(1)
        self._state = threading.Condition()
        self._socket: socket.socket | None = None  # under _state, like the next two
        self._asked: dict[int, Future[dict[str, Any]]] = {}
        self._epoch = 0
        self._load: Load | None = None
        self._last_epoch = 0  # of the thread alone
        self._gone_since = time.monotonic()
        self._farewells = Farewells(self._bid)
        self._sending = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="media client", daemon=True)

    def start(self) -> None:
        """Connect in the background, and keep connected. Said again, it changes nothing."""
        if self._thread.ident is None:
            self._thread.start()

    def close(self) -> None:
        """Hang up. Requests under way fail."""
        self._stopping.set()
        self._farewells.close()
        with self._state:
            if self._socket is not None:
                _hang_up(self._socket)
            self._state.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def epoch(self) -> int:
        """The epoch of the worker we are connected to; 0 while there is none."""
        with self._state:
            return self._epoch

    @property
    def load(self) -> Load | None:
        """What the worker carries, as it said within the last second; None while there is none."""
        with self._state:
            return self._load

    @property
    def gone_seconds(self) -> float:
        """For how long there has been no worker; 0 while there is one."""
        with self._state:
            return 0.0 if self._epoch else time.monotonic() - self._gone_since

    def create_room(
        self,
        room: str,
        *,
        kind: RoomKind = RoomKind.INSPECTION,
        recorded: bool = False,
        running: bool = False,
    ) -> int:
        """Open a room; an open one stays as it is. The epoch of the worker that has it.

        `running`: its call has begun, so that a worker with no place for a new one takes it.

        Raises:
            CallFull: the worker takes no more calls. MediaUnavailable: there is no worker.
        """
        self._farewells.forget(Farewell("close_room", room))
        done = self._ask(
            "create_room",
            OTHER_SECONDS,
            room=room,
            kind=str(kind),
            recorded=recorded,
            running=running,
        )
        with self._state:
            if self._epoch:
                self._load = Load(**done["load"])
        return int(done["epoch"])

    def join(
        self,
        room: str,
        identity: str,
        role: Role,
        sdp: str,
        *,
        kind: RoomKind = RoomKind.INSPECTION,
        recorded: bool = False,
    ) -> Joined:
        """Let someone in. A worker that does not know the room has lost it: it is opened again.

        `kind` and `recorded` are for a new room. The same identity coming again replaces its
        earlier link.

        Raises:
            OfferRefused, CallFull, JoinedAgain, MediaUnavailable.
        """
        deadline = time.monotonic() + JOIN_SECONDS

        def ask(seconds: float) -> dict[str, Any]:
            return self._ask("join", seconds, room=room, identity=identity, role=str(role), sdp=sdp)

        try:
            done = ask(JOIN_SECONDS)
        except _UnknownRoom:
            self.create_room(room, kind=kind, recorded=recorded, running=True)
            try:
                done = ask(max(1.0, deadline - time.monotonic()))
            except _UnknownRoom as closed:
                raise MediaUnavailable("the room was closed meanwhile") from closed
        self._farewells.forget(Farewell("leave", room, identity))
        return Joined(
            type=done["type"],
            sdp=done["sdp"],
            epoch=done["epoch"],
            recorded=done["recorded"],
            view=done["view"],
            ticket=done["ticket"],
        )

    def answer(self, room: str, identity: str, sdp: str, ticket: str) -> None:
        """What a worker offered as `view` is answered, with the `ticket` of that join.

        Raises:
            OfferRefused, JoinedAgain. MediaUnavailable: the worker began anew meanwhile, too.
        """
        try:
            self._ask("answer", JOIN_SECONDS, room=room, identity=identity, sdp=sdp, ticket=ticket)
        except _UnknownRoom as lost:
            raise MediaUnavailable("the call began anew meanwhile") from lost

    def leave(self, room: str, identity: str) -> None:
        """Hang up for someone; nothing happens if they are not in. Never raises: see farewells."""
        self._farewells.bid(Farewell("leave", room, identity))

    def snapshot(self, room: str) -> Still:
        """A still of what the applicant's camera shows now.

        Raises:
            NoPicture: no frame arrived in time. MediaUnavailable: there is no worker.
        """
        try:
            done = self._ask("snapshot", SNAPSHOT_SECONDS, room=room)
        except _UnknownRoom as empty:
            raise NoPicture(str(empty)) from empty
        return Still(
            jpeg=base64.b64decode(done["jpeg"]),
            taken_at=datetime.fromisoformat(done["taken_at"]),
            width=done["width"],
            height=done["height"],
        )

    def stats(self, room: str) -> list[LinkStats]:
        """How everybody in the room is connected; nobody, if the worker does not know the room."""
        try:
            done = self._ask("stats", OTHER_SECONDS, room=room)
        except _UnknownRoom:
            return []
        return _links(done["links"])

    def stats_of_all(self) -> dict[str, list[LinkStats]]:
        """The same of every room the worker has, by its name."""
        done = self._ask("stats_of_all", OTHER_SECONDS)
        return {room: _links(links) for room, links in done["rooms"].items()}

    def close_room(self, room: str) -> None:
        """Hang up for everybody; nothing happens if it is not open. Never raises: see farewells."""
        self._farewells.bid(Farewell("close_room", room))

    def _bid(self, farewell: Farewell) -> None:
        who = {"identity": farewell.identity} if farewell.identity else {}
        with contextlib.suppress(_UnknownRoom):
            self._ask(farewell.do, OTHER_SECONDS, room=farewell.room, **who)

    def _ask(self, do: str, seconds: float, **fields: str | bool) -> dict[str, Any]:
        """Ask until there is an answer: every request may be repeated if the worker dies of it."""
        deadline = time.monotonic() + seconds
        while True:
            connection = self._wait_for_worker(do, deadline)
            try:
                return self._ask_once(connection, do, deadline, fields)
            except _WentAway:
                self._forget(connection)

    def _forget(self, connection: socket.socket) -> None:
        """Stop using a broken connection, whoever noticed first."""
        with self._state:
            if self._socket is connection:
                self._socket = None
                _hang_up(connection)

    def _wait_for_worker(self, do: str, deadline: float) -> socket.socket:
        with self._state:
            self._state.wait_for(
                lambda: self._socket is not None or self._stopping.is_set(),
                timeout=max(0.0, deadline - time.monotonic()),
            )
            if self._socket is None or time.monotonic() > deadline:
                raise MediaUnavailable(f"{do}: no media worker")
            return self._socket

    def _ask_once(
        self, connection: socket.socket, do: str, deadline: float, fields: dict[str, str | bool]
    ) -> dict[str, Any]:
        left = max(0.1, deadline - time.monotonic())
        number = next(self._numbers)
        line = wire.pack({"id": number, "do": do, "seconds": left, **fields})
        if len(line) > wire.LONGEST_REQUEST:
            raise OfferRefused(f"{do}: {len(line)} bytes")
        answer: Future[dict[str, Any]] = Future()
        with self._state:
            if self._socket is not connection:
                raise _WentAway
            self._asked[number] = answer
        try:
            with self._sending:
                connection.sendall(line)
            # A little longer than the worker's own deadline, so that its words arrive.
            return answer.result(timeout=left + 1.0)
        except TimeoutError as silent:
            raise MediaUnavailable(f"{do}: no answer in {left:.1f} s") from silent
        except OSError as broken:
            raise _WentAway from broken
        finally:
            with self._state:
                self._asked.pop(number, None)

    def _keep(self) -> None:
        while not self._stopping.is_set():
            try:
                with socket.create_connection(self._address, timeout=2.0) as connection:
                    self._converse(connection)
            except (OSError, ValueError) as broken:
                log.debug("media worker: %r", broken)
            finally:
                self._disconnected()
            self._stopping.wait(RETRY_SECONDS)

    def _converse(self, connection: socket.socket) -> None:
        connection.settimeout(wire.HANDSHAKE_SECONDS)
        with connection.makefile("rb") as lines:
            asked = wire.unpack(lines.readline(wire.LONGEST_REPLY))
            nonce = secrets.token_urlsafe(24)
            mine = wire.proof(self._secret, of="web", nonce=str(asked.get("nonce")))
            connection.sendall(wire.pack({"nonce": nonce, "proof": mine}))
            welcome = wire.unpack(lines.readline(wire.LONGEST_REPLY))
            if not wire.proven(self._secret, welcome.get("proof"), of="worker", nonce=nonce):
                log.error("whoever listens at the media address does not know our secret")
                self._stopping.wait(2.0)
                return
            connection.settimeout(wire.SILENT_SECONDS)
            with self._state:
                self._socket, self._epoch = connection, int(welcome["epoch"])
                self._load = Load(**welcome["load"])
                self._state.notify_all()
            if self._epoch != self._last_epoch:
                self._last_epoch = self._epoch
                self._farewells.forget_all()
            self._tell_epoch(self._epoch)
            while line := lines.readline(wire.LONGEST_REPLY):
                self._arrived(wire.unpack(line))

    def _arrived(self, message: dict[str, Any]) -> None:
        if "event" in message:
            self._tell_event(_event(message["event"]))
            return
        if "load" in message:
            with self._state:
                self._load = Load(**message["load"])
            return
        with self._state:
            answer = self._asked.get(message.get("id") or 0)
        if answer is None or not answer.set_running_or_notify_cancel():
            return  # nobody waits any more
        if "refused" in message:
            answer.set_exception(_refused(**message["refused"]))
        else:
            answer.set_result(message["done"])

    def _tell_epoch(self, epoch: int) -> None:
        try:
            self._on_epoch(epoch)
        except Exception:  # the connection carries everybody's requests
            log.exception("telling of epoch %d failed", epoch)

    def _tell_event(self, event: Event) -> None:
        try:
            self._on_event(event)
        except Exception:  # as above
            log.exception("telling of %s failed", event)

    def _disconnected(self) -> None:
        with self._state:
            if self._epoch:
                self._gone_since = time.monotonic()
            self._socket, self._epoch, self._load = None, 0, None
            waiting, self._asked = self._asked, {}
            self._state.notify_all()
        for answer in waiting.values():
            if answer.set_running_or_notify_cancel():
                answer.set_exception(_WentAway())


class _WentAway(Exception):
    """The connection broke before the answer came."""


class _UnknownRoom(Exception):
    """The worker does not know the room: it is new, or the room was never opened."""


def _hang_up(connection: socket.socket) -> None:
    """Wake whoever reads from or writes to it; they close it."""
    with contextlib.suppress(OSError):  # the other side was faster
        connection.shutdown(socket.SHUT_RDWR)


def _refused(code: str, detail: str) -> Exception:
    match Refusal(code):
        case Refusal.BAD_OFFER | Refusal.BAD_REQUEST | Refusal.TOO_LARGE:
            return OfferRefused(detail)
        case Refusal.FULL:
            return CallFull(detail)
        case Refusal.SUPERSEDED:
            return JoinedAgain(detail)
        case Refusal.NO_PICTURE:
            return NoPicture(detail)
        case Refusal.UNKNOWN_ROOM:
            return _UnknownRoom(detail)
        case Refusal.BUSY | Refusal.TOO_LATE:
            return MediaUnavailable(detail)


def _links(plain: list[dict[str, Any]]) -> list[LinkStats]:
    return [
        LinkStats(**{**link, "role": Role(link["role"]), "quality": Quality(link["quality"])})
        for link in plain
    ]


def _event(plain: dict[str, Any]) -> Event:
    return Event(
        happening=Happening(plain["happening"]),
        room=plain["room"],
        identity=plain["identity"],
        role=Role(plain["role"]),
        at=datetime.fromisoformat(plain["at"]),
        again=plain["again"],
        sees=tuple(plain["sees"]),
    )
