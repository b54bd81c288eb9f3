"""What kind of file this is, judged by its bytes alone: names and headers sent along are claims."""

import re
from enum import StrEnum


class MediaType(StrEnum):
    """The pictures taken in. Others (HEIC, GIF, SVG, TIFF) are refused: phones send JPEG."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"


def recognise(file: bytes) -> MediaType | None:
    """The media type by the first bytes of a file, or None if it is no picture we take."""
    if file.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if file.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if file[:4] == b"RIFF" and file[8:12] == b"WEBP":
        return MediaType.WEBP
    return None


def jpeg_scans(file: bytes) -> int:
    """How many scans a JPEG has, by walking its markers without decoding anything.

    An ordinary photo has 1, a progressive one about 10. Each scan makes the decoder pass over the
    whole picture, so hundreds of nearly empty scans are a cheap attack ("scan bomb").

    Raises:
        ValueError: the markers do not lead to the end of the picture (ITU-T T.81, annex B).
    """
    scans = 0
    at = 2  # after SOI
    while at + 4 <= len(file) and file[at] == 0xFF:
        marker = file[at + 1]
        if marker == _FILL:
            at += 1
            continue
        length = int.from_bytes(file[at + 2 : at + 4], "big")
        if length < 2:
            break
        at += 2 + length
        if marker == _START_OF_SCAN:
            scans += 1
            end = _AFTER_SCAN.search(file, at)
            if end is None:
                break
            at = end.start()
            if file[at + 1] == _END_OF_IMAGE:
                return scans
    raise ValueError("the JPEG is cut off or its markers are broken")


_FILL = 0xFF
_START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
#: The first marker after entropy-coded bytes: not a stuffed 00, not a restart, not a fill byte.
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
