from __future__ import annotations

import asyncio
from fractions import Fraction

import pytest
from aiortc.mediastreams import MediaStreamError
from av import VideoFrame

from inspection.media.feed import Feed


def picture(pts: int) -> VideoFrame:
    frame = VideoFrame(16, 16, "yuv420p")
    frame.pts, frame.time_base = pts, Fraction(1, 90_000)
    return frame


async def times(feed: Feed, *puts: tuple[int, str]) -> list[int]:
    """What one viewer gets of each put: its time in 1/90,000 s, or nothing."""
    outlet = feed.outlet()
    got = []
    for pts, source in puts:
        feed.put(picture(pts), source)
        try:
            async with asyncio.timeout(0.01):
                got.append((await outlet.recv()).pts)
        except TimeoutError:
            got.append(-1)
    return got


def test_time_goes_on_growing_when_the_source_changes_or_its_clock_jumps():
    async def scene():
        return await times(
            Feed("video"),
            (900_000, "phone"),
            (906_000, "phone"),
            (0, "phone again"),
            (6_000, "phone again"),
            (2**40, "phone again"),
            (12_000, "phone again"),
        )

    got = asyncio.run(scene())
    assert got == sorted(set(got))
    assert got[1] - got[0] == got[3] - got[2] == 6_000
    assert got[-1] < 90_000 * 5


def test_a_picture_out_of_order_is_not_shown():
    async def scene():
        return await times(Feed("video"), (9_000, "phone"), (6_000, "phone"), (12_000, "phone"))

    first, late, next_one = asyncio.run(scene())
    assert late == -1
    assert next_one - first == 3_000


def test_a_slow_viewer_gets_the_newest_picture_and_nobody_waits_for_it():
    async def scene():
        feed = Feed("video")
        slow = feed.outlet()
        for pts in range(0, 90_000, 3_000):
            feed.put(picture(pts), "phone")
        newest = await slow.recv()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await slow.recv()
        return newest.pts

    assert asyncio.run(scene()) >= 87_000


def test_a_viewer_who_leaves_is_let_go_while_waiting():
    async def scene():
        outlet = Feed("audio").outlet()
        waiting = asyncio.create_task(outlet.recv())
        await asyncio.sleep(0)
        outlet.stop()
        with pytest.raises(MediaStreamError):
            await waiting

    asyncio.run(scene())
