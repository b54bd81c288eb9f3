"""When the other side's pictures were shown on a page: noted inside it, at each of them.

Looking from outside would add its own delay, and on two cores take time from what is measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as NotInTime

#: Seconds. What has not happened until then counts as having taken so long.
NEVER = 30.0

#: Milliseconds between looks at what a page has noted; they do not change what it noted.
LOOK_MILLISECONDS = 100

#: For `BrowserContext.add_init_script`. `shown` holds a picture each of the newest connection's
#: other side: milliseconds since 1970, width in pixels, which connection. `tapped` is the last
#: click's time. Media events do not bubble, but every video of a page is heard on their way down.
NOTE = """
    window.connections = []
    window.shown = []
    window.tapped = 0
    const Made = RTCPeerConnection
    window.RTCPeerConnection = class extends Made {
        constructor(...given) { super(...given); window.connections.push(this) }
    }
    window.addEventListener("click", () => { window.tapped = Date.now() }, true)
    const watched = new WeakSet()
    const watch = ({ target: video }) => {
        if (!(video instanceof HTMLVideoElement) || watched.has(video)) return
        watched.add(video)
        const look = (now, { width }) => {
            const track = video.srcObject?.getVideoTracks()[0]
            const theirs = window.connections.at(-1)?.getReceivers() ?? []
            if (track && theirs.some((each) => each.track === track))
                window.shown.push([Date.now(), width, window.connections.length])
            video.requestVideoFrameCallback(look)
        }
        video.requestVideoFrameCallback(look)
    }
    window.addEventListener("loadedmetadata", watch, true)
    window.addEventListener("playing", watch, true)
"""

FOUND = """({ since, wide, after, number }) =>
    window.shown.filter(([at, width, connection]) =>
        at >= since && width >= wide && connection > after)[number]?.[0]
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """Which picture of the other side: the first or third of those at least so wide (pixels) that
    came over a connection made after the first `after` of the page. Two may be left over."""

    number: Literal[0, 2] = 0
    wide: int = 0
    after: int = 0


#: Of a picture that stands, some more may still be shown; with the third it moves.
MOVING = Picture(number=2)


def seconds_until(page: Page, picture: Picture, since: float) -> float:
    """Seconds from `since` (`time.time()`) until it was shown; `NEVER` if it was not by then."""
    wanted = {
        "since": since * 1000,
        "wide": picture.wide,
        "after": picture.after,
        "number": picture.number,
    }
    try:
        at = page.wait_for_function(
            FOUND, arg=wanted, polling=LOOK_MILLISECONDS, timeout=NEVER * 1000
        )
    except NotInTime:
        return NEVER
    return float(at.json_value()) / 1000 - since


def tapped(page: Page) -> float:
    """When somebody last clicked on the page, as `time.time()` tells."""
    return float(page.evaluate("() => window.tapped")) / 1000


def connections(page: Page) -> int:
    return int(page.evaluate("() => window.connections.length"))


def longest_stand(page: Page, since: float, until: float) -> float:
    """Seconds for which one picture stood, at most, between two times."""
    shown = page.evaluate("() => window.shown.map(([at]) => at)")
    times = [since, *(at / 1000 for at in shown if since <= at / 1000 <= until), until]
    return max(later - at for at, later in pairwise(times))
