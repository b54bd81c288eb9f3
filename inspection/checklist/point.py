"""Points (检查项): one question of a script, with what to say, show and require."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from inspection.checklist.expression import Expression


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Chinese and in English."""

    zh: str
    en: str


class Mark(StrEnum):
    """What an answer means for the point."""

    MET = "met"  # 符合
    UNMET = "unmet"  # 不符合
    NOT_APPLICABLE = "not_applicable"  # 不适用


class Severity(StrEnum):
    """What one failure costs: a failed key point fails the survey."""

    KEY = "key"  # 关键项
    GENERAL = "general"  # 一般项


class Remote(StrEnum):
    """Whether a point can be judged over video."""

    OK = "ok"
    ASSIST = "assist"  # somebody on site must measure or operate
    ONSITE_ONLY = "onsite_only"


class AnswerKind(StrEnum):
    PASS_FAIL_NA = "pass_fail_na"
    CHOICE = "choice"
    NUMBER = "number"


class EvidenceKind(StrEnum):
    PHOTO = "photo"
    DOCUMENT = "document"  # a paper, photographed so that it can be read
    VIDEO = "video"
    MEASURE = "measure"  # an instrument or tape, read before the camera
    SIGNATURE = "signature"


class Confirm(StrEnum):
    """Why the bureau must still confirm a point before it relies on it."""

    LOCAL_LIMIT = "local_limit"  # 限值以地方标准为准
    WORDING = "wording"  # 文字待核


@dataclass(frozen=True, slots=True)
class Choice:
    """One option. ``mark`` is its pass mark; a question that judges nothing has none."""

    name: str
    label: Text
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class EvidenceAsked:
    kind: EvidenceKind
    least: int


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    label: Text


@dataclass(frozen=True, slots=True)
class Repeat:
    """What is looked at several times (重复组): each fridge, each room, with the same questions."""

    name: str
    label: Text  # of one of them
    count: str  # name of the question that says how many there are


@dataclass(frozen=True, slots=True)
class Point:
    """One question.

    A point without `severity` is an opening question: it judges nothing, and only opens or
    closes other points (`relevant`), or counts how often others are asked. Its `standard`,
    `rectify` and tips are then None.

    In a script `name` is a question's own. When a checklist is worked, a point of a repeat is there
    once for each of what is looked at: ``temperature[2]`` is the second fridge's (`of`).
    """

    name: str
    number: int  # from 1, in script order
    group: str  # name of its group, or empty
    repeat: str  # name of its repeat, or empty
    label: Text  # what is checked
    hint: Text | None  # what the applicant films
    sketch: str  # name of a picture of right and wrong (`sketches.py`), or empty
    spoken: Text  # what the officer says (话术)
    kind: AnswerKind
    choices: tuple[Choice, ...]  # empty for numbers
    whole: bool  # a number without decimals
    unit: Text | None  # of the number, or of the reading to put in the note
    accepted: Expression | None  # numbers outside it cannot be true: refused
    accepted_message: Text | None
    passes: Expression | None  # numbers inside it meet the standard
    relevant: Expression | None  # asked only while it holds
    severity: Severity | None
    standard: Text | None
    rectify: Text | None
    tip_good: Text | None
    tip_bad: Text | None
    basis: tuple[str, ...]  # ids of the script's bases
    evidence: tuple[EvidenceAsked, ...]
    remote: Remote
    confirm: Confirm | None
    to_confirm: bool  # `confirm` is set, or one of its bases is still to be confirmed

    @property
    def photos(self) -> int:
        """How many stills a met point needs: of the place, and of papers."""
        return self._asked(EvidenceKind.PHOTO) + self._asked(EvidenceKind.DOCUMENT)

    @property
    def photos_when_unmet(self) -> int:
        """One still of what is wrong; a paper that does not exist cannot be photographed."""
        return min(1, self._asked(EvidenceKind.PHOTO))

    @property
    def video(self) -> bool:
        return self._asked(EvidenceKind.VIDEO) > 0

    def of(self, repeat: Repeat, nth: int) -> Point:
        """This point for the `nth` of what `repeat` looks at, counted from 1."""
        label = Text(
            f"{self.label.zh}（{repeat.label.zh} {nth}）",
            f"{self.label.en} ({repeat.label.en} {nth})",
        )
        return replace(self, name=f"{self.name}[{nth}]", label=label)

    @property
    def limits(self) -> Expression | None:
        """What bounds a number: the standard, or for a question that judges nothing what can be."""
        return self.accepted if self.severity is None else self.passes

    def _asked(self, kind: EvidenceKind) -> int:
        return sum(asked.least for asked in self.evidence if asked.kind is kind)
