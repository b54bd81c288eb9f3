"""What has to be known of encoded media without decoding it, by codec.

Opus (RFC 7587) has one whole frame in each packet, and any of them can be the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inspection.media.plain import h264, vp8


@dataclass(frozen=True, slots=True)
class Codec:
    """`starts_key_picture`, `stated_size` and `append_encoded` are as in `vp8.py`."""

    name: str
    starts_key_picture: Callable[[bytes], bool]
    stated_size: Callable[[bytes], tuple[int, int] | None]
    append_encoded: Callable[[bytes, bytearray], bool]


def _append_opus(payload: bytes, frame: bytearray) -> bool:
    frame += payload
    return bool(payload)


OPUS = Codec("opus", lambda payload: True, lambda payload: None, _append_opus)
VP8 = Codec("VP8", vp8.starts_key_picture, vp8.stated_size, vp8.append_encoded)
H264 = Codec("H264", h264.starts_key_picture, h264.stated_size, h264.append_encoded)

#: Nothing else is carried. On a tape each is its place here.
CODECS = (OPUS, VP8, H264)


def codec_named(name: str) -> Codec | None:
    """The codec of a media type's name, in any case."""
    return next((one for one in CODECS if one.name.lower() == name.lower()), None)
