"""Stills: the server's out of the live picture, and the phone's own on a network that loses."""

from __future__ import annotations

import re
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from media_browser_bureau import Bureau, Call
from media_browser_pictures import NEVER
from media_spread import spread
from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import TimeoutError as NotInTime
from rows import Row

from tests.journeys.conftest import Watch

#: Seconds after which the server takes no earlier key picture for a still.
FRESH_SECONDS = 2.0

#: Points of a script; one of them asks for photos.
MOST_POINTS = 60

TITLE = "still of the live picture, key to photo at the officer's"

#: Of the phone's own stills: what the network loses of each direction, seconds that it takes for
#: each, and seconds until the still should be kept.
LOSES = 0.05
NEAR_SECONDS, FAR_SECONDS = 0.0, 0.02
KEPT_SECONDS = 1.5

#: Pixels of the phone's camera. Of its film, thirty pictures a second, no picture may come again:
#: of a photo that it has already the server keeps no second one.
NATIVE = (1920, 1080)
BEFORE_SECONDS, RUN_SECONDS = 15, 2

#: When the phone began to send the photo that it sent last, in seconds since 1970.
SENT = """() => {
    const posts = performance.getEntriesByType("resource").filter(({ name }) =>
        name.endsWith("/applicant/evidence"))
    return posts.length && (performance.timeOrigin + posts.at(-1).startTime) / 1000
}"""

#: A camera as a phone's, which has a circuit that makes JPEG: it hands out what was made before.
#: Chromium's own stand-in draws each picture of its film anew, whatever it is made of, and makes it
#: PNG in software, in more than a second.
MAKES_PHOTOS = """
    globalThis.ImageCapture = class {
        takePhoto() { return Promise.resolve(globalThis.photo) }
    }
"""
MAKES_NONE = "delete globalThis.ImageCapture"

MADE = """octets => {
    const photo = Uint8Array.from(atob(octets), (letter) => letter.charCodeAt(0))
    globalThis.photo = new Blob([photo], { type: "image/jpeg" })
}"""

#: How far the shades of its pictures differ from one another, of 256, and how well they are kept,
#: of 100: a photo then has 0.73 MB, as a good phone's of this size.
GRAIN = 24
FILM_QUALITY, PHOTO_QUALITY = 60, 75


def stills(bureau: Bureau, runs: int) -> Iterator[Row]:
    """The first is by itself: a worker starts the process that decodes when one is asked for."""
    with bureau.call() as call:
        call.meet()
        _go_to_photos(call)
        first, *later = _take(call, 1 + runs)
    for said in call.failures:
        print(f"still: {said}", file=sys.stderr)
    yield Row(f"{TITLE}, a worker's first", first, "ms")
    yield from spread(TITLE, later, "ms")


def _take(call: Call, runs: int) -> Iterator[float]:
    """Milliseconds, of each."""
    kept = 0
    for _ in range(runs):
        call.officer.wait_for_timeout(FRESH_SECONDS * 1000)
        watch = Watch(call.officer, rf"照片 {kept + 1} /")
        asked = time.time()
        call.officer.keyboard.press("s")
        try:
            yield 1000 * watch.seconds_after(asked)
        except NotInTime:
            yield 1000 * NEVER
        else:
            kept += 1


def phone_stills(bureau: Bureau, runs: int) -> Iterator[Row]:
    """From the applicant's tap until the officer has the photo, at the camera's own size and the
    same as on the phone (the server compares both fingerprints before it keeps one)."""
    seconds = BEFORE_SECONDS + 2 * runs * RUN_SECONDS
    film = _film_with_grain(bureau.shown.folder / "grain.mjpeg", 30 * seconds)
    cameras = (("camera's own photo", MAKES_PHOTOS), ("picture of its film", MAKES_NONE))
    for title, camera in cameras:
        with bureau.call(film, phone_begins=camera) as call:
            call.meet()
            _go_to_photos(call)
            yield from _phone_stills(bureau, call, f"phone's still, {title}", runs)


def _phone_stills(bureau: Bureau, call: Call, title: str, runs: int) -> Iterator[Row]:
    for takes, target in ((NEAR_SECONDS, f"<= {KEPT_SECONDS}"), (FAR_SECONDS, "")):
        with bureau.network.poor(loses=LOSES, takes=takes):
            times = list(_ask_the_phone(call, runs))
        where = f"{title}, at {LOSES:.0%} loss and {2000 * takes:.0f} ms more"
        yield from spread(f"{where}, tap to kept", [kept for _, kept in times], "s", target)
        yield from spread(f"{where}, tap to under way", [sent for sent, _ in times], "s")
    originals = [
        call.hands.fetch("GET", piece["original_url"])
        for piece in call.sheet()["evidence"]
        if piece["source"] == "phone"
    ]
    for said in call.failures:
        print(f"{title}: {said}", file=sys.stderr)
    native = sum(Image.open(BytesIO(original)).size == NATIVE for original in originals)
    yield Row(f"{title}, kept at the camera's own size", native, "", f">= {2 * runs}")
    megabytes = sum(map(len, originals)) / max(1, len(originals)) / 1e6
    yield Row(f"{title}, mean size", megabytes, "MB")


def _ask_the_phone(call: Call, runs: int) -> Iterator[tuple[float, float]]:
    """Seconds from the tap until the photo was under way, and until the officer had it."""
    for _ in range(runs):
        before = _photos(call)
        call.phone.evaluate(MADE, b64encode(_jpeg(before, PHOTO_QUALITY)).decode())
        watch = Watch(call.officer, rf"照片 {before + 1} /")
        call.officer.keyboard.press("Space")
        call.phone.evaluate("performance.clearResourceTimings()")
        call.phone.locator("button", has_text="点这里拍照").click()
        tapped = call.phone.evaluate("window.tapped") / 1000
        try:
            kept = watch.seconds_after(tapped)
            sent = call.phone.wait_for_function(SENT).json_value()
        except NotInTime:
            yield NEVER, NEVER
        else:
            yield sent - tapped, kept


def _photos(call: Call) -> int:
    """Of the point that is open."""
    said = call.officer.get_by_text(re.compile(r"照片 \d+ /")).first.inner_text()
    return int(re.findall(r"照片 (\d+) /", said)[0])


def _go_to_photos(call: Call) -> None:
    """To a point of the script that asks for some."""
    for _ in range(MOST_POINTS):
        if call.officer.get_by_text(re.compile("照片 0 /")).count():
            return
        call.officer.keyboard.press("j")
    raise RuntimeError("no point asks for photos")


def _film_with_grain(file: Path, pictures: int) -> Path:
    with file.open("wb") as film:
        for number in range(pictures):
            film.write(_jpeg(number, FILM_QUALITY))
    return file


def _jpeg(number: int, quality: int) -> bytes:
    """With grain as a camera's pictures have: a smooth one would be a small file."""
    picture = ImageChops.offset(_grain(), 97 * number, 31 * number)
    ImageDraw.Draw(picture).text((48, 48), str(number), fill="#182028", font_size=144)
    picture.save(file := BytesIO(), "JPEG", quality=quality)
    return file.getvalue()


@cache
def _grain() -> Image.Image:
    return Image.effect_noise(NATIVE, GRAIN).convert("RGB")
