"""Who is connected, what they send (sources) and what is sent to them (sinks)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from inspection.media.plain.address import SocketAddress
from inspection.media.plain.arrivals import Arrivals
from inspection.media.plain.budget import Budget
from inspection.media.plain.codecs import Codec
from inspection.media.plain.kept import Kept, Packet
from inspection.media.plain.missing import Missing
from inspection.media.plain.reception import Reception
from inspection.media.plain.sequence import ahead
from inspection.media.plain.srtp import Session
from inspection.media.plain.way import NO_CAP, Way

#: Bits a second kept free for sound beside the video.
SOUND = 40_000

#: Seconds before a viewer who got key pictures only is sent everything again; doubled each time
#: that was too early.
LEAST_PAUSE, LONGEST_PAUSE = 8.0, 60.0


@dataclass(frozen=True, slots=True)
class Format:
    """A codec as one peer numbers it.

    `retransmitted` is the payload type of what is sent again (RTX, RFC 4588), or -1; `clock`:
    ticks a second.
    """

    codec: Codec
    payload_type: int
    retransmitted: int
    clock: int


@dataclass(slots=True)
class Still:
    """A key picture that somebody waits for, and the number of its first packet so far."""

    time: int
    first: int


@dataclass(frozen=True, slots=True)
class KeyPicture:
    """`arrived`: seconds since 1970, UTC."""

    codec: Codec
    encoded: bytes
    arrived: float


@dataclass(slots=True, eq=False)
class Source:
    """One camera or microphone of one peer."""

    number: int
    peer: Peer
    video: bool
    formats: list[Format]
    ssrc: int  # 0: not heard yet
    retransmission_ssrc: int
    reporter: int  # our name in reports to it
    transport_wide: int  # number of the header extension, 0 for none

    format: Format | None = None  # of the newest packet
    sinks: list[Sink] = field(default_factory=list)
    kept: Kept = field(init=False)
    reception: Reception = field(default_factory=Reception)
    missing: Missing = field(default_factory=Missing)

    recorded: str = ""  # what the recorder is told of it; empty: not recorded
    recording: Codec | None = None  # as the recorder knows it
    key_pictures_asked: int = 0  # by the recorder

    key_wanted: bool = False
    key_asked: float = -10.0
    still_wanted: bool = False
    still: Still | None = None
    key_picture: KeyPicture | None = None

    # what its clock says: from its own reports, else from when packets came
    newest_time: int = 0
    newest_arrived: float = 0.0  # seconds
    reported: tuple[int, int] | None = None  # NTP by its own clock, and its time then

    told_cap: int = NO_CAP  # bits a second
    cap_told: float = -10.0

    octets: int = 0
    octets_told: int = 0  # a second ago
    rate: float = 0.0  # bits in the last second
    carried: Carried | None = None  # None: nobody needs any
    frames: int = 0
    recovered: int = 0
    restarts: int = 0
    size: tuple[int, int] = (0, 0)
    heard: float = -1.0

    def __post_init__(self) -> None:
        self.kept = Kept(1024 if self.video else 128)

    @property
    def clock(self) -> int:
        """Ticks a second."""
        return (self.format or self.formats[0]).clock


def _lower_half() -> int:
    """A first sequence number. A stream that wraps within its first packets confuses SRTP's count
    of wraps when the first of them is lost."""
    return secrets.randbits(15)


@dataclass(slots=True)
class Carried:
    """The key picture that goes bit by bit to those who get nothing else. It is kept apart, because
    the packets that came last are those of a few seconds, and it may take longer.
    """

    time: int
    packets: dict[int, Packet] = field(default_factory=dict)


@dataclass(slots=True)
class Trickle:
    """Key pictures on their way to a viewer who gets nothing else (`trickling.py`)."""

    time: int  # of the picture
    since: float
    next: int | None = None  # number of the packet that goes next; None between pictures
    begun_at: float = 0.0  # when that picture began
    octets: float = 0.0  # that may go now


@dataclass(slots=True, eq=False)
class Sink:
    """What one peer gets of one source at a time.

    Its numbers and times go on growing when the source behind it changes.
    """

    number: int
    peer: Peer
    video: bool
    formats: list[Format]
    ssrc: int
    retransmission_ssrc: int
    transport_wide: int  # number of the header extension, 0 for none
    retransmission_sequence: int = field(default_factory=_lower_half)

    source: Source | None = None
    open: bool = False  # its source has begun a picture that can be shown
    format: Format | None = None  # of ours, for the codec the source sends
    since_first: int = 0  # numbers from the one it opened with to the newest
    sequence_shift: int = 0
    time_shift: int = 0

    ever: bool = False
    newest: int = field(default_factory=_lower_half)
    newest_time: int = field(default_factory=lambda: secrets.randbits(32))
    newest_sent: float = 0.0
    packets: int = 0
    octets: int = 0
    resent: int = 0
    refused: int = 0
    fraction_lost: float = 0.0
    resending: Budget = field(default_factory=lambda: Budget(600, 300))

    trickle: Trickle | None = None  # None: everything is sent
    resumed: float = -LONGEST_PAUSE  # when that began
    pause: float = LEAST_PAUSE  # seconds before it is tried again

    @property
    def shows(self) -> bool:
        """Whether something of its source has gone out: not if the viewer has no such codec."""
        return self.open and self.format is not None

    def has(self, number: int) -> bool:
        """Whether a number is of what is shown now, and not from before it opened."""
        return self.since_first + ahead(number, self.newest) >= 0

    def detach(self) -> None:
        """Carry nothing from now on."""
        if self.source is not None:
            self.source.sinks.remove(self)
        self.source = None
        self.close()

    def close(self) -> None:
        """Go on only with a key picture."""
        self.open = False
        if self.trickle is not None:
            self.trickle.next = None


@dataclass(slots=True, eq=False)
class Peer:
    """`address`, `receive` and `send` are there once its handshake is done."""

    number: int
    name: str  # our half of its ICE name
    heeded: bool = True  # cameras are held to what its way carries
    address: SocketAddress = ()
    admitted: list[SocketAddress] = field(default_factory=list)
    receive: Session | None = None
    send: Session | None = None
    sources: list[Source] = field(default_factory=list)
    sinks: list[Sink] = field(default_factory=list)
    by_payload_type: dict[int, tuple[Source, Format]] = field(default_factory=dict)
    canonical: int = field(default_factory=lambda: secrets.randbits(32))  # its name in reports
    arrivals: Arrivals = field(default_factory=Arrivals)
    reported: float = 0.0

    clock_offset: int | None = None  # ours less its own, NTP
    round_trip: float | None = None  # seconds
    way: Way = field(default_factory=Way)  # from us to it

    heard: float = -1.0
    # packets: eight times what the best camera sends
    incoming: Budget = field(default_factory=lambda: Budget(2000, 1500))
    letters: Budget = field(default_factory=lambda: Budget(50, 100))
    # checks that name it, from where nobody is known yet
    knocks: Budget = field(default_factory=lambda: Budget(50, 100))
    flooded: int = 0
    spoiled: int = 0

    def carries_of_each(self) -> int:
        """Bits a second that its way carries of each picture it sees, beside the sound."""
        if self.way.cap == NO_CAP:
            return NO_CAP
        pictures = sum(sink.video and sink.shows for sink in self.sinks)
        return max(0, self.way.cap - SOUND) // max(1, pictures)
