"""A recording in one file, as it is handed over: real encodings, played to the end."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest

from inspection.media.joined import join
from inspection.media.recording import CannotJoin, Joined, Kind, Piece

NOON = datetime(2026, 11, 26, 4, tzinfo=UTC)
BLACK = 16


@dataclass
class Played:
    """What a player sees and hears: seconds, width and shade of each picture; seconds of sound."""

    pictures: list[tuple[float, int, int]] = field(default_factory=list)
    sounds: list[tuple[float, int]] = field(default_factory=list)  # and how loud

    def shown_at(self, seconds: float) -> tuple[int, int]:
        return [one[1:] for one in self.pictures if one[0] <= seconds][-1]

    def heard_at(self, seconds: float) -> int:
        return [loud for at, loud in self.sounds if at <= seconds][-1]


def play(file: Path) -> Played:
    """Decode all of it; any complaint of the decoder is an error."""
    played = Played()
    with av.logging.Capture() as complaints, av.open(str(file)) as container:
        for stream in container.streams:
            stream.codec_context.thread_count = 1
        for frame in container.decode():
            at = float(frame.pts * frame.time_base)
            if isinstance(frame, av.VideoFrame):
                played.pictures.append((at, frame.width, bytes(frame.planes[0])[5]))
            else:
                played.sounds.append((at, int(abs(frame.to_ndarray()).max() * 1000)))
    assert list(complaints) == []
    return played


@pytest.fixture
def pieces(filmed):
    """Eight seconds, twelve of nothing, then two of larger pictures and two of sound alone."""

    def make(codec: str) -> list[Piece]:
        def piece(second: int, **how) -> Piece:
            at = NOON + timedelta(seconds=second)
            size = how.get("size", (0, 0))
            return Piece(at, how["seconds"], *size, lambda: filmed(starts_at=at, **how))

        return [
            piece(0, codec=codec, seconds=4, size=(160, 120)),
            piece(4, codec=codec, seconds=4, size=(160, 120)),
            piece(20, codec=codec, seconds=2, size=(320, 240)),
            piece(22, codec="", seconds=2),
        ]

    return make


@pytest.mark.parametrize(("codec", "kind"), [("h264", Kind.MP4), ("vp8", Kind.WEBM)])
def test_every_moment_lies_in_the_file_as_far_from_its_beginning_as_on_the_clock(
    codec, kind, pieces, tmp_path
):
    file = tmp_path / "whole"
    shares: list[float] = []

    joined = join(pieces(codec), file, progress=shares.append)

    assert joined == Joined(kind, NOON, 24.0)
    assert shares == [0.25, 0.5, 0.75, 1.0]
    played = play(file)
    assert played.shown_at(7.5)[0] == 160
    assert played.shown_at(7.5)[1] > BLACK
    assert played.shown_at(14) == (160, BLACK)  # a gap is seen as one
    assert played.shown_at(21)[0] == 320
    assert played.shown_at(23.5) == (320, BLACK)  # the camera is off
    assert played.heard_at(6) > 0
    assert played.heard_at(14) == 0
    assert played.heard_at(23) > 0
    times = [at for at, _ in played.sounds]
    assert max(later - one for one, later in itertools.pairwise(times)) < 0.2  # nobody shortens it


def test_the_same_segments_make_the_same_file_to_the_byte(pieces, tmp_path):
    digests = set()
    for name in ("one", "another"):
        join(pieces("vp8"), tmp_path / name)
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())

    assert len(digests) == 1


def test_sound_alone_is_joined_too(pieces, tmp_path):
    joined = join(pieces("vp8")[3:], tmp_path / "whole")

    assert (joined.kind, joined.seconds) == (Kind.WEBM, 2.0)
    assert play(tmp_path / "whole").pictures == []


def test_a_segment_that_was_cut_off_gives_what_is_whole(pieces, tmp_path):
    first, *rest = pieces("vp8")
    octets = first.read()

    join([replace(first, read=lambda: octets[: len(octets) * 2 // 3]), *rest], tmp_path / "whole")

    assert play(tmp_path / "whole").shown_at(21)[0] == 320


def test_what_does_not_go_into_one_file_is_refused_and_leaves_none(pieces, tmp_path):
    vp8, h264 = pieces("vp8"), pieces("h264")
    spoilt = replace(vp8[1], read=lambda: b"no film")
    refused = {
        "nothing": [replace(vp8[0], seconds=0.0)],
        "codecs": [*vp8[:2], h264[2]],
        "unreadable": [vp8[0], spoilt],
    }
    for cause, given in refused.items():
        with pytest.raises(CannotJoin) as refusal:
            join(given, tmp_path / "whole")
        assert refusal.value.cause == cause
    assert list(tmp_path.iterdir()) == []
