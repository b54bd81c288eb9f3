"""What a room needs of whatever carries its packets: our own path (`peer.py`), or Janus (`janus/`).

Who may come in, who sees whom, who fell silent and what is told of it is the room's (`room.py`),
the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, Self

from inspection.media.engine import Ability, Description, LinkStats, Role, RoomKind
from inspection.media.path import PacketPath

#: Kind ("audio", "video") and direction of each part of an offer, in its order.
Media = Sequence[tuple[str, str]]


class Participant(Protocol):
    """One participant's link. It must be closed by whoever let it in, and may be closed twice."""

    identity: str
    role: Role
    again: bool  # it takes the place of its own earlier link
    flowing: bool  # as the room has told
    packets: int  # in and out, as of the last look

    @property
    def state(self) -> str:
        """WebRTC's own connectionState: new, connecting, connected, failed, closed."""

    @property
    def seats(self) -> int:
        """How many others can be shown to it at once."""

    @property
    def sends(self) -> bool:
        """Whether it agreed to send anything; `shows` tells whether something came."""

    @property
    def shows(self) -> bool: ...

    @property
    def heard(self) -> bool:
        """Whether any packet ever arrived over the finished connection."""

    @property
    def silent(self) -> float:
        """Seconds since the last packet arrived, or since it came in."""

    @property
    def unheard(self) -> float:
        """The same, of anything that tells that it is still there; 0 where the carrier itself ends
        a link that has gone."""

    async def answer(self) -> Description:
        """Our half of the negotiation.

        Raises:
            MediaRefused: the offer cannot be answered. The link must be closed.
        """

    async def answered(self, sdp: str, ticket: str) -> None:
        """The other half of what we offered; the same again changes nothing.

        Raises:
            MediaRefused: nothing was offered, or not with this ticket, or it does not fit.
        """

    def show(self, seat: int, other: Self | None) -> None:
        """Send it what somebody else sends, in one of its seats; None: nothing."""

    def overhear(self) -> None:
        """Let what it sends come along our own packet path, from where stills are taken."""

    def source(self, kind: str) -> int:
        """The number on that path of its "audio" or "video"; 0 while it has none."""

    def record(self, room: str) -> None:
        """Record what it sends; said again, it changes nothing."""

    def look(self) -> None:
        """Read the link's counters; the room calls this all the time."""

    def stats(self) -> LinkStats:
        """The link as of the last look."""

    async def close(self) -> None: ...


class Door(Protocol):
    """Lets somebody into one room. `on_change`: connected, ended, or able to send."""

    def __call__(
        self,
        identity: str,
        role: Role,
        offer: str,
        media: Media,
        *,
        again: bool,
        on_change: Callable[[Participant], None],
    ) -> Participant: ...


class Carrier(Protocol):
    """Carries the packets of all rooms of one engine."""

    @property
    def abilities(self) -> frozenset[Ability]:
        """What not every engine can do, and this one can, once it has begun."""

    @property
    def packets(self) -> PacketPath:
        """Where stills come from."""

    @property
    def ran(self) -> float:
        """Seconds of processor that it has used outside this process."""

    async def begin(self, ring: Callable[[], None]) -> None:
        """Be ready. `ring` is called when a still may be.

        Raises:
            OSError: what carries is not there.
        """

    async def open_room(self, name: str, kind: RoomKind) -> Door:
        """Raises: MediaRefused."""

    async def close_room(self, door: Door) -> None:
        """Everybody has left the room that this door leads to; one of the same name may be open."""

    async def end(self) -> None:
        """Every room was closed before."""
