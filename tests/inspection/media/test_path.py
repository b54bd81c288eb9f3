from __future__ import annotations

import asyncio
import logging
import sys
import time

import pytest
import yunkan_packets

from inspection.media import path
from inspection.media.demanded import VARIABLE
from inspection.media.engine import Role
from inspection.media.path import open_native, open_path
from inspection.media.peer import PassThrough
from inspection.media.plain.packets import Packets
from inspection.media.rooms import Rooms
from tests.inspection.media.doors import EngineDoor

LIGHT, DARK = 200, 50

#: Seconds that a busy test machine may add to a promise of the product.
BUSY = 1


@pytest.fixture(autouse=True)
def undemanded(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)


async def call(scene) -> None:
    """A phone and a desk see and hear each other."""

    async with Rooms(PassThrough()) as engine, scene() as people:
        await engine.create_room("s-1")
        phone = await people.enter(EngineDoor(engine, "phone", Role.APPLICANT), shade=LIGHT)
        desk = await people.enter(EngineDoor(engine, "desk", Role.EXPERT), shade=DARK)
        await desk.sees_shade(LIGHT)
        await phone.sees_shade(DARK)
        await desk.hears_more()


def test_the_path_in_cpp_is_taken_where_it_is_fit_and_trying_it_takes_no_time():
    started = time.monotonic()
    taken = open_path(0)
    assert isinstance(taken, yunkan_packets.Packets)
    assert time.monotonic() - started < 0.5 + BUSY


def test_without_the_part_in_cpp_calls_go_through_python(scene, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "yunkan_packets", None)
    with caplog.at_level(logging.WARNING, logger=path.__name__):
        asyncio.run(call(scene))
    assert [record.name for record in caplog.records] == [path.__name__]


@pytest.mark.parametrize(
    ("function", "other"),
    [
        ("srtp_protect", "srtp_protect_rtcp"),
        ("srtp_unprotect", "srtp_protect"),
        ("srtp_protect_rtcp", "srtp_protect"),
        ("srtp_unprotect_rtcp", "srtp_unprotect"),
    ],
)
def test_a_part_in_cpp_that_protects_wrongly_is_not_trusted(function, other, monkeypatch):
    right = path._function_address
    monkeypatch.setattr(
        path, "_function_address", lambda name: right(other if name == function else name)
    )
    started = time.monotonic()
    taken = open_path(0)
    assert isinstance(taken, Packets)
    assert time.monotonic() - started < 0.5 + BUSY
    taken.close()


def test_a_path_that_is_demanded_is_taken_untried(monkeypatch):
    monkeypatch.setattr(path, "_try_out", None)
    monkeypatch.setenv(VARIABLE, "native")
    assert isinstance(open_path(0), yunkan_packets.Packets)
    monkeypatch.setenv(VARIABLE, "plain")
    plain = open_path(0)
    assert isinstance(plain, Packets)
    plain.close()
    monkeypatch.setenv(VARIABLE, "fast")
    with pytest.raises(ValueError, match="fast"):
        open_path(0)


@pytest.mark.parametrize("demanded", ["native", "plain"])
def test_a_port_that_is_taken_is_refused_on_either_path(demanded, monkeypatch):
    before = open_native(0)
    monkeypatch.setenv(VARIABLE, demanded)
    with pytest.raises(RuntimeError):
        open_path(before.port)


class _NoReaders(asyncio.SelectorEventLoop):
    """Windows' own event loop cannot watch a socket, only wait for what it receives."""

    def add_reader(self, *_: object) -> None:
        raise NotImplementedError


def test_packets_go_through_python_on_an_event_loop_that_cannot_watch_sockets(scene, monkeypatch):
    monkeypatch.setenv(VARIABLE, "plain")
    with asyncio.Runner(loop_factory=_NoReaders) as runner:
        runner.run(call(scene))
