"""What is looked at now and then is looked at together."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

from inspection.media.turns import next_turn


def test_whoever_waits_for_as_long_wakes_with_the_others():
    woke: list[float] = []

    async def wait(begins: float) -> None:
        await asyncio.sleep(begins)
        await next_turn(0.2)
        woke.append(time.monotonic())

    async def all_of_them() -> None:
        await asyncio.sleep(0.2 - time.monotonic() % 0.2)  # to just behind a turn
        await asyncio.gather(*(wait(begins) for begins in (0.02, 0.05, 0.09)))

    asyncio.run(all_of_them())
    assert max(woke) - min(woke) < 0.05  # they began to wait 0.07 s apart


def test_every_turn_is_a_full_one():
    async def turns() -> list[float]:
        at = []
        for _ in range(4):
            await next_turn(0.1)
            at.append(time.monotonic())
        return at

    at = asyncio.run(turns())
    assert all(0.05 < after - before < 0.3 for before, after in pairwise(at))
