"""A phone whose network narrows in the middle of a call, and widens again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from media_browser_bureau import Bureau
from media_browser_pictures import MOVING, NEVER, longest_stand, seconds_until
from media_spread import spread
from playwright.sync_api import Page
from rows import Row

#: Bits a second of the narrow network; what a phone says it may send there; what only a wide one
#: carries.
NARROW = 300_000
NEAR = (0.8 * NARROW, 1.2 * NARROW)
WIDE = 1_000_000

#: Bits a second that carry sound alone, and seconds for which there is no more.
SCARCE = 60_000
SCARCE_SECONDS = 20.0

#: Seconds until the phone has noticed either.
NOTICED_SECONDS = 5

#: Seconds for which a picture may stand at the officer's.
STAND_SECONDS = 1

#: Seconds that it is narrow; it is wide for `NEVER`, before it narrows again.
LASTING = 15.0

#: Notes ten times a second what the phone may send: milliseconds since 1970, bits a second.
NOTE_RATE = """() => {
    window.rates = []
    setInterval(async () => {
        for (const report of (await window.connections.at(-1).getStats()).values())
            if (report.type === "candidate-pair" && report.nominated)
                window.rates.push([Date.now(), report.availableOutgoingBitrate ?? 0])
    }, 100)
}"""


def narrow_network(bureau: Bureau, runs: int) -> Iterator[Row]:
    down, up, stood = [], [], []
    with bureau.call() as call:
        call.meet()
        call.phone.evaluate(NOTE_RATE)
        _wait_until(call.phone, time.time() + LASTING)
        for _ in range(runs):
            narrowed = time.time()
            bureau.network.narrow(NARROW // 1000)
            try:
                _wait_until(call.phone, narrowed + LASTING)
            finally:
                widened = time.time()
                bureau.network.widen()
            _wait_until(call.phone, widened + NEVER)
            rates = call.phone.evaluate("() => window.rates.splice(0)")
            down.append(_seconds_to(rates, narrowed, *NEAR))
            up.append(_seconds_to(rates, widened, WIDE))
            stood.append(longest_stand(call.officer, narrowed, time.time()))
    title = f"network of {NARROW // 1000} kbit/s"
    yield from spread(f"{title}, longest a picture stood", stood, "s", f"<= {STAND_SECONDS}")
    yield from spread(f"{title}, to sending within 20 % of it", down, "s", f"<= {NOTICED_SECONDS}")
    yield from spread(
        f"{title} that widens, to {WIDE // 1_000_000} Mbit/s", up, "s", f"<= {NOTICED_SECONDS}"
    )


def scarce_network(bureau: Bureau, runs: int) -> Iterator[Row]:
    """So narrow for a while that only sound goes through; the picture must come back by itself."""
    back = []
    with bureau.call() as call:
        call.meet()
        for _ in range(runs):
            _wait_until(call.phone, time.time() + LASTING)
            bureau.network.narrow(SCARCE // 1000)
            try:
                _wait_until(call.phone, time.time() + SCARCE_SECONDS)
            finally:
                bureau.network.widen()
            back.append(seconds_until(call.officer, MOVING, time.time()))
    title = f"network of {SCARCE // 1000} kbit/s for {SCARCE_SECONDS:.0f} s that widens"
    yield from spread(f"{title}, to moving at the officer's", back, "s")


def _seconds_to(rates: Any, since: float, least: float, most: float = float("inf")) -> float:
    """Seconds from `since` until the phone first might send that many bits a second."""
    for at, rate in rates:
        if at / 1000 >= since and least <= rate <= most:
            return float(at / 1000 - since)
    return NEVER


def _wait_until(page: Page, moment: float) -> None:
    page.wait_for_timeout(max(0.0, moment - time.time()) * 1000)
