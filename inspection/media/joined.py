"""One file of a whole recording, to be handed over: joined afterwards, never live, never encoded.

Its time 0 is when the recording began, and every moment lies in it as far from there as on the
clock. Players shorten what is missing, or let the last picture stand as if nothing had happened; so
gaps are filled, with silence and with one black picture.

H264 goes into MP4, VP8 into WebM: libavformat writes no VP8 into MP4, and Chromium plays none. The
same segments make the same file to the byte.
"""

from __future__ import annotations

import contextlib
import errno
import io
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from inspection.media.recording import CannotJoin, Joined, Kind, Piece

MILLISECOND = Fraction(1, 1000)

#: Milliseconds of a frame of silence, and its octets: CELT, one channel, nothing (RFC 6716).
SILENCE = 20
SILENT_FRAME = bytes.fromhex("f8fffe")

#: Milliseconds. Less is no gap: sound may come in longer frames, or pause where nobody speaks.
SHORTEST_SILENCE = 200
SHORTEST_BLACK = 1000

#: Milliseconds for which the last picture is seen before it is black.
LAST_PICTURE = 100

#: Encoders of the one black picture.
BLACK_BY = {"vp8": "libvpx", "h264": "libx264"}


def join(
    pieces: Sequence[Piece], file: Path, *, progress: Callable[[float], None] = lambda _: None
) -> Joined:
    """Join a participant's segments, in the order of time; `progress` hears the share that is done.

    One segment at a time is in memory. `file` is written whole or not at all.

    Raises:
        CannotJoin: see there. OSError: the folder of the file cannot be written.
    """
    pieces = [one for one in pieces if one.seconds > 0]
    if not pieces:
        raise CannotJoin("nothing")
    codec = _codec_of(next((one for one in pieces if one.width), None))
    kind = Kind.MP4 if codec == "h264" else Kind.WEBM
    unfinished = file.with_name(f"{file.name}.part")
    options = {"fflags": "+bitexact"} | ({"movflags": "faststart"} if kind is Kind.MP4 else {})
    try:
        with av.open(str(unfinished), "w", format=kind.value, options=options) as container:
            film = _Film(container, pieces)
            for number, piece in enumerate(pieces):
                film.append(piece)
                progress((number + 1) / len(pieces))
            film.finish()
        unfinished.replace(file)
    except av.FFmpegError as failed:
        cause = "disk" if failed.errno == errno.ENOSPC else "unwritable"
        raise CannotJoin(cause, str(failed)) from failed
    finally:
        unfinished.unlink(missing_ok=True)
    return Joined(kind, pieces[0].starts_at, film.milliseconds / 1000)


class _Track:
    """Where the packets of one stream lie: `placed` milliseconds is the newest's time."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.placed = -1


class _Film:
    """The file that is being written."""

    def __init__(self, container: OutputContainer, pieces: Sequence[Piece]) -> None:
        self._container = container
        self._begins = pieces[0].starts_at
        self.milliseconds = round(max(self._offset(one) + one.seconds * 1000 for one in pieces))
        self._picture: _Track | None = None
        self._size = (0, 0)  # of the newest picture
        self._codec = ""
        with _opened(next((one for one in pieces if one.width), pieces[0])) as like:
            for video in like.streams.video:
                self._picture = _Track(container.add_stream_from_template(video, opaque=True))
                self._codec = video.codec_context.name
            self._sound = _Track(
                container.add_stream_from_template(like.streams.audio[0], opaque=True)
            )

    def append(self, piece: Piece) -> None:
        offset = self._offset(piece)
        with _opened(piece) as container:
            for video in container.streams.video:
                if video.codec_context.name != self._codec:
                    raise CannotJoin("codecs", f"{self._codec}, then {video.codec_context.name}")
            first = True
            for packet in _packets(container):
                assert packet.pts is not None
                assert packet.time_base is not None
                at = round(packet.pts * packet.time_base * 1000) + offset
                if packet.stream.type == "audio":
                    self._be_silent_until(at)
                    self._put(packet, self._sound, at)
                elif self._picture is not None:
                    if first:  # only here may a strange picture come between: it is a key picture
                        self._be_black_until(at, (piece.width, piece.height))
                    first, self._size = False, (piece.width, piece.height)
                    self._put(packet, self._picture, at)

    def finish(self) -> None:
        """Fill what is missing at the end."""
        self._be_silent_until(self.milliseconds)
        self._be_black_until(self.milliseconds, self._size)

    def _offset(self, piece: Piece) -> int:
        return round((piece.starts_at - self._begins).total_seconds() * 1000)

    def _be_silent_until(self, at: int) -> None:
        missing = range(max(self._sound.placed + SILENCE, 0), at - SILENCE, SILENCE)
        if at - self._sound.placed > SHORTEST_SILENCE:
            for silent_at in missing:
                self._put(Packet(SILENT_FRAME), self._sound, silent_at, key=True)

    def _be_black_until(self, at: int, size: tuple[int, int]) -> None:
        track = self._picture
        if track is not None and at - track.placed > SHORTEST_BLACK:
            black_at = track.placed + LAST_PICTURE if track.placed >= 0 else 0
            for packet in _black(self._codec, self._size if any(self._size) else size):
                self._put(packet, track, black_at, key=True)

    def _put(self, packet: Packet[Any], track: _Track, at: int, *, key: bool = False) -> None:
        # segments may overlap by the time for which a late packet was waited
        track.placed = max(at, track.placed + 1)
        packet.stream, packet.time_base = track.stream, MILLISECOND
        packet.pts = packet.dts = track.placed
        if key:
            packet.is_keyframe = True
        self._container.mux_one(packet)


def _codec_of(piece: Piece | None) -> str:
    if piece is None:
        return ""
    with _opened(piece) as container:
        return next((one.codec_context.name for one in container.streams.video), "")


@contextlib.contextmanager
def _opened(piece: Piece) -> Iterator[InputContainer]:
    try:
        container = av.open(io.BytesIO(piece.read()), "r")
    except av.FFmpegError as failed:
        raise CannotJoin("unreadable", str(failed)) from failed
    with container:
        yield container


def _packets(container: InputContainer) -> Iterator[Packet[Stream]]:
    """All that is there; of a file that was cut off, what is whole."""
    with contextlib.suppress(av.InvalidDataError):
        for packet in container.demux():
            if packet.pts is not None:
                yield packet


def _black(codec: str, size: tuple[int, int]) -> list[Packet[VideoStream]]:
    """One key picture that shows nothing, of a size in pixels."""
    encoder = av.codec.CodecContext.create(BLACK_BY[codec], "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height = (length - length % 2 for length in size)
    encoder.pix_fmt, encoder.time_base, encoder.thread_count = "yuv420p", MILLISECOND, 1
    frame = av.VideoFrame(encoder.width, encoder.height, "yuv420p")
    for plane, shade in zip(frame.planes, (16, 128, 128), strict=True):
        plane.update(bytes([shade]) * plane.buffer_size)
    frame.pts = 0
    return [*encoder.encode(frame), *encoder.encode(None)]
