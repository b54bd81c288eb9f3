"""A real worker process, its supervisor and the web's client, over a real loopback socket."""

from __future__ import annotations

import asyncio
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from inspection.media import supervisor as supervising
from inspection.media import wire
from inspection.media.engine import Event, Happening, Role
from inspection.media.lifeline import BEAT_SECONDS
from inspection.media.supervisor import Supervisor
from server.adapters.media import MediaClient, OfferRefused
from server.demo.show import free_port
from server.errors import MediaUnavailable, NoPicture
from tests.inspection.media.doors import ClientDoor

SECRET = "a secret of this test"
LIGHT, DARK = 200, 50

#: Seconds that a busy test machine may add to a promise of the product.
BUSY = 3


class Web:
    """The web process: a client and what it was told."""

    def __init__(self, port: int, *, secret: str = SECRET) -> None:
        self.epochs: queue.Queue[int] = queue.Queue()
        self.events: queue.Queue[Event] = queue.Queue()
        self.client = MediaClient(
            f"tcp://127.0.0.1:{port}",
            secret,
            on_event=self.events.put,
            on_epoch=self.epochs.put,
        )
        self.client.start()

    def door(self, identity: str, role: Role):
        return ClientDoor(self.client, identity, role)

    def told(self, happening: Happening, identity: str) -> Event:
        while True:
            event = self.events.get(timeout=20)
            if (event.happening, event.identity) == (happening, identity):
                return event


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def supervisor(port) -> Iterator[Supervisor]:
    with Supervisor(SECRET, ports=[port]) as running:
        yield running


@pytest.fixture
def web(supervisor, port) -> Iterator[Web]:
    web = Web(port)
    web.epochs.get(timeout=20)
    yield web
    web.client.close_room("s-1")
    web.client.close()


