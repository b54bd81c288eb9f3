from __future__ import annotations

import asyncio
import io
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from aiortc import RTCRtpSender
from PIL import Image

from inspection.media.engine import (
    Ability,
    Description,
    Happening,
    MediaRefused,
    Quality,
    Refusal,
    Role,
    RoomKind,
)
from inspection.media.room import KEPT_FREE, MOST_PEERS
from tests.inspection.media.doors import EngineDoor as door

LIGHT, DARK, MIDDLE, GREY = 200, 50, 120, 85

#: Seconds that a busy test machine may add to a promise of the product.
BUSY = 3


async def told(events, happening: Happening, identity: str):
    async with asyncio.timeout(20):
        async for event in events:
            if event.happening is happening and event.identity == identity:
                return event
    raise AssertionError("the engine stopped telling")


def test_applicant_and_expert_see_and_hear_each_other(new_engine, scene):
    async def story():
        async with new_engine() as engine, scene() as people:
            await engine.create_room("s-1")
            phone = await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(door(engine, "desk", Role.EXPERT), shade=DARK)
            await desk.sees_shade(LIGHT)
            await phone.sees_shade(DARK)
            await desk.hears_more()
            await phone.hears_more()

    asyncio.run(story())


def test_an_expert_who_comes_late_and_shows_nothing_still_sees_the_applicant(new_engine, scene):
    async def story():
        async with new_engine() as engine, scene() as people:
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


def test_a_phone_that_comes_back_is_seen_without_anybody_else_joining_again(new_engine, scene):
    async def story():
        async with new_engine() as engine, scene() as people:
            events = engine.events()
            await engine.create_room("s-1")
            first = await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(door(engine, "desk", Role.EXPERT), shade=DARK)
            await desk.sees_shade(LIGHT)
            assert not (await told(events, Happening.JOINED, "phone")).again

            await first.hang_up()
            second = await people.enter(door(engine, "phone", Role.APPLICANT), shade=MIDDLE)
            await desk.sees_shade(MIDDLE)
            await desk.hears_more()
            await second.sees_shade(DARK)
            assert len(await engine.stats("s-1")) == 2

    asyncio.run(story())


def test_a_link_that_is_replaced_while_alive_tells_that_it_joined_again(new_engine, scene):
    async def story():
        async with new_engine() as engine, scene() as people:
            events = engine.events()
            await engine.create_room("s-1")
            await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            await told(events, Happening.FLOWING, "phone")
            await people.enter(door(engine, "phone", Role.APPLICANT), shade=MIDDLE)
            assert (await told(events, Happening.JOINED, "phone")).again

    asyncio.run(story())


def test_in_a_joint_inspection_everybody_sees_and_hears_everybody(new_engine, scene):
    async def story():
        async with new_engine() as engine, scene() as people:
            events = engine.events()
            await engine.create_room("s-1")
            phone = await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT, others=1)
            fire = await people.enter(door(engine, "fire", Role.EXPERT), shade=DARK, others=1)
            await fire.sees_shade(LIGHT)
            water = await people.enter(door(engine, "water", Role.EXPERT), shade=MIDDLE, others=1)
            await water.sees_shade(LIGHT)
            await water.sees_shade(DARK, seat=1)
            await fire.sees_shade(MIDDLE, seat=1)
            await phone.sees_shade(DARK)
            await phone.sees_shade(MIDDLE, seat=1)
            assert (await told(events, Happening.SEATED, "phone")).sees == ("fire", "")
            assert (await told(events, Happening.SEATED, "phone")).sees == ("fire", "water")

            # one of them comes back with another picture: in everybody's same seat
            await fire.hang_up()
            await people.enter(door(engine, "fire", Role.EXPERT), shade=GREY, others=1)
            await water.sees_shade(GREY, seat=1)

    asyncio.run(story())


