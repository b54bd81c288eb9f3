"""A few warm child processes in which photos from outside are opened (see `decoder`)."""

import atexit
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from inspection.evidence import decoder

#: Wall-clock time one photo may take before its child is ended, in seconds. Far above the
#: processor time allowed, because a busy machine is not the applicant's fault.
DEADLINE = 30.0
#: A child is replaced after this many photos, so that nothing it leaks or kept can add up.
PHOTOS_A_CHILD = 200


@dataclass(frozen=True, slots=True)
class Developed:
    """What a child said about one photo, and its bare pixels (RGB, row by row)."""

    said: dict[str, Any]
    pixels: bytes


class Darkroom:
    """Opens photos, at most ``places`` at once; callers beyond that wait their turn.

    Children are started when first needed and kept warm: starting one costs more than most photos.
    Safe to use from many threads.
    """

    def __init__(self, *, places: int, deadline: float = DEADLINE) -> None:
        self._turns = threading.BoundedSemaphore(places)
        self._deadline = deadline
        self._idle: list[_Child] = []
        self._owner = os.getpid()

    def develop(self, file: bytes) -> Developed | None:
        """What is in the photo, or None if the child died or was ended over it."""
        with self._child() as child:
            return child.develop(file, deadline=self._deadline)

    def close(self) -> None:
        """End the children that are idle."""
        idle, self._idle = self._idle, []
        if self._owner == os.getpid():
            for child in idle:
                child.end()

    @contextmanager
    def _child(self) -> Iterator["_Child"]:
        with self._turns:
            if self._owner != os.getpid():  # we are a fork of the process that began this
                self._idle, self._owner = [], os.getpid()
            try:
                child = self._idle.pop()
            except IndexError:
                child = _Child()
            try:
                yield child
            finally:
                if child.fit():
                    self._idle.append(child)
                else:
                    child.end()


class _Child:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", decoder.__name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parents[2],
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to: IO[bytes] = self._process.stdin
        self._from: IO[bytes] = self._process.stdout
        self._left = PHOTOS_A_CHILD
        self._sound = True

    def develop(self, file: bytes, *, deadline: float) -> Developed | None:
        self._left -= 1
        alarm = threading.Timer(deadline, self._process.kill)
        alarm.start()
        try:
            self._to.write(struct.pack(">L", len(file)) + file)
            self._to.flush()
            said = json.loads(self._exactly(*struct.unpack(">L", self._exactly(4))))
            width, height = said.get("picture", (0, 0))
            return Developed(said, self._exactly(width * height * 3))
        except (EOFError, BrokenPipeError):
            self._sound = False
            return None
        except BaseException:
            self._sound = False  # half an answer may still be in the pipe
            raise
        finally:
            alarm.cancel()

    def fit(self) -> bool:
        return self._sound and self._left > 0 and self._process.poll() is None

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._from.close()
        with suppress(BrokenPipeError):
            self._to.close()

    def _exactly(self, length: int) -> bytes:
        if not 0 <= length <= _LONGEST_ANSWER:  # a child taken over might stream for ever
            raise EOFError
        received = self._from.read(length)
        if len(received) < length:
            raise EOFError
        return received


_LONGEST_ANSWER = decoder.LONGEST_SIDE**2 * 3

#: The child gets no more of our environment than it needs to start; no secret lies in these.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP")

#: The one darkroom of this process.
darkroom = Darkroom(places=max(2, (os.cpu_count() or 2) // 2))
atexit.register(darkroom.close)