def test_a_call_goes_through_the_worker_and_the_web_is_told(web, scene):
    async def story():
        async with scene() as people:
            await people.enter(web.door("phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(web.door("desk", Role.EXPERT), shade=DARK)
            await desk.sees_shade(LIGHT)
            still = await asyncio.to_thread(web.client.snapshot, "s-1")
            links = await asyncio.to_thread(web.client.stats, "s-1")
            await asyncio.to_thread(web.client.leave, "s-1", "desk")
            return still, links

    still, links = asyncio.run(story())
    assert still.jpeg.startswith(b"\xff\xd8")
    assert (still.width, still.height) == (320, 240)
    assert {link.identity: link.role for link in links} == {
        "phone": Role.APPLICANT,
        "desk": Role.EXPERT,
    }
    assert web.told(Happening.JOINED, "phone").role is Role.APPLICANT
    assert web.told(Happening.SEATED, "phone").sees == ("desk",)
    assert web.told(Happening.LEFT, "desk").room == "s-1"


def test_a_killed_worker_is_started_again_and_the_call_goes_on_within_five_seconds(
    web, supervisor, scene
):
    async def story():
        async with scene() as people:
            await people.enter(web.door("phone", Role.APPLICANT), shade=LIGHT)
            desk = await people.enter(web.door("desk", Role.EXPERT), shade=DARK)
            await desk.sees_shade(LIGHT)
            before = web.client.epoch

            os.kill(supervisor.pids()[0], signal.SIGKILL)
            started = asyncio.get_running_loop().time()
            after = await asyncio.to_thread(web.epochs.get, timeout=20)
            await people.enter(web.door("phone", Role.APPLICANT), shade=DARK)
            desk = await people.enter(web.door("desk", Role.EXPERT), shade=LIGHT)
            await desk.sees_shade(DARK)
            return before, after, asyncio.get_running_loop().time() - started

    before, after, seconds = asyncio.run(story())
    assert after > before
    assert seconds < 5 + BUSY


def test_joining_while_the_worker_is_away_waits_for_the_next_one(web, supervisor, scene):
    async def story():
        async with scene() as people:
            os.kill(supervisor.pids()[0], signal.SIGKILL)
            phone = await people.enter(web.door("phone", Role.APPLICANT), shade=LIGHT)
            await people.enter(web.door("desk", Role.EXPERT), shade=DARK)
            await phone.sees_shade(DARK)

    asyncio.run(story())


def test_a_worker_that_hangs_keeps_no_request_waiting_beyond_its_deadline(web, supervisor):
    (pid,) = supervisor.pids()
    os.kill(pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        with pytest.raises(MediaUnavailable):
            web.client.stats("s-1")
        assert time.monotonic() - started < 5 + BUSY
    finally:
        os.kill(pid, signal.SIGCONT)
    assert web.client.stats("s-1") == []


def test_a_worker_that_hangs_for_good_is_replaced_and_joining_works_again(
    web, supervisor, scene, monkeypatch
):
    monkeypatch.setattr(supervising, "HANG_SECONDS", 2.0)  # from the worker's next beat on
    time.sleep(2 * BEAT_SECONDS)
    (hanging,) = supervisor.pids()
    before = web.client.epoch
    os.kill(hanging, signal.SIGSTOP)

    assert web.epochs.get(timeout=20) > before
    assert supervisor.pids() != [hanging]

    async def story():
        async with scene() as people:
            phone = await people.enter(web.door("phone", Role.APPLICANT), shade=LIGHT)
            await people.enter(web.door("desk", Role.EXPERT), shade=DARK)
            await phone.sees_shade(DARK)

    asyncio.run(story())


def test_a_malformed_offer_is_refused_by_the_worker_and_the_next_is_answered(web, scene):
    with pytest.raises(OfferRefused) as refused:
        web.client.join("s-1", "phone", Role.APPLICANT, "v=0")
    assert refused.value.code == "offer_refused"
    with pytest.raises(OfferRefused):
        web.client.join("s-1", "phone", Role.APPLICANT, "v" * 70_000)
    with pytest.raises(OfferRefused):
        web.client.join("s-1", "phone", Role.APPLICANT, "v" * wire.LONGEST_REQUEST)
    with pytest.raises(OfferRefused):
        web.client.join("s-1", "", Role.APPLICANT, "v=0")
    assert web.client.stats("s-1") == []


def test_a_room_nobody_opened_has_no_picture_and_nobody_in_it(web):
    with pytest.raises(NoPicture):
        web.client.snapshot("s-9")
    assert web.client.stats("s-9") == []
    web.client.leave("s-9", "phone")
    web.client.close_room("s-9")


def test_many_threads_ask_at_once_and_each_gets_its_own_answer(web):
    wrong: list[BaseException] = []

    def open_and_look(number: int) -> None:
        try:
            web.client.create_room(f"room {number}")
            assert web.client.stats(f"room {number}") == []
            web.client.close_room(f"room {number}")
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=open_and_look, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_without_a_worker_the_web_says_so_in_time(port):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        web = Web(free.getsockname()[1])  # bound, but nobody listens
        web.client.close()
        with pytest.raises(MediaUnavailable):
            web.client._ask("stats", 0.1, room="s-1")
    assert web.client.epoch == 0


class Stranger:
    """Someone on this machine who speaks to the control socket by hand."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._lines = self._socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._socket.close()

    def says(self, line: bytes) -> None:
        self._socket.sendall(line)

    def hears(self) -> dict:
        while line := self._lines.readline():
            message = wire.unpack(line)
            if message.keys() != {"load"}:  # a sign of life
                return message
        return {}

    def introduces_itself(self, secret: str) -> dict:
        nonce = self.hears()["nonce"]
        self.says(wire.pack({"nonce": "mine", "proof": wire.proof(secret, of="web", nonce=nonce)}))
        return self.hears()


def test_who_does_not_know_the_secret_is_not_answered(web, port):
    with Stranger(port) as stranger:
        assert stranger.introduces_itself("a guess") == {}
    with Stranger(port) as stranger:
        stranger.hears()
        stranger.says(b'{"id": 1, "do": "stats", "seconds": 1, "room": "s-1"}\n')
        assert stranger.hears() == {}
    assert web.client.stats("s-1") == []


def test_a_client_does_not_trust_a_worker_without_the_secret(supervisor, port):
    web = Web(port, secret="another secret")
    with pytest.raises(MediaUnavailable):
        web.client._ask("stats", 0.3, room="s-1")
    web.client.close()


def test_nonsense_on_the_control_socket_is_refused_line_by_line(web, port):
    with Stranger(port) as stranger:
        welcome = stranger.introduces_itself(SECRET)
        assert wire.proven(SECRET, welcome["proof"], of="worker", nonce="mine")

        stranger.says(b"not json\n")
        assert stranger.hears()["refused"]["code"] == "bad_request"
        stranger.says(b"[1]\n")
        assert stranger.hears()["refused"]["code"] == "bad_request"
        stranger.says(b"[" * 100_000 + b"\n")
        assert stranger.hears()["refused"]["code"] == "bad_request"
        stranger.says(b"x" * (3 * wire.LONGEST_REQUEST) + b"\n")
        assert stranger.hears()["refused"]["code"] == "too_large"
        stranger.says(wire.pack({"id": 5, "do": "dance", "seconds": 1}))
        assert stranger.hears() == {
            "id": 5,
            "refused": {"code": "bad_request", "detail": "no such verb, or no deadline"},
        }
        stranger.says(wire.pack({"id": 6, "do": "join", "seconds": 1, "room": "s-1"}))
        assert stranger.hears()["refused"]["code"] == "bad_request"
        stranger.says(wire.pack({"id": 7, "do": "stats", "seconds": 1, "room": "nowhere"}))
        assert stranger.hears()["refused"]["code"] == "unknown_room"
    assert web.client.stats("s-1") == []


def test_a_worker_that_cannot_begin_now_is_begun_a_little_later(monkeypatch):
    begin, refused = subprocess.Popen, []

    def short_of_memory(*command, **how):
        if not refused:
            refused.append(command)
            raise OSError(12, "Cannot allocate memory")
        return begin(*command, **how)

    monkeypatch.setattr(supervising.subprocess, "Popen", short_of_memory)
    with Supervisor(SECRET, ports=[free_port()]) as supervisor:
        deadline = time.monotonic() + 5
        while not supervisor.pids():
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert len(refused) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_ends_in_order(number):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "inspection.media.worker", "--supervised", "--epoch", "1"]
    with subprocess.Popen(
        [*command, "--port", str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, wire.SECRET_VARIABLE: SECRET},
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.read(1)  # it beats
        worker.send_signal(number)
        assert worker.wait(10) == 0


def test_a_worker_does_not_outlive_its_supervisor():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Supervisor(SECRET, ports=[port]) as short:
        web = Web(port)
        web.epochs.get(timeout=20)
        (pid,) = short.pids()
    web.client.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
