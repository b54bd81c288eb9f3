"""Waiting in turns: whoever waits for as long wakes with the others.

What a worker looks at now and then costs little beside waking up for it, so all of it is looked at
in the same few wake-ups a second, however much it is.
"""

from __future__ import annotations

import asyncio
import time


async def next_turn(seconds: float) -> None:
    """Wait until this machine's monotonic clock comes to a whole multiple of `seconds`."""
    left = seconds - time.monotonic() % seconds
    if left < seconds / 10:  # this turn's timer rang a little early
        left += seconds
    await asyncio.sleep(left)
