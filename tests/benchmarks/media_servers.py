"""What the bench asks of every server that it measures, and how one is started and ended."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from media_links import Link

START_SECONDS = 20.0
STOP_SECONDS = 5.0


class Cannot(Exception):
    """A server does not do what is to be measured; says why. The others are measured without it."""


class Server(Protocol):
    """One that runs, with one room. What `pid` started belongs to it."""

    pid: int

    async def publish(self, link: Link) -> None:
        """Let the applicant in."""

    async def view(self, link: Link, number: int) -> None:
        """Let an expert in, when the applicant is; `number` tells experts apart."""


#: Starts a server, in a folder for what it writes; with a folder for recordings where it is to
#: record.
Start = Callable[[Path, Path | None], AbstractContextManager[Server]]


@contextmanager
def running(
    command: Sequence[str | Path],
    log: Path,
    environment: Mapping[str, str] | None = None,
    *,
    where: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended with the block, by force where it must be."""
    with log.open("ab") as written:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            cwd=where,
            env={**os.environ, **(environment or {})},
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Ask again and again.

    Raises:
        Cannot: it has ended, or takes too long; with its last words.
    """
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if ready():
            return
        time.sleep(0.05)  # the only way to know is to ask again
    raise Cannot(f"did not start: {log.read_text(errors='replace')[-400:]}")
