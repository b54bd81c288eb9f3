"""What is Janus's alone: that it is missing, that it dies, and what is left of it then."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from inspection.media import wire
from inspection.media.engine import EngineName, Happening, MediaRefused, Quality, Refusal, Role
from inspection.media.janus.carrier import JanusCarrier
from inspection.media.janus.client import Conversation
from inspection.media.janus.program import Program
from inspection.media.rooms import Rooms
from inspection.media.supervisor import Supervisor
from server.adapters.media import MediaClient
from server.demo.show import free_port
from tests.inspection.media.doors import ClientDoor, EngineDoor

SECRET = "a secret of this test"
LIGHT, DARK = 200, 50


class Bureau:
    """A worker with Janus under a supervisor, and the web's client."""

    def __init__(self, supervisor: Supervisor, client: MediaClient) -> None:
        self.supervisor, self.client = supervisor, client

    @property
    def janus(self) -> int:
        """Its process, as long as the worker has it."""
        return janus_of(self.supervisor.pids()[0])

    async def call(self, people, *, shade: int) -> None:
        """A phone and a desk come in, and see each other."""
        phone = await people.enter(ClientDoor(self.client, "phone", Role.APPLICANT), shade=shade)
        desk = await people.enter(ClientDoor(self.client, "desk", Role.EXPERT), shade=DARK)
        await desk.sees_shade(shade)
        await phone.sees_shade(DARK)


def janus_of(parent: int) -> int:
    """The Janus that a process has started."""
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        if Path(f"/proc/{child}/comm").read_text() == "janus\n":
            return int(child)
    raise AssertionError("it has no Janus")


@pytest.fixture
def bureau(janus) -> Iterator[Bureau]:
    port = free_port()
    with Supervisor(SECRET, ports=[port], engine=EngineName.JANUS) as supervisor:
        client = MediaClient(
            f"tcp://127.0.0.1:{port}", SECRET, on_event=lambda _: None, on_epoch=lambda _: None
        )
        client.start()
        until(lambda: client.epoch)
        yield Bureau(supervisor, client)
        client.close()


