"""What was recorded of one participant, read afterwards: segments, gaps, and where a moment is.

Pure reading of the part's `index.jsonl`, which `part.py` writes; no media is opened. What goes into
`joined.py` and comes out of it stands here too, for those who have no media code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

INDEX = "index.jsonl"


@dataclass(frozen=True)
class Stretch:
    """One segment: a file, and what it shows."""

    file: Path
    starts_at: datetime  # aware, UTC
    seconds: float
    bytes: int
    sha256: str
    width: int  # 0 if there is only sound
    height: int
    frames: int  # pictures
    cause: str | None  # why it was cut off, if it was

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Missing:
    """A gap: what is not in the recording, and why."""

    begins_at: datetime
    ends_at: datetime
    packets: int  # 0 if nobody counted
    track: str  # "video", "sound" or "all"
    cause: str


@dataclass(frozen=True)
class Recording:
    """A part's segments and gaps, each in the order of time."""

    stretches: tuple[Stretch, ...]
    missing: tuple[Missing, ...]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The recording in a part's folder; empty if there is none.

        Raises:
            OSError: there is an index, but it cannot be read.
        """
        stretches, missing = [], []
        for line in index_lines(folder):
            try:
                if "file" in line:
                    stretches.append(_stretch(folder, line))
                else:
                    missing.append(_missing(line))
            except (KeyError, TypeError, ValueError):
                continue  # not ours; the files are still there
        stretches.sort(key=lambda stretch: stretch.starts_at)
        missing.sort(key=lambda gap: gap.begins_at)
        return cls(tuple(stretches), tuple(missing))

    @property
    def seconds(self) -> float:
        """All that can be played."""
        return sum(stretch.seconds for stretch in self.stretches)

    def moment(self, at: datetime) -> tuple[Path, float] | None:
        """Where to look for what happened at a time: a file, and seconds into it.

        In a gap it is the beginning of what comes after; None after the end.
        """
        for stretch in self.stretches:
            if at < stretch.ends_at:
                return stretch.file, max(0.0, (at - stretch.starts_at).total_seconds())
        return None


class Kind(StrEnum):
    """What sort of file a recording was joined to."""

    MP4 = "mp4"
    WEBM = "webm"


class CannotJoin(ValueError):
    """The recording does not go into one file; `cause` says why.

    nothing: no segment has anything in it. codecs: its camera changed from one codec to another.
    unreadable: a segment cannot be read. disk: there is no room. unwritable: writing failed.
    """

    def __init__(self, cause: str, detail: str = "") -> None:
        super().__init__(detail or cause)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment to be joined; how large its pictures are in pixels (0: sound alone)."""

    starts_at: datetime
    seconds: float
    width: int
    height: int
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Joined:
    """What segments were joined to."""

    kind: Kind
    starts_at: datetime
    seconds: float


def index_lines(folder: Path) -> Iterator[dict[str, Any]]:
    """The lines of a part's index that are whole; the last may have been cut off."""
    try:
        with (folder / INDEX).open("rb") as index:
            lines = index.read().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict):
            yield said


def _stretch(folder: Path, line: dict[str, Any]) -> Stretch:
    name = str(line["file"])
    if name != Path(name).name:
        raise ValueError("a file outside its folder")
    return Stretch(
        file=folder / name,
        starts_at=_time(line["starts_at"]),
        seconds=float(line["seconds"]),
        bytes=int(line["bytes"]),
        sha256=str(line["sha256"]),
        width=int(line["width"]),
        height=int(line["height"]),
        frames=int(line["frames"]),
        cause=line.get("cause"),
    )


def _missing(line: dict[str, Any]) -> Missing:
    return Missing(
        begins_at=_time(line["from"]),
        ends_at=_time(line["to"]),
        packets=int(line["packets"]),
        track=str(line["track"]),
        cause=str(line["cause"]),
    )


def _time(text: object) -> datetime:
    at = datetime.fromisoformat(str(text))
    if at.tzinfo is None:
        raise ValueError("a time of no zone")
    return at
