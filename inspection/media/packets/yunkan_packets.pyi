"""A worker's packets: one UDP socket, and the thread that carries every call's media over it.

`connection.py` hands over who may speak, by which keys and in which formats; from then on no Python
is in the way of a packet. Peers, sources (what somebody sends) and sinks (what somebody is sent)
are numbered from 1 and never again; what is done to one that has gone is ignored.

A format is (codec, payload type, payload type of what is sent again or -1, ticks a second); the
codecs are "opus", "VP8" and "H264". Addresses are text as people write it, and a port.
"""

from collections.abc import Sequence
from typing import Literal

Format = tuple[str, int, int, int]

class SourceCounts:
    """Packets since the source began; `jitter` and `silent` in seconds, the latter -1 before the
    first packet; `width` and `height` of the newest key picture, 0 before it."""

    received: int
    lost: int
    recovered: int
    octets: int
    frames: int
    restarts: int
    jitter: float
    silent: float
    width: int
    height: int

class SinkCounts:
    """`refused`: asked for again more often than anybody may. `fraction_lost` (0 to 1) as the
    viewer reported it last. `open`: something of the present source has been sent. `trickles`:
    it gets key pictures only, because its way carries no more."""

    packets: int
    octets: int
    resent: int
    refused: int
    fraction_lost: float
    open: bool
    trickles: bool

class PeerCounts:
    """Seconds since anything arrived (-1: nothing yet) and for a round trip; `carries`: bits a
    second that can be sent to it, 0 while nothing says that this is little. `flooded` packets
    were more than anybody may send, `spoiled` ones did not have its keys."""

    silent: float
    round_trip: float | None
    carries: int
    flooded: int
    spoiled: int

class Packets:
    def __init__(
        self,
        port: int,
        *,
        protect: int,
        unprotect: int,
        protect_rtcp: int,
        unprotect_rtcp: int,
    ) -> None:
        """Bind a UDP port on every address (0: a free one), with libsrtp's functions by address.

        Raises:
            RuntimeError: the port is taken.
        """

    @property
    def port(self) -> int: ...
    @property
    def has_ipv6(self) -> bool: ...
    def fileno(self) -> int:
        """Readable while there are letters, or a still is ready."""

    def letters(self) -> list[tuple[int, str, int, bytes]]:
        """Address checks and handshakes that came: whose (0: nobody's yet), from where, what."""

    def send(self, data: bytes, host: str, port: int, /) -> None: ...
    def add_peer(self, name: str, *, heeded: bool) -> int:
        """Somebody new. Checks from addresses that nobody has are letters only if they have the
        name of somebody (our half of the USERNAME), or answer one that was sent by `send`.
        Cameras are held to what the way to whoever is `heeded` carries. Another whose way carries
        less than a camera sends gets sound, and a key picture from time to time."""

    def admit(self, peer: int, host: str, port: int, /) -> None:
        """This address passed a check: let its handshakes through."""

    def connect(self, peer: int, host: str, port: int, receive: int, send: int, /) -> None:
        """Media flows from now on. The two sessions (srtp_t, by address) belong to the thread
        until `remove_peer` has returned."""

    def move(self, peer: int, host: str, port: int, /) -> None:
        """The peer is reached there from now on."""

    def remove_peer(self, peer: int, /) -> None: ...
    def add_source(
        self,
        peer: int,
        *,
        video: bool,
        formats: Sequence[Format],
        ssrc: int,
        retransmission_ssrc: int,
        reporter: int,
        transport_wide: int,
    ) -> int:
        """What the peer will send. 0 for an SSRC that its packets will tell, and for a header
        extension (transport-wide sequence number) that was not agreed on."""

    def add_sink(
        self,
        peer: int,
        *,
        video: bool,
        formats: Sequence[Format],
        ssrc: int,
        retransmission_ssrc: int,
        transport_wide: int,
    ) -> int:
        """What the peer can be sent; the last two as for a source."""

    def feed(self, sink: int, source: int, /) -> None:
        """Send this source there, from its next key picture on; 0: send nothing."""

    def ask_key_picture(self, source: int, /) -> None: ...
    def record_on(self, tape: int, text: str) -> None:
        """Record on the tape behind a descriptor; `text` (JSON) is for the recorder. Once.

        Raises:
            ValueError, OSError: it is no tape.
        """

    def record(self, source: int, text: str, /) -> None:
        """From now on record this source; `text` (JSON) says whose it is."""

    def want_still(self, source: int, /) -> None:
        """Keep the next key picture whole."""

    def take_still(self, source: int, /) -> tuple[str, bytes, float] | None:
        """The key picture kept, once: its codec, its bytes, and when its last packet came
        (seconds since 1970, UTC)."""

    def count_source(self, source: int, /) -> SourceCounts | None: ...
    def count_sink(self, sink: int, /) -> SinkCounts | None: ...
    def count_peer(self, peer: int, /) -> PeerCounts | None: ...

