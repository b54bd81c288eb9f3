"""The call that everybody carries: a moving picture and a tone, encoded once, as phones do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
from av import AudioFrame, Packet, VideoFrame
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.stream import VideoStream

WIDTH, HEIGHT = 1280, 720
PICTURES_A_SECOND = 30
SOUNDS_A_SECOND = 50  # Opus packets of 20 ms

VIDEO_BITRATE = 1_000_000
AUDIO_BITRATE = 48_000

#: Of the clip. It is sent again and again, from its one key picture at the beginning.
SECONDS = 6

#: What libvpx is told for live video at a constant rate. A negative `cpu-used` is a speed for good:
#: a positive one follows the clock, and each clip would be another. A key picture may be as large
#: as three usual ones, so that it does not hold up what follows.
LIVE = {
    "deadline": "realtime",
    "cpu-used": "-8",
    "lag-in-frames": "0",
    "error-resilient": "default",
    "minrate": str(VIDEO_BITRATE),
    "maxrate": str(VIDEO_BITRATE),
    "bufsize": str(VIDEO_BITRATE),
    "max-intra-rate": "300",
    "undershoot-pct": "100",
    "overshoot-pct": "15",
}


@dataclass(frozen=True, slots=True)
class Clip:
    """Encoded pictures (VP8), the first of which is a key picture, and sounds (Opus)."""

    pictures: list[Packet[VideoStream]]
    sounds: list[bytes]

    def kilobits(self) -> float:
        """A second, of the picture alone."""
        return sum(picture.size for picture in self.pictures) * 8 / SECONDS / 1000


def make_clip() -> Clip:
    """Takes some seconds, and is the same each time."""
    return Clip(_encode_pictures(), _encode_sounds())


def _encode_pictures() -> list[Packet[VideoStream]]:
    encoder = VideoCodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base = Fraction(1, PICTURES_A_SECOND)
    encoder.bit_rate = VIDEO_BITRATE
    encoder.gop_size = 10 * PICTURES_A_SECOND * SECONDS  # one key picture
    encoder.options = LIVE
    packets = [packet for picture in _pictures() for packet in encoder.encode(picture)]
    return packets + encoder.encode(None)


def _pictures() -> Iterator[VideoFrame]:
    """A test card with moving parts, and the noise of a small sensor."""
    graph = av.filter.Graph()
    card = graph.add(
        "testsrc2", f"size={WIDTH}x{HEIGHT}:rate={PICTURES_A_SECOND}:duration={SECONDS}"
    )
    noise = graph.add("noise", "alls=6:allf=t:all_seed=1")
    plain = graph.add("format", "pix_fmts=yuv420p")
    end = graph.add("buffersink")
    graph.link_nodes(card, noise, plain, end).configure()
    for number in range(PICTURES_A_SECOND * SECONDS):
        picture = end.pull()
        assert isinstance(picture, VideoFrame)
        picture.pts, picture.time_base = number, Fraction(1, PICTURES_A_SECOND)
        picture.pict_type = PictureType.NONE  # the card asks for nothing but key pictures
        yield picture


def _encode_sounds() -> list[bytes]:
    rate = 48_000
    encoder = AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = rate, "stereo", "s16"
    encoder.bit_rate = AUDIO_BITRATE
    encoder.options = {"vbr": "off", "application": "voip"}
    sounds: list[bytes] = []
    for sound in _sounds(rate):
        sounds += [bytes(packet) for packet in encoder.encode(sound)]
    return sounds


def _sounds(rate: int) -> Iterator[AudioFrame]:
    """A tone that rises and falls, in pieces of 20 ms."""
    samples = rate // SOUNDS_A_SECOND
    for number in range(SOUNDS_A_SECOND * SECONDS):
        pitch = 200 + 40 * (number % 25)
        wave = io.BytesIO()
        for at in range(samples):
            level = ((at * pitch // rate * 2) % 2) * 6000 - 3000
            wave.write(level.to_bytes(2, "little", signed=True) * 2)
        sound = AudioFrame(format="s16", layout="stereo", samples=samples)
        sound.planes[0].update(wave.getvalue())
        sound.sample_rate, sound.pts = rate, number * samples
        sound.time_base = Fraction(1, rate)
        yield sound