def until(true, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("program", ["supervisor", "worker"])
def test_a_machine_without_janus_says_what_to_install(program, tmp_path):
    command = [sys.executable, "-m", f"inspection.media.{program}", "--port", "1"]
    command += ["--engine", "janus", *(["--epoch", "1"] if program == "worker" else [])]
    said = subprocess.run(
        command,
        env={**os.environ, wire.SECRET_VARIABLE: SECRET, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert said.returncode == 2
    assert "janus_missing: " in said.stderr
    assert "apt-get install janus" in said.stderr


def test_a_call_comes_back_by_a_new_worker_after_janus_has_died(bureau, scene):
    async def story() -> None:
        async with scene() as people:
            await bureau.call(people, shade=LIGHT)
            before = bureau.client.epoch
            os.kill(bureau.janus, signal.SIGKILL)
            await asyncio.to_thread(until, lambda: bureau.client.epoch > before)
        async with scene() as people:
            await bureau.call(people, shade=DARK)

    asyncio.run(story())


def test_a_killed_worker_leaves_no_janus_behind(bureau):
    left = bureau.janus
    os.kill(bureau.supervisor.pids()[0], signal.SIGKILL)
    until(lambda: not Path(f"/proc/{left}").exists())


@pytest.mark.parametrize("what", ["nothing", "something else"])
def test_whoever_does_not_answer_as_janus_does_is_not_spoken_to(what):
    async def story() -> None:
        async with AsyncExitStack() as stack:
            port = free_port()
            if what == "something else":
                other = await asyncio.start_server(_babbles, "127.0.0.1", port)
                await stack.enter_async_context(other)
            with pytest.raises(OSError, match="no Janus at"):
                await Conversation(f"ws://127.0.0.1:{port}").__aenter__()

    asyncio.run(story())


async def _babbles(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example\r\n" * 10)
    await writer.drain()
    writer.close()


def test_janus_refuses_by_number_and_once_it_is_gone_everything_is_refused(janus):
    async def story() -> None:
        program = Program()
        await program.start()
        async with Conversation(program.calls, secret=program.secret) as calls:
            handle = await calls.attach(lambda _: None)
            assert "list" in (await handle.ask({"request": "list"})).data
            with pytest.raises(MediaRefused, match="Janus: 423"):
                await handle.ask({"request": "nonsense"})
            await program.stop()
            await calls.lost.wait()
            with pytest.raises(MediaRefused) as later:
                await handle.ask({"request": "list"})
            assert later.value.code is Refusal.BUSY

    asyncio.run(story())


def test_janus_checks_every_way_and_notices_one_that_has_gone(janus):
    """It takes 55 s, which nobody waits for here."""

    async def story() -> dict[str, object]:
        program = Program()
        await program.start()
        try:
            async with Conversation(program.calls, secret=program.secret) as calls:
                return await calls.ask({"janus": "info"})
        finally:
            await program.stop()

    assert asyncio.run(story())["ice-keepalive-conncheck"] is True


def test_who_shows_nothing_any_more_stays_in_the_call(janus, scene, monkeypatch):
    monkeypatch.setattr("inspection.media.room.GONE_SECONDS", 0.5)
    monkeypatch.setattr("inspection.media.room.STALLED_SECONDS", 1.0)

    async def story() -> list[str]:
        async with Rooms(JanusCarrier()) as engine, scene() as people:
            events = engine.events()
            await engine.create_room("s-1")
            phone = await people.enter(EngineDoor(engine, "phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(EngineDoor(engine, "desk", Role.EXPERT), shade=None)
            await desk.sees_shade(LIGHT)
            for sender in phone.link.getSenders():
                sender.replaceTrack(None)
            async with asyncio.timeout(10):
                while (await anext(events)).happening is not Happening.STALLED:
                    pass
            return [link.identity for link in await engine.stats("s-1")]

    assert asyncio.run(story()) == ["phone", "desk"]


class LateDoor(EngineDoor):
    """Answers what was offered only when told to."""

    async def answer(self, sdp: str, ticket: str) -> None:
        self.late = lambda: super(LateDoor, self).answer(sdp, ticket)


def test_an_answer_meets_no_later_join_and_may_be_given_twice(janus, scene):
    async def story() -> Refusal:
        async with Rooms(JanusCarrier()) as engine, scene() as people:
            await engine.create_room("s-1")
            await people.enter(EngineDoor(engine, "phone", Role.APPLICANT), shade=LIGHT)
            first, second = (LateDoor(engine, "desk", Role.EXPERT) for _ in range(2))
            await people.enter(first, shade=DARK)
            desk = await people.enter(second, shade=DARK)
            with pytest.raises(MediaRefused) as no:
                await first.late()
            await asyncio.gather(second.late(), second.late())
            await desk.sees_shade(LIGHT)
            await second.late()
            await desk.sees_more()
            return no.value.code

    assert asyncio.run(story()) is Refusal.SUPERSEDED


def test_an_answer_that_was_cut_short_is_given_again(janus, scene):
    async def story() -> None:
        async with Rooms(JanusCarrier()) as engine, scene() as people:
            await engine.create_room("s-1")
            await people.enter(EngineDoor(engine, "phone", Role.APPLICANT), shade=LIGHT)
            door = LateDoor(engine, "desk", Role.EXPERT)
            desk = await people.enter(door, shade=DARK)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):  # Janus has been asked, and nobody hears it
                    await door.late()
            await door.late()
            await desk.sees_shade(LIGHT)

    asyncio.run(story())


def test_without_the_secret_janus_tells_nothing(janus):
    async def story() -> None:
        program = Program()
        await program.start()
        try:
            with pytest.raises(OSError, match="403"):
                await Conversation(program.calls).__aenter__()
        finally:
            await program.stop()

    asyncio.run(story())


def test_janus_is_asked_for_signs_of_life_and_goes_on_living(janus, monkeypatch):
    monkeypatch.setattr("inspection.media.janus.client.ALIVE_SECONDS", 0.1)
    monkeypatch.setattr("inspection.media.janus.client.ANSWER_SECONDS", 1.0)

    async def story() -> None:
        program = Program()
        await program.start()
        try:
            async with Conversation(program.calls, secret=program.secret) as calls:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(calls.lost.wait(), 1.5)
        finally:
            await program.stop()

    asyncio.run(story())


def test_one_late_answer_ends_no_call(janus, monkeypatch):
    async def story() -> None:
        program = Program()
        await program.start()
        try:
            async with Conversation(program.calls, secret=program.secret) as calls:
                handle = await calls.attach(lambda _: None)
                monkeypatch.setattr("inspection.media.janus.client.ANSWER_SECONDS", 0.3)
                os.kill(janus_of(os.getpid()), signal.SIGSTOP)
                with pytest.raises(MediaRefused) as late:
                    await handle.ask({"request": "list"})
                os.kill(janus_of(os.getpid()), signal.SIGCONT)
                assert late.value.code is Refusal.TOO_LATE
                monkeypatch.undo()
                assert "list" in (await handle.ask({"request": "list"})).data
        finally:
            await program.stop()

    asyncio.run(story())


def test_janus_that_no_longer_tells_its_counters_is_lost_as_a_whole(janus):
    async def story() -> None:
        lost = asyncio.Event()
        carrier = JanusCarrier(on_lost=lost.set)
        await carrier.begin(lambda: None)
        try:
            await carrier._administration.close()
            async with asyncio.timeout(5):
                await lost.wait()
        finally:
            await carrier.end()

    asyncio.run(story())


def test_nobody_counts_as_silent_while_janus_tells_no_counters(janus, scene, monkeypatch):
    monkeypatch.setattr("inspection.media.janus.carrier.LOOK_SECONDS", 0.1)
    asked = 0

    async def untold(carrier: JanusCarrier, handle: object) -> None:
        nonlocal asked
        asked += 1
        raise MediaRefused(Refusal.TOO_LATE) if asked % 2 else KeyError("something unheard of")

    async def story() -> Quality:
        async with Rooms(JanusCarrier()) as engine, scene() as people:
            await engine.create_room("s-1")
            phone = await people.enter(EngineDoor(engine, "phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(EngineDoor(engine, "desk", Role.EXPERT), shade=DARK)
            await desk.sees_shade(LIGHT)
            await phone.sees_shade(DARK)
            monkeypatch.setattr(JanusCarrier, "_info", untold)
            monkeypatch.setattr("inspection.media.quality.STALLED_SECONDS", 0.5)
            await asyncio.sleep(1.0)
            assert asked > 4  # and one that failed was not the last
            return (await engine.stats("s-1"))[0].quality

    assert asyncio.run(story()) is Quality.GOOD
