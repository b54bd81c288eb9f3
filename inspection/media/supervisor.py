"""Keeps media workers running: starts them, starts a dead one again, raises the epoch.

In a program:  with Supervisor(secret, ports=[8010]) as media: …
As a process:  python -m inspection.media.supervisor --port 8010

A worker ends with its supervisor, however that ends: it watches its standard input.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from inspection.media import wire

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]

#: Seconds before a dead worker is started again; doubled while it keeps dying, up to the longest.
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0

#: Seconds. A worker that lived this long was healthy.
HEALTHY_SECONDS = 10.0

#: Seconds for a worker to hang up for everybody before it is killed.
STOP_SECONDS = 3.0


class Supervisor:
    """One worker a port. `stop` (or leaving `with`) ends them."""

    def __init__(self, secret: str, *, ports: Sequence[int]) -> None:
        self._keepers = [_Keeper(secret, port) for port in ports]

    def start(self) -> None:
        for keeper in self._keepers:
            keeper.start()

    def stop(self) -> None:
        for keeper in self._keepers:
            keeper.stopping.set()
        for keeper in self._keepers:
            keeper.stop()

    def pids(self) -> list[int]:
        """Process numbers of the workers that are up now."""
        return [pid for keeper in self._keepers if (pid := keeper.pid()) is not None]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class _Keeper(threading.Thread):
    """Runs one worker again and again until told to stop."""

    def __init__(self, secret: str, port: int) -> None:
        super().__init__(name=f"media worker {port}", daemon=True)
        self.stopping = threading.Event()
        self._secret = secret
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def stop(self) -> None:
        self.stopping.set()
        with self._lock:
            process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        self.join()

    def run(self) -> None:
        epoch, pause = 0, FIRST_PAUSE
        while True:
            # The clock makes epochs grow over restarts of this process without a file.
            epoch = max(epoch + 1, int(time.time()))
            with self._lock:
                if self.stopping.is_set():
                    return
                self._process = process = self._spawn(epoch)
            started = time.monotonic()
            with process:  # closes its standard input, too
                code = process.wait()
            if self.stopping.is_set():
                return
            lived = time.monotonic() - started
            pause = FIRST_PAUSE if lived > HEALTHY_SECONDS else min(pause * 2, LONGEST_PAUSE)
            log.warning("worker ended with %d after %.0f s; next in %.1f s", code, lived, pause)
            self.stopping.wait(pause)

    def _spawn(self, epoch: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "inspection.media.worker", "--with-parent"]
        return subprocess.Popen(
            [*command, "--port", str(self._port), "--epoch", str(epoch)],
            cwd=ROOT,
            env={**os.environ, wire.SECRET_VARIABLE: self._secret},
            stdin=subprocess.PIPE,
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="inspection.media.supervisor", description=__doc__)
    parser.add_argument(
        "--port", type=int, action="append", required=True, help="once for each worker"
    )
    arguments = parser.parse_args()
    secret = os.environ.get(wire.SECRET_VARIABLE, "")
    if not secret:
        parser.error(f"{wire.SECRET_VARIABLE} is not set")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Supervisor(secret, ports=arguments.port):
        while not stop.wait(1.0):  # with a limit, so that Windows lets a signal through
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