# --- recording: what the packet thread writes and the recorder's process reads ---

"""The recording side of the packet path."""

Codec = Literal["opus", "vp8", "h264"]

class Tape:
    """Memory shared by a media worker, which writes, and its recorder, which reads.

    Any thread of the writing process may write; the reading end is for one thread. Times are
    microseconds since 1970, UTC.
    """

    def __init__(self, descriptor: int) -> None:
        """Map it; the descriptor may be closed afterwards.

        Raises:
            ValueError: it is not a tape.
            OSError: it cannot be mapped.
        """

    def write(
        self,
        *,
        source: int,
        codec: str,
        sequence: int,
        time: int,
        marker: bool,
        arrived: int,
        payload: bytes,
    ) -> bool:
        """Add a packet. False, and counted in `dropped`, if the tape is full."""

    def note(self, kind: str, text: str, *, source: int = 0, codec: str = "opus") -> bool:
        """Add "worker begins", "source begins" or "source ends", with its JSON of up to 1024 bytes.

        Raises:
            ValueError: no such kind or codec, or too long.
        """

    @property
    def dropped(self) -> int:
        """Records that found no room, of all writers so far."""

    @property
    def broken(self) -> int:
        """How often the memory made no sense to this reader."""

    def key_pictures_asked(self, source: int) -> int:
        """Grows when the recorder wants a key picture of a source."""

    def ask_key_picture(self, source: int) -> None: ...

class Frame:
    """One whole encoded frame."""

    @property
    def source(self) -> int: ...
    @property
    def octets(self) -> bytes: ...
    @property
    def time(self) -> int:
        """RTP, in the codec's clock, unwrapped."""

    @property
    def at(self) -> int:
        """Microseconds since 1970, without the network's jitter."""

    @property
    def key(self) -> bool:
        """Whether it can be decoded without an earlier one."""

    @property
    def width(self) -> int:
        """Pixels; 0 if it does not say."""

    @property
    def height(self) -> int: ...

class Gap:
    """Packets that never came, between two frames of a source."""

    @property
    def source(self) -> int: ...
    @property
    def begins(self) -> int: ...
    @property
    def ends(self) -> int: ...
    @property
    def packets(self) -> int: ...

class Note:
    """What the worker said of the sources."""

    @property
    def kind(
        self,
    ) -> Literal["worker begins", "source begins", "source goes on", "source ends"]: ...
    @property
    def source(self) -> int: ...
    @property
    def codec(self) -> Codec: ...
    @property
    def at(self) -> int: ...
    @property
    def text(self) -> bytes:
        """The JSON written with it; nobody has checked it."""

class Reader:
    """Turns the packets on a tape into frames, gaps and notes, in their order."""

    def __init__(self, tape: Tape) -> None:
        """After another reader: sources that were being recorded are noted as going on."""

    def drain(self, at: int, most: int) -> list[Frame | Gap | Note]:
        """What has come since the last call, up to about `most` bytes. `at` is now."""

    def release(self) -> None:
        """What was drained is safe: a successor need not read it again."""

    def ask_key_pictures(self) -> None:
        """Ask for one of every source that shows nothing until it comes."""

    @property
    def unknown(self) -> int:
        """Packets of sources that no note has told of."""