def test_an_observer_sees_and_hears_applicant_and_expert_and_may_not_speak(
    new_engine, scene, caller
):
    async def story():
        async with new_engine() as engine, scene() as people, caller(shade=GREY) as loud:
            await engine.create_room("s-1")
            await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(door(engine, "desk", Role.EXPERT), shade=DARK)
            quiet = await people.enter(door(engine, "citizen", Role.OBSERVER), shade=None, others=1)
            await quiet.sees_shade(LIGHT)
            await quiet.sees_shade(DARK, seat=1)
            await quiet.hears_more()
            with pytest.raises(MediaRefused) as refused:
                await door(engine, "loud", Role.OBSERVER)(await loud.offer())
            assert refused.value.code is Refusal.BAD_OFFER
            await desk.sees_shade(LIGHT)  # whom nobody sees changes nothing for others

    asyncio.run(story())


def test_in_a_guidance_room_many_watch_one_expert(new_engine, scene):
    async def story():
        async with new_engine() as engine, scene() as people:
            await engine.create_room("s-1", kind=RoomKind.GUIDANCE)
            early = await people.enter(door(engine, "early", Role.OBSERVER), shade=None)
            await people.enter(door(engine, "speaker", Role.EXPERT), shade=DARK)
            late = await people.enter(door(engine, "late", Role.OBSERVER), shade=None)
            await early.sees_shade(DARK)
            await late.sees_shade(DARK)
            await late.hears_more()

    asyncio.run(story())


def test_a_still_is_a_jpeg_of_the_size_the_phone_sends_and_says_when(new_engine, scene):
    async def story():
        async with new_engine() as engine, scene() as people:
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


def test_a_still_of_nobody_does_not_come(new_engine):
    async def story():
        async with new_engine() as engine:
            await engine.create_room("s-1")
            async with asyncio.timeout(0.1):
                await engine.snapshot("s-1")

    with pytest.raises(TimeoutError):
        asyncio.run(story())


def test_a_phone_that_falls_silent_is_told_of_and_so_is_its_end(new_engine, scene):
    async def story():
        async with new_engine() as engine, scene() as people:
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
            await phone.hang_up()
            await told(events, Happening.LEFT, "phone")

    asyncio.run(story())


def assert_soon(true: Callable[[], bool]) -> None:
    """Within a second: whoever waits for the end of a process that has ended is a thread, too."""
    deadline = time.monotonic() + 1
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


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
def test_a_malformed_offer_is_refused_and_closes_nothing(new_engine, spoil, caller):
    async def story():
        async with new_engine() as engine, caller(shade=DARK) as desk:
            await engine.create_room("s-1")
            answer = door(engine, "desk", Role.EXPERT)
            bad = spoil(await desk.offer())
            with pytest.raises(MediaRefused) as refused:
                await answer(bad)
            assert refused.value.code is Refusal.BAD_OFFER
            assert await engine.stats("s-1") == []

    threads = threading.active_count()
    asyncio.run(story())
    assert_soon(lambda: threading.active_count() == threads)


def test_a_malformed_offer_disturbs_neither_the_call_of_others_nor_ones_own(new_engine, scene):
    async def story():
        async with new_engine() as engine, scene() as people:
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


def test_address_checks_that_make_no_sense_disturb_nobody(new_engine, scene):
    def check(kind: int, *attributes: tuple[int, bytes]) -> bytes:
        body = b"".join(
            struct.pack("!HH", number, len(value)) + value + bytes(-len(value) % 4)
            for number, value in attributes
        )
        return struct.pack("!HHI", kind, len(body), 0x2112A442) + os.urandom(12) + body

    async def story():
        async with new_engine() as engine, scene() as people:
            await engine.create_room("s-1")
            phone = await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(door(engine, "desk", Role.EXPERT), shade=DARK)
            await desk.sees_more()
            candidate = phone.link.remoteDescription.sdp.split("a=candidate:")[1].split()
            name = phone.link.remoteDescription.sdp.split("a=ice-ufrag:")[1].split()[0]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
                for _ in range(50):
                    for spoilt in (
                        check(0x0001, (0x0006, f"{name}:x".encode()), (0x0024, b"\0")),
                        check(0x0001, (0x0006, f"{name}:x".encode()), (0x8028, b"\0")),
                        check(0x0101, (0x0020, b"\0\1")),
                        check(0x0111),
                    ):
                        stranger.sendto(spoilt, (candidate[4], int(candidate[5])))
            await desk.sees_more()
            late = await people.enter(door(engine, "late", Role.EXPERT), shade=None)
            await late.sees_shade(LIGHT)

    asyncio.run(story())


