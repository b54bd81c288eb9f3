"""The child process that opens photos from outside, so that a hostile one can only hurt it.

Started by `darkroom`; reads photos on standard input, answers on standard output, holds no secret,
no connection and no right to write a file. What it hands back is bare pixels and a few plain facts:
nothing its parent would have to decode again. A photo and its answer:

    in    length (4 bytes, big endian), the file
    out   length (4 bytes), JSON; then width * height * 3 bytes of RGB if the JSON says "picture"
"""

import io
import json
import struct
import sys
import warnings
from contextlib import suppress
from typing import BinaryIO

from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from inspection.evidence.exif import CameraFacts, camera_facts

#: Longest side of the view made of each photo, in pixels.
LONGEST_SIDE = 1600
#: More pixels than any phone in use sends in one photo; checked before anything is decoded.
MOST_PIXELS = 60_000_000
#: Processor time one photo may cost (seconds) and memory the child may hold (bytes). A sound photo
#: of 60 million pixels needs about 2 s and 700 MB, the usual 12 million 0.2 s and 60 MB.
MOST_CPU_SECONDS = 8
MOST_MEMORY = 1_200 << 20


def main() -> None:
    """Answer photos until the parent closes the pipe."""
    _give_up_rights()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("ignore")  # Pillow's remarks on odd files; the verdict is ours
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    while header := source.read(4):
        file = source.read(struct.unpack(">L", header)[0])
        _allow_processor_time()
        _answer(answers, file)


def _answer(answers: BinaryIO, file: bytes) -> None:
    pixels = b""
    try:
        said, pixels = _develop(file)
    except (
        _TooManyPixels,
        Image.DecompressionBombError,
    ):  # ours at once, Pillow's at twice as many
        said = {"refused": "too_many_pixels"}
    except MemoryError:
        said = {"refused": "bomb"}
    except Exception:
        # Pillow and its codecs raise nearly anything on a broken file: struct.error, KeyError,
        # SyntaxError, OSError. They all mean the same to us.
        said = {"refused": "broken"}
    text = json.dumps(said).encode()
    answers.write(struct.pack(">L", len(text)) + text)
    answers.write(pixels)
    answers.flush()


class _TooManyPixels(Exception):
    pass


#: The only readers asked; they are imported by name because Pillow loads its others on demand.
_FORMATS = [
    JpegImagePlugin.JpegImageFile.format,
    PngImagePlugin.PngImageFile.format,
    WebPImagePlugin.WebPImageFile.format,
]


def _develop(file: bytes) -> tuple[dict[str, object], bytes]:
    with Image.open(io.BytesIO(file), formats=_FORMATS) as photo:
        width, height = photo.size
        if width * height > MOST_PIXELS:
            raise _TooManyPixels
        facts, turned = _what_the_camera_says(photo)
        if turned in _LYING:
            width, height = height, width

        # Twice as small is decoded at a third of the cost, and is still more than the view needs.
        photo.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        photo.load()
        photo.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
        picture = _flat(photo)
    if turned in _TURNS:
        picture = picture.transpose(_TURNS[turned])
    said = _in_plain_words(facts) | {
        "picture": [picture.width, picture.height],
        "size": [width, height],
    }
    return said, picture.tobytes()


def _what_the_camera_says(photo: Image.Image) -> tuple[CameraFacts, int]:
    """The facts, and how the camera was held (EXIF orientation, 1 if it does not say).

    Broken EXIF is common in honest photos that went through an editor: it costs the facts, not
    the photo.
    """
    try:
        exif = photo.getexif()
        facts = camera_facts(exif, exif.get_ifd(0x8769), exif.get_ifd(0x8825))
        return facts, int(exif.get(0x0112, 1))
    except Exception:  # as above; broken EXIF costs the facts, not the photo
        return CameraFacts(), 1


_LYING = {5, 6, 7, 8}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _flat(picture: Image.Image) -> Image.Image:
    """As RGB, with anything see-through laid on white."""
    if picture.has_transparency_data:
        layered = picture.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(ground, layered).convert("RGB")
    return picture.convert("RGB")


def _in_plain_words(facts: CameraFacts) -> dict[str, object]:
    place = facts.place
    return {
        "taken_at": facts.taken_at.isoformat() if facts.taken_at else None,
        "device": facts.device,
        "place": [place.latitude, place.longitude, place.accuracy] if place else None,
    }


def _give_up_rights() -> None:
    """No more memory than a photo needs, no file written, no core dump. Not on Windows."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_processor_time() -> None:
    """Let the next photo use `MOST_CPU_SECONDS` from here on; beyond that the system ends us."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        until = int(used.ru_utime + used.ru_stime) + 1 + MOST_CPU_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
