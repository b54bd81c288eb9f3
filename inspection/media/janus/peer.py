"""One participant at Janus: a connection that it sends on, and one on which it is shown others."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from inspection.media import sdp
from inspection.media.carrier import Media, Participant
from inspection.media.engine import (
    Description,
    DescriptionType,
    LinkStats,
    MediaRefused,
    Refusal,
    Role,
)
from inspection.media.janus.client import Conversation, Handle, JanusSaidNo, Message
from inspection.media.janus.counters import counted
from inspection.media.janus.descriptions import KINDS, check_offer, with_seats
from inspection.media.janus.tap import Tap
from inspection.media.measuring import Measurement
from inspection.media.path import PacketPath

log = logging.getLogger(__name__)

#: The parts of the dummy publisher: one for each codec of the room.
PLACEHOLDER = {"audio": "0", "video": "1"}

#: Janus's answer to who wants to see somebody that has just gone.
NO_SUCH_FEED = 428


class Hall:
    """A room as Janus knows it: its number, and the feed that takes every free seat."""

    def __init__(
        self,
        calls: Conversation,
        manager: Handle,
        packets: PacketPath,
        number: int,
        placeholder: int,
    ) -> None:
        self.calls = calls
        self.manager = manager
        self.packets = packets
        self.number = number
        self.placeholder = placeholder
        self.peers: list[JanusPeer] = []


class JanusPeer(Participant):
    """`on_change` is called on connect, on end, and when something comes for the first time."""

    def __init__(
        self,
        identity: str,
        role: Role,
        offer: str,
        media: Media,
        hall: Hall,
        *,
        again: bool,
        on_change: Callable[[Participant], None],
    ) -> None:
        self.identity = identity
        self.role = role
        self.again = again
        self.flowing = False
        self.packets = 0
        self.feed = 0
        self.mids: dict[str, str] = {}  # of what it sends, by kind
        self._offer = offer
        self._hall = hall
        self._on_change = on_change
        self._sends = any(direction in ("sendrecv", "sendonly") for _, direction in media)
        seeing = [kind for kind, direction in media if direction in ("sendrecv", "recvonly")]
        self._seats = max(seeing.count(kind) for kind in KINDS)
        self._sending: Handle | None = None
        self._seeing: Handle | None = None
        self._ticket = secrets.token_hex(8)
        self._answer = ""
        self._answering = asyncio.Lock()
        self._up: set[int] = set()  # handles whose connection stands
        self._ended = False
        self._wanted: dict[str, tuple[int, str]] = {}  # feed and part, by part of our offer
        self._shown: dict[str, tuple[int, str]] = {}
        self._tap: Tap | None = None
        self._record = ""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._made = self._heard = self._counted = time.monotonic()
        self._came = False
        self._measured = Measurement()

    @property
    def state(self) -> str:
        if self._ended:
            return "closed"
        handles = [each for each in (self._sending, self._seeing) if each is not None]
        up = bool(handles) and all(each.number in self._up for each in handles)
        return "connected" if up else "connecting"

    @property
    def seats(self) -> int:
        return self._seats

    @property
    def sends(self) -> bool:
        return self.feed != 0

    @property
    def shows(self) -> bool:
        return self._came

    @property
    def heard(self) -> bool:
        return self.state == "connected"

    @property
    def silent(self) -> float:
        """Janus tells nothing of control packets: who never sent anything counts as there. And so
        does everybody while Janus does not tell."""
        if self.state != "connected":
            return time.monotonic() - self._made
        return max(0.0, self._counted - self._heard) if self._came else 0.0

    @property
    def unheard(self) -> float:
        """Janus hangs up when its checks of the way stay without an answer."""
        return 0.0 if self.state == "connected" else time.monotonic() - self._made

    async def answer(self) -> Description:
        offer = sdp.without_hidden_addresses(self._offer)
        check_offer(offer)
        try:
            answer = await self._send(offer) if self._sends else ""
            view = await self._see() if self._seats else ""
        except JanusSaidNo as no:
            raise MediaRefused(Refusal.BAD_OFFER, no.detail) from no
        self._hall.peers.append(self)
        return Description(DescriptionType.ANSWER, answer, view=view, ticket=self._ticket)

    async def answered(self, sdp_answer: str, ticket: str) -> None:
        if self._seeing is None or ticket != self._ticket:
            raise MediaRefused(Refusal.SUPERSEDED, "nothing to answer, or of another join")
        if len(sdp_answer) > sdp.LONGEST_SDP:
            raise MediaRefused(Refusal.BAD_OFFER, f"{len(sdp_answer)} characters")
        answer = sdp.without_hidden_addresses(sdp_answer)
        async with self._answering:
            if answer == self._answer:
                return  # the web asks again when its line to us broke
            if self._answer:
                raise MediaRefused(Refusal.SUPERSEDED, "answered already")
            self._answer = answer
            try:
                await self._start()
            except BaseException as no:
                self._answer = ""
                if isinstance(no, JanusSaidNo):
                    raise MediaRefused(Refusal.BAD_OFFER, no.detail) from no
                raise

    def show(self, seat: int, other: JanusPeer | None) -> None:
        for at, kind in enumerate(KINDS):
            what = (self._hall.placeholder, PLACEHOLDER[kind])
            if other is not None and kind in other.mids:
                what = (other.feed, other.mids[kind])
            self._wanted[str(seat * len(KINDS) + at)] = what
        if self._seeing is not None and self._seeing.number in self._up:
            self._begin("arrange", self._arrange)

    def overhear(self) -> None:
        if self.sends and self._came and self._tap is None:
            self._begin("tap", self._open_tap)

    def source(self, kind: str) -> int:
        return self._tap.sources.get(kind, 0) if self._tap is not None else 0

    def record(self, room: str) -> None:
        self._record = json.dumps({"room": room, "identity": self.identity})

    def look(self) -> None:
        if self._record:
            self.overhear()

    def stats(self) -> LinkStats:
        return self._measured.stats(self.identity, self.role, silent=self.silent)

    def count(self, info: Callable[[Handle], Awaitable[Message]]) -> None:
        """Have Janus asked for its counters, unless it still owes the last answer."""
        self._begin("count", lambda: self._count(info))

    async def _count(self, info: Callable[[Handle], Awaitable[Message]]) -> None:
        try:
            sending = await info(self._sending) if self._sending is not None else {}
            seeing = await info(self._seeing) if self._seeing is not None else {}
        except MediaRefused as no:
            log.debug("no counters of %s: %s", self.identity, no)
            return
        before = self._measured.now
        now = counted(sending, seeing, before)
        if (number := self.source("video")) and (video := self._hall.packets.count_source(number)):
            now = replace(
                now,
                size=(video.width, video.height),
                picture_age=video.silent if video.silent >= 0 else None,
                frames=video.frames,
            )
        self._measured.note(now)
        self.packets = now.packets
        self._counted = time.monotonic()
        if now.got > before.got:
            self._heard = self._counted

    async def close(self) -> None:
        self._ended = True
        if self in self._hall.peers:
            self._hall.peers.remove(self)
        tasks, self._tasks = list(self._tasks.values()), {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._tap is not None:
            self._tap.close()
            self._tap = None
        handles = [each for each in (self._sending, self._seeing) if each is not None]
        self._sending = self._seeing = None
        await asyncio.gather(*(each.detach() for each in handles))

    # --- what it sends ---

    async def _send(self, offer: str) -> str:
        self._sending = await self._hall.calls.attach(self._happened)
        told = await self._sending.ask(
            {"request": "joinandconfigure", "room": self._hall.number, "ptype": "publisher"},
            offer=offer,
        )
        for stream in told.data.get("streams", []):
            if not stream.get("disabled"):
                self.mids.setdefault(str(stream.get("type")), str(stream.get("mid")))
        self.feed = int(told.data.get("id", 0))
        return sdp.with_settings(told.sdp)

    async def _open_tap(self) -> None:
        tap = Tap(self._hall.packets, lambda: self._begin("key picture", self._ask_key_picture))
        try:
            await tap.open(self._hall.manager, self._hall.number, self.feed, self.mids)
        except BaseException:
            tap.close()
            raise
        self._tap = tap
        if self._record:
            for number in tap.sources.values():
                self._hall.packets.record(number, self._record)

    async def _ask_key_picture(self) -> None:
        if self._sending is not None:
            await self._sending.ask({"request": "configure", "keyframe": True})

    # --- what it sees ---

    async def _see(self) -> str:
        self._seeing = await self._hall.calls.attach(self._happened)
        free = [(self._hall.placeholder, PLACEHOLDER[kind]) for kind in KINDS] * self._seats
        told = await self._seeing.ask(
            {
                "request": "join",
                "room": self._hall.number,
                "ptype": "subscriber",
                "autoupdate": False,
                "streams": [{"feed": feed, "mid": mid} for feed, mid in free],
            }
        )
        self._shown = {str(at): what for at, what in enumerate(free)}
        return with_seats(told.sdp)

    async def _arrange(self) -> None:
        """Have everybody shown who should be; Janus asks the new ones for a key picture."""
        assert self._seeing is not None
        while changed := {at: what for at, what in self._wanted.items() if self._shown[at] != what}:
            streams = [
                {"sub_mid": at, "feed": feed, "mid": mid} for at, (feed, mid) in changed.items()
            ]
            told = await self._seeing.ask({"request": "switch", "streams": streams})
            self._shown.update(changed)
            if told.sdp:
                # Somebody who sat there is gone, and Janus would have the same offered once more.
                # For the browser nothing has changed, so that its first answer holds.
                await self._start()

    async def _start(self) -> None:
        assert self._seeing is not None
        await self._seeing.ask({"request": "start"}, answer=self._answer)

    # --- what Janus tells ---

    def _happened(self, message: Message) -> None:
        match message.get("janus"):
            case "webrtcup":
                self._up.add(int(message.get("sender", 0)))
                self._heard = time.monotonic()
            case "media" if message.get("receiving") is True and not self._came:
                self._came = True
                self._heard = time.monotonic()
            case "hangup" | "detached":
                self._ended = True
            case _:
                return
        self._on_change(self)

    def _begin(self, what: str, work: Callable[[], Awaitable[None]]) -> None:
        """Have something done unless it is under way; what fails is tried again when asked for."""
        if self._ended or what in self._tasks:
            return

        async def carry_out() -> None:
            try:
                await work()
            except MediaRefused as no:
                gone = isinstance(no, JanusSaidNo) and no.number == NO_SUCH_FEED
                log.log(logging.DEBUG if gone else logging.WARNING, "%s: %s", what, no)

        self._tasks[what] = task = asyncio.create_task(carry_out(), name=f"{what} {self.identity}")
        task.add_done_callback(lambda _: self._tasks.pop(what, None))
