"""Stills: the server's out of the live picture, and the phone's own on a network that loses."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
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

#: Milliseconds that the camera takes for each of some photos of its own. A phone's has a circuit
#: that makes JPEG; the one that stands in for it makes PNG, and in software.
PHOTOS_MADE = """async () => {
    const wish = { video: { width: 1920, height: 1080 } }
    const media = await navigator.mediaDevices.getUserMedia(wish)
    const [track] = media.getVideoTracks()
    const took = []
    for (let n = 0; n < 5; n++) {
        const began = performance.now()
        await new ImageCapture(track).takePhoto()
        took.push(performance.now() - began)
    }
    track.stop()
    return took
}"""

#: How far its shades differ from one another, of 256.
GRAIN = 24


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
    for title, lacks in (("camera's own photo", ""), ("picture of its film", "ImageCapture")):
        with bureau.call(film, phone_lacks=lacks) as call:
            call.meet()
            if not lacks:
                made = list(call.phone.evaluate(PHOTOS_MADE))
                yield from spread("a photo made by the camera that stands in", made, "ms")
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
        watch = Watch(call.officer, rf"照片 {_photos(call) + 1} /")
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
    """As a camera's are: a smooth picture would be a small file."""
    grain = Image.effect_noise(NATIVE, GRAIN).convert("RGB")
    with file.open("wb") as film:
        for number in range(pictures):
            picture = ImageChops.offset(grain, 97 * number, 31 * number)
            ImageDraw.Draw(picture).text((48, 48), str(number), fill="#182028", font_size=144)
            picture.save(film, "JPEG", quality=60)
    return file
