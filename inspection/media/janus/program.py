"""A Janus of our own: started with nothing but what a worker needs, and ended with it.

The bureau installs the program (Debian package `janus`) and sets nothing: the package's own
service is not used, and may be switched off.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

#: UDP ports of all its links, two for each participant: what a firewall has to let through.
MEDIA_PORTS = "20000-29999"

#: Threads that carry links: one, as a worker is for one core. Without a number each link has one.
LOOPS = 1

#: Seconds until it answers, and for it to end by itself.
START_SECONDS = 10.0
STOP_SECONDS = 3.0


class JanusMissing(OSError):
    """This machine has no Janus; the message says how to install it."""

    code = "janus_missing"

    def __init__(self) -> None:
        super().__init__(
            f"{self.code}: the engine janus needs the program janus, and it is not installed. "
            "Debian, as root: apt-get install janus && systemctl disable --now janus"
        )


def find() -> str:
    """Where Janus is.

    Raises:
        JanusMissing.
    """
    if (program := shutil.which("janus")) is None:
        raise JanusMissing
    return program


class Program:
    """One process. `calls` and `administration` are the addresses of its two WebSocket APIs, on
    the loopback address, and `secret` is what both want to hear.

    Raises:
        JanusMissing.
    """

    def __init__(self) -> None:
        self._program = find()
        self.secret = secrets.token_hex(16)
        self._ports = _free_ports()
        self.calls, self.administration = (f"ws://127.0.0.1:{port}" for port in self._ports)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def ran(self) -> float:
        """Seconds of processor it has used; 0 while it is not there."""
        if self._process is None:
            return 0.0
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # proc(5): 14, 15

    async def start(self) -> None:
        """Until it answers. By then it has read what it is to do.

        Raises:
            OSError: it ended, or does not answer.
        """
        with tempfile.TemporaryDirectory(prefix="yunkan-janus-") as folder:
            await self._start(Path(folder))

    async def _start(self, folder: Path) -> None:
        self._configure(folder)
        self._process = process = self._spawn(folder)
        try:
            async with asyncio.timeout(START_SECONDS):
                while not all(map(_answers, self._ports)):
                    if process.poll() is not None:
                        raise OSError(f"Janus ended with {process.returncode}")
                    await asyncio.sleep(0.02)  # nothing but asking tells
        except TimeoutError as silent:
            raise OSError("Janus does not answer") from silent

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                while process.poll() is None:  # noqa: ASYNC110 (nothing but asking tells)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            process.kill()
            process.wait()

    def _spawn(self, folder: Path) -> subprocess.Popen[bytes]:
        command = [self._program, "-F", str(folder), "-C", str(folder / "janus.jcfg")]
        if (tie := shutil.which("setpriv")) is not None:  # else a killed worker leaves it behind
            command = [tie, "--pdeathsig", "KILL", *command]
        # what it has to say comes among our own words
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=2)

    def _configure(self, folder: Path) -> None:
        """Two APIs, one plugin, and nothing else of what Debian's Janus can do."""
        calls, administration = self._ports
        (folder / "janus.jcfg").write_text(
            f"general: {{ daemonize = false; debug_level = 2; debug_colors = false; "
            f"event_loops = {LOOPS}; "
            f'api_secret = "{self.secret}"; admin_secret = "{self.secret}" }}\n'
            "nat: { ice_keepalive_conncheck = true }\n"  # or nobody's end is noticed
            f'media: {{ ipv6 = true; rtp_port_range = "{MEDIA_PORTS}" }}\n'
            f'plugins: {{ disable = "{_all_but("plugins", "videoroom")}" }}\n'
            f'transports: {{ disable = "{_all_but("transports", "websockets")}" }}\n'
            f'loggers: {{ disable = "{_all_but("loggers", "")}" }}\n'
        )
        (folder / "janus.transport.websockets.jcfg").write_text(
            f'general: {{ json = "compact"; ws = true; ws_ip = "127.0.0.1"; ws_port = {calls} }}\n'
            f'admin: {{ admin_ws = true; admin_ws_ip = "127.0.0.1"; '
            f"admin_ws_port = {administration} }}\n"
        )
        (folder / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")


def _free_ports() -> tuple[int, int]:
    """For TCP, on the loopback address. Whoever is faster takes one: then starting fails."""
    with socket.socket() as first, socket.socket() as second:
        for one in (first, second):
            one.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def _answers(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def _all_but(kind: str, wanted: str) -> str:
    """The libraries of a kind that are not to be loaded, as Janus wants to be told; "": none is."""
    found = {path.name for path in Path("/usr/lib").glob(f"*/janus/{kind}/libjanus_*.so")}
    return ",".join(sorted(found - {f"libjanus_{wanted}.so"}))
