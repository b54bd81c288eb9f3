"""The event loop that reads packets while it waits. Where there is none, another one reads them."""

from __future__ import annotations

import asyncio
import select
import socket
import time
from collections.abc import Iterator

import pytest

from inspection.media.plain.loop import ServingLoop

pytestmark = pytest.mark.skipif(not hasattr(select, "epoll"), reason="for Linux")

#: Seconds nothing here should ever need.
PATIENCE = 10.0


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Where something is read, and from where it is sent."""
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with near, far:
        near.setblocking(False)
        yield near, far


def run(main) -> None:
    with asyncio.Runner(loop_factory=ServingLoop) as runner:
        runner.run(main)


def serving() -> ServingLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, ServingLoop)
    return loop


def test_what_a_packet_sets_off_is_done_at_once(pair):
    near, far = pair

    async def main() -> None:
        told = asyncio.Event()

        def read() -> None:
            near.recv(100)
            serving().call_soon(told.set)

        serving().serve(near.fileno(), read)
        serving().call_later(0.05, far.send, b"packet")
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            await told.wait()
        assert time.monotonic() - began < PATIENCE / 2

    run(main())


def test_a_timer_that_a_packet_sets_rings_in_time(pair):
    near, far = pair

    async def main() -> None:
        rung = asyncio.Event()

        def read() -> None:
            near.recv(100)
            serving().call_later(0.01, rung.set)

        serving().serve(near.fileno(), read)
        serving().call_later(0.05, far.send, b"packet")
        async with asyncio.timeout(PATIENCE):
            await rung.wait()

    run(main())


def test_timers_and_other_sockets_have_their_turn_while_packets_pour_in(pair):
    near, far = pair

    async def main() -> None:
        taken = 0

        def read() -> None:
            nonlocal taken
            taken += 1
            near.recv(100)
            far.send(b"the next is there already")

        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readline())
            writer.close()

        serving().serve(near.fileno(), read)
        far.send(b"the first")
        async with asyncio.timeout(PATIENCE):
            server = await asyncio.start_server(echo, "127.0.0.1", 0)
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"heard\n")
            assert await reader.readline() == b"heard\n"
            await asyncio.sleep(0.05)
            assert await asyncio.to_thread(lambda: "from a thread") == "from a thread"
            writer.close()
            server.close()
        assert taken > 100
        serving().leave(near.fileno())
        before = taken
        await asyncio.sleep(0.05)
        assert taken == before

    run(main())


def test_an_error_does_not_stop_the_reading(pair, caplog):
    near, far = pair

    async def main() -> None:
        came: asyncio.Queue[bytes] = asyncio.Queue()

        def read() -> None:
            packet = near.recv(100)
            if packet == b"bad":
                raise ValueError(packet)
            came.put_nowait(packet)

        serving().serve(near.fileno(), read)
        far.send(b"bad")
        far.send(b"good")
        async with asyncio.timeout(PATIENCE):
            assert await came.get() == b"good"

    run(main())
    assert [record.exc_info[0] for record in caplog.records] == [ValueError]
