"""A network of its own for one phone, made of network namespaces of Linux.

Nothing leaves this machine:

    this machine (HOST) ──── switch ──── phone

The phone's browser runs in a namespace that sees nothing but this network. The way can be cut
in the switch, where neither end is told, or at the phone, which then knows that it is offline.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

#: The program that carries while the way is poor.
WIRE = Path(__file__).parent / "wire.py"


class PhoneNetwork:
    """`host` and `phone` are IPv4 addresses. Leaving `with` ends what still runs in it."""

    def __init__(self) -> None:
        self._name = f"yk{os.getpid()}"
        self._switch, self._phone = f"{self._name}-switch", f"{self._name}-phone"
        third = _free_network()
        self.host, self.phone = f"10.77.{third}.1", f"10.77.{third}.2"

    def __enter__(self) -> Self:
        _must_be_possible()
        try:
            self._make()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._remove()

    def inside(self, program: str, script: Path) -> Path:
        """A program to start that runs `program` on the phone, with the same arguments."""
        words = shlex.join(["ip", "netns", "exec", self._phone, program])
        script.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        script.chmod(0o700)
        return script

    def cut(self) -> None:
        """From now on the switch carries nothing: both ends send into the void."""
        ip("-n", self._switch, "link", "set", "to-phone", "nomaster")

    def mend(self) -> None:
        ip("-n", self._switch, "link", "set", "to-phone", "master", "switch")

    def go_offline(self) -> None:
        """The phone's own link goes down, as in flight mode."""
        ip("-n", self._phone, "link", "set", "wlan0", "down")

    def go_online(self) -> None:
        ip("-n", self._phone, "link", "set", "wlan0", "up")

    def narrow(self, kilobits: int) -> None:
        """From now on the phone sends no more than that many kbit/s; 300 ms of it may wait."""
        queue = ("tbf", "rate", f"{kilobits}kbit", "burst", "2kb", "latency", "300ms")
        traffic("-n", self._phone, "qdisc", "replace", "dev", "wlan0", "root", *queue)

    def widen(self) -> None:
        traffic("-n", self._phone, "qdisc", "del", "dev", "wlan0", "root")

    @contextmanager
    def poor(self, *, loses: float, takes: float = 0.0) -> Iterator[None]:
        """Meanwhile the switch loses that share of the packets of each direction, by chance, and
        takes so many seconds with each of the others.
        """
        ends = ("to-host", "to-phone")
        wire = (sys.executable, str(WIRE), *ends, "--loses", str(loses), "--takes", str(takes))
        for end in ends:
            ip("-n", self._switch, "link", "set", end, "nomaster")
        command = ("ip", "netns", "exec", self._switch, *wire)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as carrying:
            assert carrying.stdout is not None
            try:
                if carrying.stdout.readline().strip() != "carries":
                    raise OSError("the wire carries nothing: see what it printed above")
                yield
            finally:
                carrying.kill()
                for end in ends:
                    ip("-n", self._switch, "link", "set", end, "master", "switch")

    def close_to_udp(self) -> None:
        """From now on nothing but TCP leaves the phone: the rest goes where nobody is, and
        nobody tells the sender, as behind a firewall that drops.
        """
        ip("-n", self._phone, "link", "add", "nowhere", "type", "bridge")
        ip("-n", self._phone, "link", "set", "nowhere", "arp", "off", "up")
        ip("-n", self._phone, "route", "add", "default", "dev", "nowhere", "table", "77")
        ip("-n", self._phone, "rule", "add", "ipproto", "udp", "lookup", "77")

    def _make(self) -> None:
        for namespace in (self._switch, self._phone):
            ip("netns", "add", namespace)
            ip("-n", namespace, "link", "set", "lo", "up")
        ip("-n", self._switch, "link", "add", "switch", "type", "bridge")
        ip("-n", self._switch, "link", "set", "switch", "up")
        own = ("link", "add", self._name, "type", "veth", "peer", "name", "to-host")
        ip(*own, "netns", self._switch)
        theirs = ("link", "add", "to-phone", "type", "veth", "peer", "name", "wlan0")
        ip("-n", self._switch, *theirs, "netns", self._phone)
        for port in ("to-host", "to-phone"):
            ip("-n", self._switch, "link", "set", port, "master", "switch", "up")
        ip("addr", "add", f"{self.host}/24", "dev", self._name)
        ip("link", "set", self._name, "gso_max_segs", "1", "up")
        ip("-n", self._phone, "addr", "add", f"{self.phone}/24", "dev", "wlan0")
        ip("-n", self._phone, "link", "set", "wlan0", "gso_max_segs", "1", "up")

    def _remove(self) -> None:
        """Whatever there is of it; deleting one end of a pair of links deletes the other."""
        with suppress(subprocess.CalledProcessError):
            for pid in ip("netns", "pids", self._phone).split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
        for what in (
            ("link", "del", self._name),
            ("netns", "del", self._phone),
            ("netns", "del", self._switch),
        ):
            with suppress(subprocess.CalledProcessError):
                ip(*what)


def ip(*words: str) -> str:
    """What `ip` (iproute2) prints. Raises: CalledProcessError."""
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=True).stdout


def traffic(*words: str) -> None:
    """`tc` (iproute2). Raises: CalledProcessError."""
    subprocess.run(["tc", *words], capture_output=True, check=True)


def _free_network() -> int:
    """A third number of 10.77.N.0/24 that no link of this machine has."""
    taken = ip("-o", "-4", "addr") if shutil.which("ip") else ""
    return next(n for n in range(1, 255) if f"10.77.{n}." not in taken)


def _must_be_possible() -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("network namespaces are Linux's")
    missing = [
        package
        for program, package in (("ip", "iproute2"), ("certutil", "libnss3-tools"))
        if not shutil.which(program)
    ]
    if missing:
        pytest.fail(f"Install {' and '.join(missing)} (Debian: apt-get install …)")
    if os.geteuid() != 0:
        pytest.fail("A phone's network is made by root: run the tests as root, or in a container")
