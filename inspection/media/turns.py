"""Waiting in turns: whoever waits for as long wakes with the others.

What a worker looks at now and then costs little beside waking up for it, so all of it is looked at
in the same few wake-ups a second, however much it is.
"""

from __future__ import annotations

import asyncio
import time


async def next_turn(seconds: float) -> None:
    """Wait until this machine's monotonic clock comes to a whole multiple of `seconds`."""
    await asyncio.sleep(until_turn(seconds))


def until_turn(seconds: float) -> float:
    """How long that takes, for who waits by a timer of its own."""
    left = seconds - time.monotonic() % seconds
    return left if left >= seconds / 10 else left + seconds  # this turn's timer rang a little early
