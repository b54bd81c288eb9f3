"""The recorder: a process of its own that writes down what a media worker puts on its tape.

    python -m inspection.media.recorder --tape 7 --folder /var/lib/yunkan/recordings --supervised

A participant's recording is in `<folder>/<room>/<identity>/`; see `part.py`. Whatever happens to
this process, calls go on; whatever happens to the worker, what it had written is recorded.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from inspection.media.disk import LEAST_FREE, Disk
from inspection.media.lifeline import Lifeline
from inspection.media.part import Part
from inspection.media.taped import Frame, Gap, Note, Reader, Tape

log = logging.getLogger(__name__)

#: Seconds between looks at the tape. What is on it meanwhile outlives both processes, but no power
#: cut.
TURN_SECONDS = 2.0

#: Bytes taken from the tape at once, and how often in one turn: all of a full tape.
MOST_AT_ONCE = 1024 * 1024
MOST_DRAINS = 256

#: Microseconds between two requests for key pictures.
ASK_AGAIN = 1_000_000

#: Parts whose worker died and that may come back.
MOST_INTERRUPTED = 256

#: Names that a folder may have as they are.
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Recorder:
    """Turns what is on one tape into the recordings below one folder."""

    def __init__(
        self,
        tape: Tape,
        folder: Path,
        alive: Callable[[], None] = lambda: None,
        *,
        disk: Disk | None = None,
    ) -> None:
        """`alive` is called again and again during a turn."""
        self._disk = disk or Disk(folder)
        self._tape = tape
        self._alive = alive
        self._reader = Reader(tape)
        self._folder = folder
        self._parts: dict[Path, Part] = {}
        self._part_of: dict[int, Part] = {}  # each source's
        self._interrupted: dict[Path, str] = {}
        self._dropped = tape.dropped
        self._asked_at = 0

    def turn(self, now: int) -> None:
        """Write down what has come since the last turn; `now` is microseconds since 1970."""
        dropped = self._tape.dropped
        cause = "tape full" if dropped != self._dropped else "network"
        self._dropped = dropped
        for _ in range(MOST_DRAINS):
            self._alive()
            found = self._reader.drain(now, MOST_AT_ONCE)
            try:
                for each in found:
                    self._follow(each, cause)
            finally:
                # Not read again even after a mistake of ours: the successor would make it, too.
                self._reader.release()
            if not found:
                break
        for part in self._parts.values():
            part.finish_silent(now)
        if abs(now - self._asked_at) > ASK_AGAIN:
            self._asked_at = now
            self._ask_key_pictures()

    def close(self) -> None:
        """Finish every segment. A recorder that comes next goes on with the same sources."""
        for part in self._parts.values():
            part.close()

    def _follow(self, found: Frame | Gap | Note, cause: str) -> None:
        if isinstance(found, Note):
            self._take_note(found)
        elif (part := self._part_of.get(found.source)) is None:
            return
        elif isinstance(found, Frame):
            part.add(found.source, found)
        else:
            part.add_gap(
                found.source,
                begins=found.begins,
                ends=found.ends,
                packets=found.packets,
                cause=cause,
            )

    def _take_note(self, note: Note) -> None:
        if note.kind == "worker begins":
            self._part_with_worker()
        elif note.kind == "source ends":
            if (part := self._part_of.pop(note.source, None)) is not None:
                part.end(note.source)
                self._parts = {folder: left for folder, left in self._parts.items() if left.live}
        else:
            self._begin(note)

    def _begin(self, note: Note) -> None:
        folder = self._folder_of(note.text)
        if folder is None:
            log.warning("source %d has no room or no identity", note.source)
            return
        if (part := self._parts.get(folder)) is None:
            cause = self._interrupted.pop(folder, None)
            if note.kind == "source goes on":
                cause = "recorder ended"
            part = self._parts[folder] = Part(folder, cause=cause, disk=self._disk)
        part.begin(note.source, note.codec)
        self._part_of[note.source] = part

    def _part_with_worker(self) -> None:
        """A worker has begun, so the one before is dead, and its sources with it."""
        for folder, part in self._parts.items():
            part.close()
            self._interrupted[folder] = "worker ended"
        while len(self._interrupted) > MOST_INTERRUPTED:
            del self._interrupted[next(iter(self._interrupted))]
        self._parts.clear()
        self._part_of.clear()

    def _ask_key_pictures(self) -> None:
        self._reader.ask_key_pictures()
        for part in self._parts.values():
            if (source := part.wants_key_picture()) is not None:
                self._tape.ask_key_picture(source)

    def _folder_of(self, text: bytes) -> Path | None:
        try:
            said = json.loads(text)
            room, identity = said["room"], said["identity"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        if not isinstance(room, str) or not isinstance(identity, str):
            return None
        return self._folder / safe_name(room) / safe_name(identity)


def safe_name(name: str) -> str:
    """A folder's name for whatever somebody calls himself: the name itself, or else its hash."""
    if SAFE_NAME.fullmatch(name):
        return name
    return "_" + hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:40]


def run(tape: Tape, disk: Disk, *, stop: threading.Event, alive: Callable[[], None]) -> None:
    """Record until told to stop; `alive` is called all the time, however much there is to write."""
    recorder = Recorder(tape, disk.folder, alive, disk=disk)
    while not stop.wait(TURN_SECONDS):
        recorder.turn(time.time_ns() // 1000)
    recorder.turn(time.time_ns() // 1000)
    recorder.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="inspection.media.recorder", description=__doc__)
    parser.add_argument("--tape", type=int, required=True, help="an inherited file descriptor")
    parser.add_argument("--folder", type=Path, required=True, help="where recordings are kept")
    parser.add_argument(
        "--least-free", type=int, default=LEAST_FREE, help="bytes the disk keeps free"
    )
    parser.add_argument(
        "--supervised", action="store_true", help="end with standard input, beat on the output"
    )
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    lifeline = Lifeline(stop.set) if arguments.supervised else None
    try:
        tape = Tape(arguments.tape)
    except (OSError, ValueError) as wrong:
        parser.error(f"no tape: {wrong}")
    log.info("recorder %d, %s", os.getpid(), arguments.folder)
    alive = lifeline.beat if lifeline is not None else lambda: None
    disk = Disk(arguments.folder, arguments.least_free)
    run(tape, disk, stop=stop, alive=alive)
    return 0


if __name__ == "__main__":
    sys.exit(main())
