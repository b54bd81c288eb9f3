"""What a survey record (踏勘记录) tells, as plain values: all of it text, times and pictures.

Words that come from the case, the script or a person are printed as given, in the record's
language; identifiers arrive already masked. Times are aware and printed in Beijing time.
"""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


class Mode(StrEnum):
    """How the premises were seen."""

    VIDEO = "video"  # 远程踏勘
    ON_SITE = "on_site"  # 现场踏勘


class Result(StrEnum):
    """What was found at one point (检查结果)."""

    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "na"


class Finding(StrEnum):
    """What the survey concluded (踏勘结论)."""

    PASS = "pass"
    RECTIFY = "rectify"
    FAIL = "fail"


class Source(StrEnum):
    """Whose camera a piece of evidence comes from."""

    PHONE = "phone"  # the applicant's, at full size
    SERVER = "server"  # a still out of the live video
    OFFICER = "officer"  # taken on site
    LATER = "later"  # the applicant's, while no network carried the call


class Role(StrEnum):
    """Who takes part, and signs."""

    LEAD = "lead"  # 主办
    SECOND = "second"  # 协办
    APPLICANT = "applicant"


class Capacity(StrEnum):
    """As whom somebody watches a call."""

    CITIZEN = "citizen"  # 社会监督员
    SUPERIOR = "superior"  # 上级
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Case:
    """The application (办件) and the item type (事项) it falls under."""

    number: str
    item_type: str


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies. ``identifier`` and ``telephone`` are printed as given: masked by the caller."""

    name: str
    identifier: str
    telephone: str


@dataclass(frozen=True, slots=True)
class Premises:
    """The place that was seen; ``position`` in words, with its datum, or empty."""

    name: str
    address: str
    position: str = ""


@dataclass(frozen=True, slots=True)
class Officer:
    """Who judged (踏勘专家), with the number of the certificate that entitles to it, if any."""

    name: str
    role: Role
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Observer:
    """Who watched the call (旁听), as the applicant had agreed to, and from when."""

    name: str
    capacity: Capacity
    came_at: datetime


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the checklist, and what was found.

    ``answer`` is the measured figure with its unit or the option chosen, empty for a plain
    pass or fail; ``evidence`` the numbers of the pieces that show it.
    """

    number: str
    section: str
    check: str
    standard: str
    result: Result
    answer: str = ""
    note: str = ""
    key: bool = False  # 关键项: failing it alone fails the survey
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """The same photo with what an expert drew on it during the call (圈画)."""

    at: datetime
    thumbnail: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """One original in the file store, and the watermarked JPEG thumbnail printed for it.

    ``drawn`` is printed beside it, never in its place.
    """

    number: str
    point: str
    source: Source
    taken_at: datetime | None  # the device's clock
    received_at: datetime  # the server's clock
    size: int  # bytes
    sha256: str
    thumbnail: bytes
    drawn: tuple[Drawn, ...] = ()


@dataclass(frozen=True, slots=True)
class Rectification:
    """One thing to put right (整改)."""

    point: str
    what: str


@dataclass(frozen=True, slots=True)
class Strokes:
    """A name as drawn with a finger: lines of (x, y) points, y downwards, in any unit.

    Raises:
        ValueError: nothing was drawn, or a coordinate is not a number.
    """

    lines: tuple[tuple[tuple[float, float], ...], ...]

    def __post_init__(self) -> None:
        if not any(self.lines):
            raise ValueError("a signature without a stroke")
        if not all(math.isfinite(x) and math.isfinite(y) for line in self.lines for x, y in line):
            raise ValueError("a stroke that leads nowhere")


@dataclass(frozen=True, slots=True)
class Signature:
    """A person's name, drawn on the phone or the desk, when, and what it stands for.

    ``dissent`` is why an officer does not agree with the finding (保留意见), empty where they do;
    ``device_of`` whose device it was drawn on, where that is somebody else's; ``signed`` the
    SHA-256 of what was signed, if it was kept.
    """

    name: str
    role: Role
    at: datetime
    strokes: Strokes
    dissent: str = ""
    device_of: str = ""
    signed: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """That somebody worded the summary, and when."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """Who saw what, when and how: as drafted (`draft.summary`), or as an officer worded it.

    ``worded`` is empty for a draft; else everybody who worked at it, the last being whose words
    these are.
    """

    text: str
    worded: tuple[Wording, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """The checklist as it was pinned to this survey (踏勘脚本)."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SurveyRecord:
    """Everything one survey record prints.

    ``opinion`` is the expert's reasoning, ``statement`` what the applicant had to say; either may
    be empty. ``rectify_by`` is the last day, Beijing time, and goes with `Finding.RECTIFY` only.

    Raises:
        ValueError: a time is naive, a digest is none, or ``rectify_by`` and the finding disagree.
    """

    number: str
    language: Language
    bureau: str
    case: Case
    applicant: Applicant
    premises: Premises
    mode: Mode
    started_at: datetime
    ended_at: datetime
    officers: tuple[Officer, ...]
    observers: tuple[Observer, ...]
    script: Script
    points: tuple[Point, ...]
    evidence: tuple[Evidence, ...]
    finding: Finding
    summary: Summary
    opinion: str
    rectifications: tuple[Rectification, ...]
    rectify_by: date | None
    statement: str
    signatures: tuple[Signature, ...]
    made_at: datetime

    def __post_init__(self) -> None:
        if (self.finding is Finding.RECTIFY) != (self.rectify_by is not None):
            raise ValueError("rectify_by goes with Finding.RECTIFY, and only with it")
        moments = [self.started_at, self.ended_at, self.made_at]
        moments += [observer.came_at for observer in self.observers]
        moments += [piece.received_at for piece in self.evidence]
        moments += [piece.taken_at for piece in self.evidence if piece.taken_at]
        moments += [drawn.at for piece in self.evidence for drawn in piece.drawn]
        moments += [signature.at for signature in self.signatures]
        moments += [wording.at for wording in self.summary.worded]
        if any(moment.utcoffset() is None for moment in moments):
            raise ValueError("every time of a record must say its offset")
        digests = [self.script.sha256, *(piece.sha256 for piece in self.evidence)]
        if not all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in digests):
            raise ValueError("a SHA-256 has 64 lower-case hexadecimal digits")
