"""How much an engine takes, and the figures it gives of what it carries."""

from __future__ import annotations

import asyncio
import time

import pytest

from inspection.media import rooms
from inspection.media.engine import MediaRefused, Refusal, Role
from inspection.media.peer import PassThrough
from inspection.media.rooms import Rooms
from tests.inspection.media.doors import EngineDoor as door

LIGHT, DARK = 200, 50


async def until(true, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 (the engine tells nobody how busy it is)
            await asyncio.sleep(0.02)


def test_a_full_engine_refuses_a_new_call_and_takes_back_a_running_one(monkeypatch):
    monkeypatch.setattr(rooms, "MOST_ROOMS", 2)
    monkeypatch.setattr(rooms, "MOST_RUNNING", 3)

    async def story():
        async with Rooms(PassThrough()) as engine:
            await engine.create_room("s-1")
            assert engine.load().fits == 1
            await engine.create_room("s-2")
            assert engine.load().fits == 0

            with pytest.raises(MediaRefused) as refused:
                await engine.create_room("s-3")
            assert refused.value.code is Refusal.FULL
            await engine.create_room("s-1")  # it is open
            await engine.create_room("s-3", running=True)
            with pytest.raises(MediaRefused):
                await engine.create_room("s-4", running=True)

            await engine.close_room("s-2")
            await engine.close_room("s-3")
            assert engine.load().fits == 1

    asyncio.run(story())


@pytest.mark.parametrize(("limit", "reached"), [("FULL_CPU", 0.0), ("MOST_LINKS", 0)])
def test_a_busy_process_takes_no_new_call_and_those_that_run_are_joined_all_the_same(
    monkeypatch, scene, limit, reached
):
    async def story():
        async with Rooms(PassThrough()) as engine, scene() as people:
            await engine.create_room("s-1")
            monkeypatch.setattr(rooms, limit, reached)

            with pytest.raises(MediaRefused, match=r"0 links, .*% of a core"):
                await engine.create_room("s-2")
            assert engine.load().fits == 0
            phone = await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            await people.enter(door(engine, "desk", Role.EXPERT), shade=DARK)
            await phone.sees_shade(DARK)

    asyncio.run(story())


def test_what_a_process_computes_is_counted_as_its_load_and_forgotten_again(monkeypatch):
    monkeypatch.setattr(rooms, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(rooms, "CPU_SECONDS", 0.2)

    async def story():
        async with Rooms(PassThrough()) as engine:
            used = time.process_time() + 0.15
            while time.process_time() < used:
                pass
            await until(lambda: engine.load().cpu > 0.1)
            await until(lambda: engine.load().cpu < 0.1)

    asyncio.run(story())


def test_a_room_that_nobody_is_in_is_forgotten_and_one_with_somebody_is_not(monkeypatch, scene):
    monkeypatch.setattr(rooms, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(rooms, "EMPTY_SECONDS", 0.2)

    async def story():
        async with Rooms(PassThrough()) as engine, scene() as people:
            await engine.create_room("s-1")
            await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            await engine.create_room("s-2")
            await until(lambda: engine.load().rooms == 1)
            assert [link.identity for link in await engine.stats("s-1")] == ["phone"]

            await engine.leave("s-1", "phone")
            await until(lambda: engine.load().rooms == 0)

    asyncio.run(story())


def test_a_link_tells_what_comes_from_it_and_what_goes_to_it(monkeypatch, scene):
    monkeypatch.setattr(rooms, "LOOK_SECONDS", 0.1)

    async def story():
        async with Rooms(PassThrough()) as engine, scene() as people:
            await engine.create_room("s-1")
            await people.enter(door(engine, "phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(door(engine, "desk", Role.EXPERT), shade=None)
            await desk.sees_more(8)
            await asyncio.sleep(3 * rooms.LOOK_SECONDS)
            links = {link.identity: link for link in (await engine.stats_of_all())["s-1"]}
            return links["phone"], links["desk"], engine.load()

    phone, desk, load = asyncio.run(story())
    assert phone.frames >= 8
    assert phone.bits_in > 1_000  # of one shade, it takes few
    assert phone.bits_in > phone.bits_out  # the desk shows nothing
    assert desk.bits_out > 1_000
    assert 0 <= phone.jitter < 1
    assert phone.recovered == 0  # nothing is lost on this machine
    assert (desk.frames, desk.width) == (0, 0)
    assert (load.rooms, load.links) == (1, 2)
    assert load.packets > 16
    assert load.cpu >= 0


def test_what_a_worker_uses_is_shared_out_among_its_calls_by_their_packets(monkeypatch, scene):
    monkeypatch.setattr(rooms, "LOOK_SECONDS", 0.1)

    async def story():
        async with Rooms(PassThrough()) as engine, scene() as people:
            for room in ("busy", "quiet"):
                await engine.create_room(room)
            await people.enter(door(engine, "phone", Role.APPLICANT, "busy"), shade=LIGHT)
            desk = await people.enter(door(engine, "desk", Role.EXPERT, "busy"), shade=None)
            await people.enter(door(engine, "waiting", Role.EXPERT, "quiet"), shade=None)
            await desk.sees_more(8)
            used = time.process_time() + 0.15
            while time.process_time() < used:
                pass
            await until(lambda: engine.load().cpu > 0)
            calls = await engine.stats_of_all()
            return {name: sum(link.cpu for link in links) for name, links in calls.items()}, (
                engine.load().cpu
            )

    used, altogether = asyncio.run(story())
    assert used["busy"] > used["quiet"] >= 0
    assert sum(used.values()) == pytest.approx(altogether, abs=0.001)
