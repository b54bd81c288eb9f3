"""The packets of a stream that arrived last, kept to be sent again when a viewer missed one."""

from __future__ import annotations

from typing import NamedTuple


class Packet(NamedTuple):
    """`time` in units of the stream's clock; `marker`: the last of its picture."""

    sequence: int
    time: int
    marker: bool
    payload: bytes


class Kept:
    __slots__ = ("_last", "_packets")

    def __init__(self, size: int) -> None:
        """`size`: how many, a power of two."""
        self._packets: list[Packet | None] = [None] * size
        self._last = size - 1

    def find(self, sequence: int) -> Packet | None:
        packet = self._packets[sequence & self._last]
        return packet if packet is not None and packet.sequence == sequence else None

    def keep(self, packet: Packet) -> None:
        self._packets[packet.sequence & self._last] = packet

    def forget(self) -> None:
        self._packets = [None] * (self._last + 1)
