from __future__ import annotations

import asyncio
import io
import threading
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from inspection.media.engine import (
    Description,
    DescriptionType,
    Happening,
    MediaRefused,
    Quality,
    Refusal,
    Role,
)
from inspection.media.relay import RelayEngine

LIGHT, DARK, MIDDLE = 200, 50, 120

#: Seconds that a busy test machine may add to a promise of the product.
BUSY = 3


def door(engine: RelayEngine, identity: str, role: Role, room: str = "s-1"):
    """How one participant gets an offer answered."""

    async def answer(sdp: str) -> str:
        offer = Description(DescriptionType.OFFER, sdp)
        return (await engine.join(room, identity, role, offer)).sdp

    return answer


async def told(events, happening: Happening, identity: str):
    async with asyncio.timeout(20):
        async for event in events:
            if event.happening is happening and event.identity == identity:
                return event
    raise AssertionError("the engine stopped telling")


def test_applicant_and_expert_see_and_hear_each_other(scene):
    async def story():
        async with RelayEngine() as engine, scene() as people:
            await engine.create_room("s-1")
            phone = await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(door(engine, "desk", Role.EXPERT), shade=DARK)
            await desk.sees_shade(LIGHT)
            await phone.sees_shade(DARK)
            await desk.hears_more()
            await phone.hears_more()

    asyncio.run(story())


def test_an_expert_who_comes_late_and_shows_nothing_still_sees_the_applicant(scene):
    async def story():
        async with RelayEngine() as engine, scene() as people:
            await engine.create_room("s-1")
            phone = await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(door(engine, "desk", Role.EXPERT), shade=DARK)
            await desk.sees_more()
            late = await people.enter(door(engine, "late", Role.EXPERT), shade=None)
            await late.sees_shade(LIGHT)
            await late.hears_more()
            await desk.sees_more()
            await phone.sees_shade(DARK)  # who shows nothing does not hide who does

    asyncio.run(story())


def test_a_phone_that_comes_back_is_seen_without_anybody_else_joining_again(scene):
    async def story():
        async with RelayEngine() as engine, scene() as people:
            events = engine.events()
            await engine.create_room("s-1")
            first = await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(door(engine, "desk", Role.EXPERT), shade=DARK)
            await desk.sees_shade(LIGHT)
            assert not (await told(events, Happening.JOINED, "phone")).again

            await first.link.close()
            second = await people.enter(door(engine, "phone", Role.APPLICANT), shade=MIDDLE)
            await desk.sees_shade(MIDDLE)
            await desk.hears_more()
            await second.sees_shade(DARK)
            assert len(await engine.stats("s-1")) == 2

    asyncio.run(story())


def test_a_link_that_is_replaced_while_alive_tells_that_it_joined_again(scene):
    async def story():
        async with RelayEngine() as engine, scene() as people:
            events = engine.events()
            await engine.create_room("s-1")
            await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            await told(events, Happening.FLOWING, "phone")
            await people.enter(door(engine, "phone", Role.APPLICANT), shade=MIDDLE)
            assert (await told(events, Happening.JOINED, "phone")).again

    asyncio.run(story())


def test_a_still_is_a_jpeg_of_the_size_the_phone_sends_and_says_when(scene):
    async def story():
        async with RelayEngine() as engine, scene() as people:
            await engine.create_room("s-1")
            await people.enter(
                door(engine, "phone", Role.APPLICANT), shade=LIGHT, width=400, height=300
            )
            async with asyncio.timeout(20):
                return await engine.snapshot("s-1")

    still = asyncio.run(story())
    picture = Image.open(io.BytesIO(still.jpeg))
    assert picture.format == "JPEG"
    assert picture.size == (still.width, still.height) == (400, 300)
    assert timedelta(0) <= datetime.now(UTC) - still.taken_at < timedelta(seconds=20)


def test_a_still_of_nobody_does_not_come():
    async def story():
        async with RelayEngine() as engine:
            await engine.create_room("s-1")
            async with asyncio.timeout(0.1):
                await engine.snapshot("s-1")

    with pytest.raises(TimeoutError):
        asyncio.run(story())


