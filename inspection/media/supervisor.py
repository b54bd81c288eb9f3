"""Keeps media workers running: starts them, starts a dead one again, raises the epoch.

In a program:  with Supervisor(secret, ports=[8010]) as media: …
As a process:  python -m inspection.media.supervisor --port 8010 --recordings FOLDER

With `--engine janus` the workers use that in place of our own. With a folder for recordings, each
has a recorder beside it, and a tape (see `tape.py`) that outlives both. They end with their
supervisor, however that ends, and one that hangs is killed and started again: see `lifeline.py`.
"""

from __future__ import annotations

import argparse
import io
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
from inspection.media.disk import LEAST_FREE
from inspection.media.engine import EngineName
from inspection.media.janus.program import JanusMissing
from inspection.media.janus.program import find as find_janus
from inspection.media.tape import can_record, new_tape

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]

#: Seconds before a dead worker is started again; doubled while it keeps dying, up to the longest.
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0

#: Seconds. A worker that lived this long was healthy.
HEALTHY_SECONDS = 10.0

#: Seconds for a worker to hang up for everybody before it is killed.
STOP_SECONDS = 3.0

#: Seconds without a beat after which a process hangs: many times what a busy machine takes, and
#: less than it takes until people give up. A process that begins has longer.
HANG_SECONDS = 8.0
BEGIN_SECONDS = 60.0


class Supervisor:
    """One worker a port. `stop` (or leaving `with`) ends them.

    Raises:
        OSError: there is no memory for a tape. JanusMissing: there is no such engine here.
    """

    def __init__(
        self,
        secret: str,
        *,
        ports: Sequence[int],
        recordings: Path | None = None,
        engine: EngineName = EngineName.PASSTHROUGH,
        least_free: int = LEAST_FREE,
    ) -> None:
        """`least_free`: bytes that recordings leave free on their disk.

        Raises: JanusMissing.
        """
        if engine is EngineName.JANUS:
            find_janus()  # rather than have workers fail again and again
        if recordings is not None and not can_record():
            log.error("nothing can be recorded on this system: recordings need Linux")
            recordings = None
        self._workers: list[_Keeper] = []
        self._recorders: list[_Keeper] = []
        self._tapes: list[int] = []
        environment = {**os.environ, wire.SECRET_VARIABLE: secret}
        for port in ports:
            worker = ["inspection.media.worker", "--port", str(port), "--engine", engine]
            tapes = []
            if recordings is not None:
                tapes = [new_tape()]
                given = ["--tape", str(tapes[0]), "--folder", str(recordings)]
                given += ["--least-free", str(least_free)]
                worker += given
                recorder = ["inspection.media.recorder", *given]
                self._recorders.append(_Keeper(f"recorder {port}", recorder, tapes))
            self._workers.append(
                _Keeper(f"worker {port}", worker, tapes, epochs=True, environment=environment)
            )
            self._tapes += tapes

    def start(self) -> None:
        for keeper in (*self._workers, *self._recorders):
            keeper.start()

    def stop(self) -> None:
        """Workers first: what they say last is still written down."""
        for keepers in (self._workers, self._recorders):
            for keeper in keepers:
                keeper.stopping.set()
            for keeper in keepers:
                keeper.stop()
        for tape in self._tapes:
            os.close(tape)
        self._tapes.clear()

    def pids(self) -> list[int]:
        """Process numbers of the workers that are up now."""
        return [pid for keeper in self._workers if (pid := keeper.pid()) is not None]

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
    """Runs one process again and again until told to stop."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        inherited: Sequence[int],
        *,
        epochs: bool = False,
        environment: dict[str, str] | None = None,
    ) -> None:
        """`command` is a module and its arguments; `inherited` are descriptors it is given;
        with `epochs` each start is told a larger one."""
        super().__init__(name=f"media {name}", daemon=True)
        self.stopping = threading.Event()
        self._command = command
        self._inherited = inherited
        self._epochs = epochs
        self._environment = environment
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
        while not self.stopping.is_set():
            # The clock makes epochs grow over restarts of this process without a file.
            epoch = max(epoch + 1, int(time.time()))
            started = time.monotonic()
            end = self._live_once(epoch)
            lived = time.monotonic() - started
            pause = FIRST_PAUSE if lived > HEALTHY_SECONDS else min(pause * 2, LONGEST_PAUSE)
            if not self.stopping.is_set():
                log.warning("%s %s after %.0f s; next in %.1f s", self.name, end, lived, pause)
            self.stopping.wait(pause)

    def _live_once(self, epoch: int) -> str:
        """How the process ended, or why there is none."""
        with self._lock:
            if self.stopping.is_set():
                return "was not wanted"
            try:
                self._process = process = self._spawn(epoch)
            except OSError as lacking:  # memory, processes: in a moment there may be some
                return f"did not begin ({lacking})"
        with process:  # closes its standard input, too
            return f"ended with {self._watch(process)}"

    def _watch(self, process: subprocess.Popen[bytes]) -> int:
        """Its exit code, once it has ended or was killed because it hung."""
        ended = threading.Event()
        until = time.monotonic() + BEGIN_SECONDS  # it must have beaten again

        def listen() -> None:
            nonlocal until
            assert isinstance(process.stdout, io.BufferedReader)
            while process.stdout.read1():
                until = time.monotonic() + HANG_SECONDS
            ended.set()

        threading.Thread(target=listen, name=f"{self.name} beats", daemon=True).start()
        # Beats do not wake us, they only put off what we wait for.
        while (left := until - time.monotonic()) > 0:
            if ended.wait(min(left, HANG_SECONDS)):
                return process.wait()
        log.error("%s hangs and is killed", self.name)
        process.kill()
        return process.wait()

    def _spawn(self, epoch: int) -> subprocess.Popen[bytes]:
        told = ["--epoch", str(epoch)] if self._epochs else []
        return subprocess.Popen(
            [sys.executable, "-m", *self._command, *told, "--supervised"],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=tuple(self._inherited),
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="inspection.media.supervisor", description=__doc__)
    parser.add_argument(
        "--port", type=int, action="append", required=True, help="once for each worker"
    )
    parser.add_argument("--engine", type=EngineName, default=EngineName.PASSTHROUGH)
    parser.add_argument("--recordings", type=Path, help="where calls are recorded; else none is")
    parser.add_argument(
        "--least-free",
        type=int,
        default=LEAST_FREE,
        help="bytes of its disk below which no call is recorded; it goes on (default: %(default)s)",
    )
    arguments = parser.parse_args()
    secret = os.environ.get(wire.SECRET_VARIABLE, "")
    if not secret:
        parser.error(f"{wire.SECRET_VARIABLE} is not set")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        media = Supervisor(
            secret,
            ports=arguments.port,
            recordings=arguments.recordings,
            engine=arguments.engine,
            least_free=arguments.least_free,
        )
    except JanusMissing as missing:
        parser.error(str(missing))
    with media:
        while not stop.wait(1.0):  # with a limit, so that Windows lets a signal through
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
