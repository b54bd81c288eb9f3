"""A segment: some seconds of one participant's recording, one Matroska file, nothing transcoded.

Clusters of at most a second are written whole, so a file whose writer was killed still plays up to
its last second. (An MP4 would be lost with its index.)
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Self

import av
from av.packet import Packet
from av.stream import Stream

from inspection.media.taped import Frame

MILLISECOND = Fraction(1, 1000)

#: Ask libavformat to write soon, and not to wait long for a track that is silent (microseconds).
OPTIONS = {
    "flush_packets": "1",
    "cluster_time_limit": "1000",
    "max_interleave_delta": "1000000",
    "write_crc32": "0",
}

#: What libavformat and a full or broken disk throw.
WRITING_FAILED = (OSError, av.FFmpegError)

#: Microseconds. A longer silence after a frame does not belong to it.
LONGEST_FRAME = 100_000

#: Bytes of the largest file without a frame in it.
LARGEST_HEADER = 1024

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Picture:
    """What the video of a segment is; a change of any of it needs another segment."""

    codec: str  # "vp8" or "h264"
    width: int
    height: int
    parameters: bytes = b""  # H264: its parameter sets

    @classmethod
    def of(cls, codec: str, frame: Frame) -> Self | None:
        """What a frame shows, if a file can begin with it."""
        if not frame.key or not frame.width:
            return None
        parameters = parameter_sets(frame.octets) if codec == "h264" else b""
        if parameters is None:
            return None
        return cls(codec, frame.width, frame.height, parameters)


class Segment:
    """A file that is being written. Whoever begins one closes it, or abandons it.

    A segment always has a track of sound, so that a microphone may begin at any moment.

    Raises:
        WRITING_FAILED: in every method but `abandon`; the segment is then to be abandoned.
    """

    def __init__(self, file: Path, *, starts_at: int, picture: Picture | None) -> None:
        """`starts_at` is microseconds since 1970."""
        self.file = file
        self.starts_at = starts_at
        self.ends_at = starts_at
        self.picture = picture
        self.frames = 0
        self._container = av.open(str(file), "w", format="matroska", options=OPTIONS)
        self._container.metadata["creation_time"] = moment(starts_at).isoformat()
        self._video = self._add_video(picture) if picture is not None else None
        self._sound = _Track(self._add_sound())

    def write(self, frame: Frame, *, picture: bool) -> None:
        """Add a frame of the picture or of the sound; frames of either come in their order."""
        track = self._video if picture else self._sound
        assert track is not None  # a segment without pictures is given none
        packet = Packet(frame.octets)
        packet.stream = track.stream
        packet.time_base = MILLISECOND
        packet.pts = packet.dts = track.place((frame.at - self.starts_at) // 1000)
        packet.is_keyframe = frame.key
        self._container.mux_one(packet)
        if picture:
            self.frames += 1
        lasts = min(max(frame.at - track.last_at, 0), LONGEST_FRAME) if track.last_at else 0
        track.last_at = frame.at
        self.ends_at = max(self.ends_at, frame.at + lasts)

    def close(self) -> dict[str, object]:
        """Finish the file; its line in the index."""
        self._container.close()
        return line_of(
            self.file,
            starts_at=self.starts_at,
            seconds=(self.ends_at - self.starts_at) / 1e6,
            picture=self.picture,
            frames=self.frames,
        )

    def abandon(self) -> None:
        """Let go of the file as it is."""
        with contextlib.suppress(*WRITING_FAILED):
            self._container.close()

    def _add_video(self, picture: Picture) -> _Track:
        stream = self._container.add_mux_stream(
            picture.codec, width=picture.width, height=picture.height, time_base=MILLISECOND
        )
        return _Track(stream)

    def _add_sound(self) -> Stream:
        # As if it were encoded here: only so does libavformat learn what a decoder wants to know.
        return self._container.add_stream("libopus", rate=48_000, layout="stereo")


class _Track:
    """Where the frames of one stream lie in the file."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.last_at = 0  # microseconds since 1970, of the newest frame
        self._placed = -1

    def place(self, milliseconds: int) -> int:
        """The time of the next frame in the file: never before the one before it, nor the same."""
        self._placed = max(milliseconds, self._placed + 1)
        return self._placed


def line_of(
    file: Path, *, starts_at: int, seconds: float, picture: Picture | None, frames: int
) -> dict[str, object]:
    """What the index says of a finished file, which is now safe from a power cut, too."""
    with file.open("rb") as written:
        os.fsync(written.fileno())
        digest = hashlib.file_digest(written, "sha256").hexdigest()
        size = written.tell()
    return {
        "file": file.name,
        "starts_at": moment(starts_at).isoformat(),
        "seconds": round(seconds, 3),
        "bytes": size,
        "sha256": digest,
        "width": picture.width if picture else 0,
        "height": picture.height if picture else 0,
        "frames": frames,
    }


def line_of_leftover(file: Path) -> dict[str, object] | None:
    """The same of a file whose writer did not live to finish it, as far as it can be read.

    None if there is nothing in it, because the writer had only just begun.
    """
    starts_at, last, frames, picture = int(file.stat().st_mtime * 1e6), 0, 0, None
    with contextlib.suppress(*WRITING_FAILED), av.open(str(file)) as container:
        said = container.metadata.get("creation_time")
        starts_at = microseconds(datetime.fromisoformat(said)) if said else starts_at
        for stream in container.streams.video:
            picture = Picture(stream.codec_context.name, stream.width, stream.height)
        for packet in container.demux():
            if packet.pts is None or packet.time_base is None:
                continue
            last = max(last, int(packet.pts * packet.time_base * 1_000_000))
            frames += packet.stream.type == "video"
    if last == 0 and file.stat().st_size < LARGEST_HEADER:
        return None
    return line_of(file, starts_at=starts_at, seconds=last / 1e6, picture=picture, frames=frames)


def parameter_sets(octets: bytes) -> bytes | None:
    """The sequence and picture parameter sets of an H264 picture, if it has both."""
    units = [unit for unit in octets.split(b"\x00\x00\x00\x01") if unit]
    sets = [unit for unit in units if unit[0] & 31 in (7, 8)]
    return b"".join(sets) if {unit[0] & 31 for unit in sets} == {7, 8} else None


def moment(at: int) -> datetime:
    """Microseconds since 1970 as a time."""
    return EPOCH + timedelta(microseconds=at)


def microseconds(at: datetime) -> int:
    """A time as microseconds since 1970."""
    return (at - EPOCH) // timedelta(microseconds=1)