def test_a_phone_that_falls_silent_is_told_of_and_so_is_its_end(scene):
    async def story():
        async with RelayEngine() as engine, scene() as people:
            events = engine.events()
            await engine.create_room("s-1")
            phone = await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            await told(events, Happening.FLOWING, "phone")
            # What a dead network does: nothing is sent any more, not even a goodbye.
            transport = phone.link.getSenders()[0].transport.transport
            send, transport._connection.sendto = transport._connection.sendto, _nowhere
            started = asyncio.get_running_loop().time()
            await told(events, Happening.STALLED, "phone")
            assert asyncio.get_running_loop().time() - started < 5 + BUSY
            assert (await engine.stats("s-1"))[0].quality is Quality.LOST

            transport._connection.sendto = send
            await told(events, Happening.FLOWING, "phone")
            await phone.link.close()
            await told(events, Happening.LEFT, "phone")

    asyncio.run(story())


async def _nowhere(data: bytes, component: int) -> None:
    """A network that is gone."""


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sdp: "",
        lambda sdp: "v=0",
        lambda sdp: "\x00" * 1000,
        lambda sdp: sdp[: len(sdp) // 2],
        lambda sdp: sdp.replace("a=ice-pwd", "a=ice-nothing"),
        lambda sdp: sdp.replace("a=fingerprint:sha-256 ", "a=fingerprint:"),
        lambda sdp: sdp.replace("opus/48000/2", "opus/many"),
        lambda sdp: sdp.replace("a=group:BUNDLE", "a=group:NOTHING"),
        lambda sdp: sdp.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP x"),
        lambda sdp: sdp + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" * 500,
        lambda sdp: sdp + "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n" * 500,
        lambda sdp: sdp + "a=x\r\n" * 100_000,
    ],
)
def test_a_malformed_offer_is_refused_and_closes_nothing(spoil, caller):
    async def story():
        async with RelayEngine() as engine, caller(shade=DARK) as desk:
            await engine.create_room("s-1")
            answer = door(engine, "desk", Role.EXPERT)
            bad = spoil(await desk.offer())
            with pytest.raises(MediaRefused) as refused:
                await answer(bad)
            assert refused.value.code is Refusal.BAD_OFFER
            assert await engine.stats("s-1") == []

    threads = threading.active_count()
    asyncio.run(story())
    assert threading.active_count() == threads


def test_a_malformed_offer_disturbs_neither_the_call_of_others_nor_ones_own(scene):
    async def story():
        async with RelayEngine() as engine, scene() as people:
            await engine.create_room("s-1")
            phone = await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(door(engine, "desk", Role.EXPERT), shade=DARK)
            await desk.sees_more()
            for identity in ("desk", "phone", "stranger"):
                with pytest.raises(MediaRefused):
                    await door(engine, identity, Role.EXPERT)("v=0\r\nm=video nonsense")
            await desk.sees_more()
            await phone.sees_more()
            assert len(await engine.stats("s-1")) == 2

    asyncio.run(story())


def test_a_hundred_joins_of_one_person_leave_one_link(scene, caller):
    async def story():
        async with RelayEngine() as engine, scene() as people:
            await engine.create_room("s-1")
            desk = await people.enter(door(engine, "desk", Role.EXPERT), shade=DARK)
            answer = door(engine, "phone", Role.APPLICANT)
            async with caller(shade=LIGHT) as phone:
                offer = await phone.offer()
                outcomes = await asyncio.gather(
                    *(answer(offer) for _ in range(100)), return_exceptions=True
                )
            for outcome in outcomes:
                assert isinstance(outcome, str) or outcome.code is Refusal.SUPERSEDED
            assert isinstance(outcomes[-1], str)  # the newest counts
            links = await engine.stats("s-1")
            assert [link.identity for link in links] == ["desk", "phone"]

            await people.enter(answer, shade=MIDDLE)
            await desk.sees_shade(MIDDLE)

    threads = threading.active_count()
    asyncio.run(story())
    assert threading.active_count() == threads


def test_a_full_room_and_an_unknown_room_are_refused(scene, caller):
    async def story():
        async with RelayEngine() as engine, caller(shade=None) as expert:
            await engine.create_room("s-1")
            offer = await expert.offer()
            for number in range(8):
                await door(engine, f"expert {number}", Role.EXPERT)(offer)
            with pytest.raises(MediaRefused) as full:
                await door(engine, "one more", Role.EXPERT)(offer)
            with pytest.raises(MediaRefused) as unknown:
                await door(engine, "phone", Role.APPLICANT, room="s-2")(offer)
            await engine.close_room("s-1")
            await engine.close_room("s-1")
            with pytest.raises(MediaRefused):
                await engine.stats("s-1")
            return full.value.code, unknown.value.code

    assert asyncio.run(story()) == (Refusal.FULL, Refusal.UNKNOWN_ROOM)