def test_a_phone_without_vp8_is_seen_or_told_that_this_engine_cannot_show_it(
    new_engine, scene, caller
):
    async def story():
        async with new_engine() as engine, scene() as people, caller(shade=LIGHT) as phone:
            await engine.create_room("s-1")
            desk = await people.enter(door(engine, "desk", Role.EXPERT), shade=DARK)
            known = RTCRtpSender.getCapabilities("video").codecs
            h264 = [codec for codec in known if codec.mimeType == "video/H264"]
            video = next(each for each in phone.link.getTransceivers() if each.kind == "video")
            video.setCodecPreferences(h264)
            if Ability.H264 in engine.abilities:
                await phone.join(door(engine, "phone", Role.APPLICANT))
                await desk.sees_shade(LIGHT)
                return
            with pytest.raises(MediaRefused) as refused:
                await phone.join(door(engine, "phone", Role.APPLICANT))
            assert refused.value.code is Refusal.BAD_OFFER

    asyncio.run(story())


def test_a_hundred_joins_of_one_person_leave_one_link(new_engine, scene, caller):
    async def story():
        async with new_engine() as engine, scene() as people:
            await engine.create_room("s-1")
            desk = await people.enter(door(engine, "desk", Role.EXPERT), shade=DARK)
            answer = door(engine, "phone", Role.APPLICANT)
            async with caller(shade=LIGHT) as phone:
                offer = await phone.offer()
                outcomes = await asyncio.gather(
                    *(answer(offer) for _ in range(100)), return_exceptions=True
                )
            for outcome in outcomes:
                assert isinstance(outcome, Description) or outcome.code is Refusal.SUPERSEDED
            assert isinstance(outcomes[-1], Description)  # the newest counts
            links = await engine.stats("s-1")
            assert [link.identity for link in links] == ["desk", "phone"]

            await people.enter(answer, shade=MIDDLE)
            await desk.sees_shade(MIDDLE)

    threads = threading.active_count()
    asyncio.run(story())
    assert_soon(lambda: threading.active_count() == threads)


def test_a_room_that_is_opened_anew_while_it_is_closed_stays_open(new_engine, scene):
    async def story():
        async with new_engine() as engine, scene() as people:
            await engine.create_room("s-1")
            await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            await asyncio.gather(engine.close_room("s-1"), engine.create_room("s-1"))
            phone = await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(door(engine, "desk", Role.EXPERT), shade=DARK)
            await desk.sees_shade(LIGHT)
            await phone.sees_shade(DARK)

    asyncio.run(story())


def test_observers_leave_places_to_those_who_speak(new_engine, caller):
    async def story():
        async with new_engine() as engine, caller(shade=None) as one:
            await engine.create_room("s-1")
            offer = await one.offer()
            for number in range(MOST_PEERS[RoomKind.INSPECTION] - KEPT_FREE):
                await door(engine, f"observer {number}", Role.OBSERVER)(offer)
            with pytest.raises(MediaRefused) as full:
                await door(engine, "one observer more", Role.OBSERVER)(offer)
            await door(engine, "expert", Role.EXPERT)(offer)
            return full.value.code

    assert asyncio.run(story()) == Refusal.FULL


def test_a_full_room_and_an_unknown_room_are_refused(new_engine, scene, caller):
    async def story():
        async with new_engine() as engine, caller(shade=None) as expert:
            await engine.create_room("s-1")
            offer = await expert.offer()
            for number in range(MOST_PEERS[RoomKind.INSPECTION]):
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
