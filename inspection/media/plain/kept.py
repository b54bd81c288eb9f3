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
    """`packets` has each at its number's lowest bits, those of `last`."""

    __slots__ = ("last", "packets")

    def __init__(self, size: int) -> None:
        """`size`: how many, a power of two."""
        self.packets: list[Packet | None] = [None] * size
        self.last = size - 1

    def find(self, sequence: int) -> Packet | None:
        packet = self.packets[sequence & self.last]
        return packet if packet is not None and packet.sequence == sequence else None

    def forget(self) -> None:
        self.packets = [None] * (self.last + 1)
