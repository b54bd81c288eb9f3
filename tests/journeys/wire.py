"""A wire between two network devices that loses frames by chance and takes its time.

    python wire.py DEVICE DEVICE --loses SHARE --takes SECONDS

Started by `network.py` inside a network namespace; carries frames both ways until it is ended. Many
kernels come without `netem`, which does the same. Prints a line once it carries.

Each loss is independent of the one before, from a generator that begins the same every time. The
devices' other ends must send no segments for the kernel to cut (`gso_max_segs 1`): one loss would
take many packets at once.
"""

from __future__ import annotations

import argparse
import random
import select
import socket
import time
from collections import deque
from dataclasses import dataclass, field

#: Of packet(7) and linux/if_packet.h, which Python's `socket` leaves out: what a socket sent itself
#: does not come back to it, and each frame has a header that says whose checksum is still to do.
SOL_PACKET, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 263, 15, 23
ALL_PROTOCOLS = 3

#: Bytes: more than any frame of Ethernet with its header.
FRAME = 65_536 + 64

#: Bytes of frames a socket may hold for us.
WAITING = 8 << 20


@dataclass
class Way:
    """Frames in one direction: from `here` to `there`."""

    here: socket.socket
    there: socket.socket
    under_way: deque[tuple[float, bytes]] = field(default_factory=deque)  # when due, the frame

    def take(self, chance: random.Random, loses: float, takes: float) -> None:
        """What has come. From a device that is down nothing does."""
        while True:
            try:
                frame = self.here.recv(FRAME)
            except OSError:  # nothing more now
                return
            if chance.random() >= loses:
                self.under_way.append((time.monotonic() + takes, frame))

    def hand_over(self) -> None:
        """What is due. A full device loses it, as a full queue of a real one would."""
        while self.under_way and self.under_way[0][0] <= time.monotonic():
            try:
                self.there.send(self.under_way.popleft()[1])
            except OSError:
                continue


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("devices", nargs=2)
    parser.add_argument("--loses", type=float, required=True)
    parser.add_argument("--takes", type=float, required=True)
    arguments = parser.parse_args()
    one, other = (_at(device) for device in arguments.devices)
    ways = Way(one, other), Way(other, one)
    chance = random.Random(0)
    print("carries", flush=True)
    while True:
        due = min((way.under_way[0][0] for way in ways if way.under_way), default=None)
        rest = None if due is None else max(0.0, due - time.monotonic())
        select.select([way.here for way in ways], [], [], rest)
        for way in ways:
            way.take(chance, arguments.loses, arguments.takes)
            way.hand_over()


def _at(device: str) -> socket.socket:
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    end.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    end.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WAITING)
    end.bind((device, ALL_PROTOCOLS))
    end.setblocking(False)
    return end


if __name__ == "__main__":
    main()
