"""A part: the recording of one participant of one room, segment after segment, and its index.

The index is `index.jsonl` in the part's folder, a line for each finished segment and for each gap:

    {"file": "000001.mkv", "starts_at": "…+00:00", "seconds": 8.0, "bytes": …, "sha256": "…",
     "width": 1280, "height": 720, "frames": 240}                    "cause" if it was cut off
    {"from": "…+00:00", "to": "…+00:00", "packets": 3, "track": "video", "cause": "network"}
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import time
from collections import deque
from pathlib import Path
from typing import BinaryIO

from inspection.media.disk import Disk
from inspection.media.recording import INDEX, Recording, index_lines
from inspection.media.segment import (
    WRITING_FAILED,
    Picture,
    Segment,
    line_of_leftover,
    microseconds,
    moment,
)
from inspection.media.taped import Frame

log = logging.getLogger(__name__)

#: Microseconds after which a key picture begins a new segment. The worker asks for one every 8 s.
CUT_AFTER = 6_000_000

#: Microseconds of sound alone in one segment.
LONGEST_OF_SOUND = 10_000_000

#: Microseconds that sound waits for the first key picture before it is recorded alone.
SOUND_WAITS = 2_000_000

#: Microseconds without a frame after which a segment is finished.
SILENT_AFTER = 10_000_000

#: Seconds that a folder is waited for which another worker's recorder still has, as after a call
#: moved: that one lets go when it next looks at its tape. What comes meanwhile stays on ours.
HAND_OVER_SECONDS = 3.0

#: Microseconds before another try where writing failed.
PAUSE = 5_000_000

#: Microseconds that are read again at the most after a kill: all of a tape.
LONGEST_REPEAT = 60_000_000

#: Lines and frames of sound that wait at the most.
MOST_LINES = 100
MOST_SOUND = 150


class Part:
    """Writes what it is given; trouble with the disk costs frames, never the process."""

    def __init__(self, folder: Path, *, cause: str | None = None, disk: Disk | None = None) -> None:
        """`cause` says why an earlier recording of the part broke off, if it did."""
        self._folder = folder
        self._disk = disk or Disk(folder)
        self._tracks: dict[int, str] = {}  # the codec of each source, the newest last
        self._segment: Segment | None = None
        self._waiting: deque[Frame] = deque(maxlen=MOST_SOUND)
        self._lines: deque[dict[str, object]] = deque(maxlen=MOST_LINES)
        self._number = 0
        self._untidy = True  # there may be files without a line
        self._lock: int | None = None  # a descriptor of the folder: it is ours
        self._interrupted = cause
        self._last_at = 0  # microseconds since 1970, of the newest frame that was written
        self._seen_at = 0  # the same, of the newest picture
        self._not_before = 0  # frames shortly before this are let go
        self._missed_from = 0  # the first and the newest frame that the disk did not take
        self._missed_at = 0
        with contextlib.suppress(*WRITING_FAILED):  # else with the first segment
            self._tidy(wait=0)
        if self._interrupted is not None:
            self._not_before = self._last_at  # what was not safe is read once more

    @property
    def live(self) -> bool:
        """Whether some source of it is being recorded."""
        return bool(self._tracks)

    def begin(self, source: int, codec: str) -> None:
        self._tracks.pop(source, None)
        self._tracks[source] = codec

    def end(self, source: int) -> None:
        """A source ends; with the last one the segment does."""
        self._tracks.pop(source, None)
        if not self._tracks:
            self.close()

    def wants_key_picture(self) -> int | None:
        """The source whose next key picture is waited for."""
        waits = self._segment is None or self._segment.picture is None
        return self._newest(video=True) if waits else None

    def add(self, source: int, frame: Frame) -> None:
        """Record a frame of a source that has begun."""
        codec = self._tracks[source]
        video = codec != "opus"
        if source != self._newest(video=video):
            return
        if self._lets_go(frame.at):
            self._miss(frame.at)
            return
        try:
            if video:
                self._add_picture(codec, frame)
            else:
                self._add_sound(frame)
        except WRITING_FAILED as failed:
            self._stumble(failed, frame.at)

    def add_gap(self, source: int, *, begins: int, ends: int, packets: int, cause: str) -> None:
        """Note that packets of a source never came; times are microseconds since 1970."""
        track = "sound" if self._tracks.get(source) == "opus" else "video"
        self._say(_gap(begins, ends, packets, track, cause))

    def finish_silent(self, now: int) -> None:
        """Finish a segment that nothing has been added to for long."""
        if self._waiting and now - self._waiting[0].at > SOUND_WAITS:
            self._add_sound_alone()
        if self._segment is not None and now - self._last_at > SILENT_AFTER:
            self._wind_up()

    def close(self) -> None:
        """Finish the segment and let go of the folder; if more is added, it is taken up again."""
        self._wind_up()
        self._say_what_was_missed()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        self._untidy = True

    # --- frames ---

    def _add_picture(self, codec: str, frame: Frame) -> None:
        segment = self._segment
        shown = Picture.of(codec, frame)
        if shown and (not segment or segment.picture != shown or _older(segment, frame, CUT_AFTER)):
            segment = self._begin(frame.at, shown)
        if segment is not None and segment.picture is not None:
            segment.write(frame, picture=True)
            self._seen_at = frame.at
            self._last_at = max(self._last_at, frame.at)

    def _add_sound(self, frame: Frame) -> None:
        if (segment := self._segment) is None:
            self._waiting.append(frame)
            alone = self._newest(video=True) is None
            if alone or frame.at - self._waiting[0].at > SOUND_WAITS:
                self._begin(frame.at, None)
        else:
            if self._heard_alone(frame.at) and _older(segment, frame, LONGEST_OF_SOUND):
                segment = self._begin(frame.at, None)
            segment.write(frame, picture=False)
            self._last_at = max(self._last_at, frame.at)

    def _add_sound_alone(self) -> None:
        try:
            self._begin(self._waiting[0].at, None)
        except WRITING_FAILED as failed:
            self._stumble(failed, self._last_at)

    def _heard_alone(self, at: int) -> bool:
        """Whether there is no picture, or none for so long that its camera must be off."""
        return self._newest(video=True) is None or at - self._seen_at > LONGEST_OF_SOUND

    def _lets_go(self, at: int) -> bool:
        """Whether a frame is of a time that is recorded already, or of a pause after trouble.

        A time far before that is none: then the clock was set back.
        """
        return 0 < self._not_before - at < LONGEST_REPEAT

    def _newest(self, *, video: bool) -> int | None:
        """A participant shows one picture and is heard once: by the source that began last."""
        sources = [source for source, codec in self._tracks.items() if (codec != "opus") is video]
        return sources[-1] if sources else None

    # --- segments ---

    def _begin(self, at: int, picture: Picture | None) -> Segment:
        """A new segment, which begins with the sound that waited for it."""
        self._finish()
        if self._untidy:
            self._tidy(wait=HAND_OVER_SECONDS)
        if not self._disk.has_room():
            raise OSError("almost full")
        if self._waiting:
            at = min(at, self._waiting[0].at)
        if self._interrupted is not None:
            since = self._last_at or self._missed_from or at
            self._say(_gap(min(since, at), at, 0, "all", self._interrupted))
            self._interrupted, self._missed_from, self._missed_at = None, 0, 0
        self._number += 1
        file = self._folder / f"{self._number:06d}.mkv"
        self._segment = segment = Segment(file, starts_at=at, picture=picture)
        while self._waiting:
            sound = self._waiting.popleft()
            segment.write(sound, picture=False)
            self._last_at = max(self._last_at, sound.at)
        return segment

    def _wind_up(self) -> None:
        if self._waiting:
            self._add_sound_alone()
        try:
            self._finish()
        except WRITING_FAILED as failed:
            self._stumble(failed, self._last_at)

    def _finish(self) -> None:
        if self._segment is not None:
            self._say(self._segment.close())
            self._segment = None

    def _stumble(self, failed: Exception, at: int) -> None:
        """Writing failed: let the segment go and try again later."""
        log.warning("%s cannot be written: %s", self._folder, failed)
        if self._segment is not None:
            self._segment.abandon()
            self._segment = None
        self._waiting.clear()
        self._untidy = True
        self._interrupted = f"disk: {getattr(failed, 'strerror', None) or failed}"
        self._not_before = at + PAUSE
        self._miss(at)

    def _miss(self, at: int) -> None:
        if self._interrupted is not None and self._interrupted.startswith("disk"):
            self._missed_from = self._missed_from or at
            self._missed_at = at

    def _say_what_was_missed(self) -> None:
        """A recording that ends while the disk takes nothing, or never began, has a gap as well."""
        if self._interrupted is not None and self._missed_at:
            since = self._last_at or self._missed_from
            self._say(_gap(since, self._missed_at, 0, "all", self._interrupted))
            self._interrupted, self._missed_from, self._missed_at = None, 0, 0

    # --- the index ---

    def _say(self, line: dict[str, object]) -> None:
        """Add a line to the index, now or as soon as that works."""
        self._lines.append(line)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / INDEX).open("ab+") as index:
                if index.tell() and not _ends_a_line(index):
                    index.write(b"\n")
                while self._lines:
                    index.write(json.dumps(self._lines[0], ensure_ascii=False).encode() + b"\n")
                    index.flush()
                    self._lines.popleft()
                os.fsync(index.fileno())
        except OSError as failed:
            log.warning("the index of %s cannot be written: %s", self._folder, failed)

    def _tidy(self, *, wait: float) -> None:
        """Give a line to every segment that was left without one, and go on counting.

        Not while another recorder is at work here, as after a call moved to another worker.
        """
        if self._lock is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(self._folder, wait)
        told = {line.get("file") for line in (*index_lines(self._folder), *self._lines)}
        # of those that were taken away since, too: a number is given once
        numbers = [Path(str(name)).stem for name in told if name]
        self._number = max([self._number, *(int(one) for one in numbers if one.isdigit())])
        for file in sorted(self._folder.glob("[0-9]*.mkv")):
            self._number = max(self._number, int(file.stem))
            if file.name in told:
                continue
            self._interrupted = self._interrupted or "recorder ended"
            if (line := line_of_leftover(file)) is None:
                file.unlink()
            else:
                self._say(line | {"cause": self._interrupted})
        if recorded := Recording.read(self._folder).stretches:
            self._last_at = microseconds(recorded[-1].ends_at)
        self._untidy = False


def _lock(folder: Path, wait: float) -> int:
    """A descriptor that keeps others out until it is closed, also by the end of the process.

    Raises:
        OSError: another recorder has it, and still has it after so many seconds.
    """
    descriptor, until = os.open(folder, os.O_RDONLY), time.monotonic() + wait
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise
                time.sleep(0.02)  # nothing else tells when it is free
            else:
                return descriptor
    except OSError:
        os.close(descriptor)
        raise


def _older(segment: Segment, frame: Frame, microseconds: int) -> bool:
    """Whether a segment has lasted that long. One that is yet to begin has: the clock was set."""
    return not 0 <= frame.at - segment.starts_at < microseconds


def _ends_a_line(file: BinaryIO) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _gap(begins: int, ends: int, packets: int, track: str, cause: str) -> dict[str, object]:
    return {
        "from": moment(begins).isoformat(),
        "to": moment(ends).isoformat(),
        "packets": packets,
        "track": track,
        "cause": cause,
    }
