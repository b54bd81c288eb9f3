"""Calls that are recorded: from the callers to the files, over real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest

from inspection.media.engine import Role
from inspection.media.recording import Recording
from inspection.media.supervisor import Supervisor
from server.adapters.media import Joined, MediaClient
from tests.inspection.media.doors import ClientDoor

pytestmark = pytest.mark.slow

SECRET = "a secret of this test"
LIGHT, DARK = 200, 50
PATIENCE = 30.0


class Bureau:
    """A supervisor that records into a folder, and the web's client."""

    def __init__(self, supervisor: Supervisor, client: MediaClient, folder: Path) -> None:
        self.supervisor, self.client, self.folder = supervisor, client, folder
        self.joined: list[Joined] = []

    def door(self, identity: str, role: Role) -> ClientDoor:
        return ClientDoor(self.client, identity, role, self.joined)

    def recording(self, identity: str) -> Recording:
        return Recording.read(self.folder / "s-1" / identity)


@pytest.fixture
def least_free() -> int:
    """Bytes that recordings leave free."""
    return 0


@pytest.fixture
def bureau(tmp_path, least_free) -> Iterator[Bureau]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Supervisor(SECRET, ports=[port], recordings=tmp_path, least_free=least_free) as supervisor:
        client = MediaClient(
            f"tcp://127.0.0.1:{port}", SECRET, on_event=lambda _: None, on_epoch=lambda _: None
        )
        client.start()
        yield Bureau(supervisor, client, tmp_path)
        client.close()


async def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)  # files of another process can only be looked at again


def shades(recording: Recording) -> list[int]:
    """The grey of every picture, in order; decoding them shows that they can be."""
    found = []
    for stretch in recording.stretches:
        with av.open(str(stretch.file)) as film:
            found += [bytes(frame.planes[0])[frame.width // 2] for frame in film.decode(video=0)]
    return found


def test_both_sides_of_a_call_are_recorded_each_in_files_of_its_own(packet_path, bureau, scene):
    async def story():
        async with scene() as people:
            phone = await people.enter(bureau.door("phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(bureau.door("desk", Role.EXPERT), shade=DARK)
            await desk.sees_more(45)
            await phone.sees_more(15)
        await asyncio.to_thread(bureau.client.close_room, "s-1")
        await until(lambda: bureau.recording("desk").seconds > 0.5)
        await until(lambda: bureau.recording("phone").seconds > 1)

    asyncio.run(story())
    assert all(joined.recorded for joined in bureau.joined)
    phone, desk = shades(bureau.recording("phone")), shades(bureau.recording("desk"))
    assert len(phone) >= 25
    assert all(abs(shade - LIGHT) < 12 for shade in phone)
    assert all(abs(shade - DARK) < 12 for shade in desk)


@pytest.mark.parametrize("least_free", [10**18])
def test_on_a_disk_without_room_the_call_goes_on_and_says_that_it_is_not_recorded(bureau, scene):
    async def story():
        async with scene() as people:
            await people.enter(bureau.door("phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(bureau.door("desk", Role.EXPERT), shade=DARK)
            await desk.sees_more(45)
        await asyncio.to_thread(bureau.client.close_room, "s-1")
        await until(lambda: bureau.recording("phone").missing)

    asyncio.run(story())
    load = bureau.client.load
    assert load.disk_full
    assert 0 < load.disk_free < 10**18
    assert bureau.recording("phone").stretches == ()
    assert {gap.cause for gap in bureau.recording("phone").missing} == {"disk: almost full"}


def test_a_recording_goes_on_with_the_next_worker_after_the_first_was_killed(bureau, scene):
    async def story():
        async with scene() as people:
            await people.enter(bureau.door("phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(bureau.door("desk", Role.EXPERT), shade=DARK)
            await desk.sees_more(30)
            os.kill(bureau.supervisor.pids()[0], signal.SIGKILL)
            await people.enter(bureau.door("phone", Role.APPLICANT), shade=DARK)
            desk = await people.enter(bureau.door("desk", Role.EXPERT), shade=LIGHT)
            await desk.sees_more(30)
        await asyncio.to_thread(bureau.client.close_room, "s-1")
        await until(lambda: len(bureau.recording("phone").stretches) >= 2)

    asyncio.run(story())
    recording = bureau.recording("phone")
    (gap,) = [one for one in recording.missing if one.cause == "worker ended"]
    assert 0 < (gap.ends_at - gap.begins_at).total_seconds() < 15
    seen = shades(recording)
    assert abs(seen[0] - LIGHT) < 12
    assert abs(seen[-1] - DARK) < 12


def test_a_supervisor_without_a_folder_says_that_nothing_is_recorded(scene):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def story():
        async with scene() as people:
            await people.enter(bureau.door("phone", Role.APPLICANT), shade=LIGHT)

    with Supervisor(SECRET, ports=[port]) as supervisor:
        client = MediaClient(
            f"tcp://127.0.0.1:{port}", SECRET, on_event=lambda _: None, on_epoch=lambda _: None
        )
        client.start()
        bureau = Bureau(supervisor, client, Path())
        asyncio.run(story())
        client.close()
    assert [joined.recorded for joined in bureau.joined] == [False]
