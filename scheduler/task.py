"""What has to be surveyed: one task a survey, with the ways in which it may be done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from scheduler.minutes import Span, refuse_spans
from scheduler.refusals import Nonsense, ProblemRefused, refuse_less, refuse_nameless

#: Crews that can meet at one survey.
MOST_CREWS = 8


class Kind(StrEnum):
    """How a survey is carried out."""

    ON_SITE = "on_site"  # 现场踏勘
    VIDEO = "video"  # 远程踏勘


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to carry out a survey.

    ``required_types`` are the item types to be judged; more than one make a joint survey
    (联合踏勘). For each of them at least ``qualified`` of the officers must hold it.
    ``officers`` is the least number to send; None leaves it to the policy. ``minutes`` is
    the survey itself, without the way or the arrival. ``cost`` is what this way costs the bureau
    beside time and driving, in seconds of driving like every cost.

    Where no crew can judge all of them, several meet there and begin in the same minute (联合验收):
    ``crews`` are the item types that each of them judges. None: one crew judges everything.
    ``after`` says for each crew but the first how many minutes after it they begin, at the least
    and at the most, where one has to see what another has done. None: in the same minute.
    """

    kind: Kind
    minutes: int
    required_types: frozenset[str]
    site: int | None = None  # where an on-site survey is; surveys at one address share a site
    officers: int | None = None
    qualified: int = 1
    crews: tuple[frozenset[str], ...] = ()
    cost: int = 0
    after: tuple[tuple[int, int], ...] = ()

    @property
    def parts(self) -> tuple[Mode, ...]:
        """What each crew does, as a way of its own."""
        if not self.crews:
            return (self,)
        return tuple(
            replace(self, required_types=types, crews=(), after=()) for types in self.crews
        )

    def begins_after(self, part: int) -> tuple[int, int]:
        """How many minutes after the first crew one begins, at the least and at the most."""
        return self.after[part - 1] if self.after and part else (0, 0)


@dataclass(frozen=True, slots=True)
class Pin:
    """An appointment that was promised: this way, these officers, this day and minute."""

    mode: int  # index into Task.modes
    officers: frozenset[str]
    day: int
    start: int


@dataclass(frozen=True, slots=True)
class Task:
    """One survey to be planned.

    ``windows`` are the times that suit the applicant (none: any time officers work);
    ``release`` and ``deadline`` are the first and the last day allowed, indices into
    ``Problem.days`` (None: none of them is too late). After the day ``due`` it may still be held,
    at a price for each day. A task of priority 3 weighs as much as three of priority 1; one with
    a ``penalty`` is optional, and leaving it out costs no more than that. ``recused`` officers
    have a conflict of interest (回避). ``load`` is what an on-site survey takes of its car's load.
    It should begin by the minute ``begin_by`` of its day; later ones, within the windows, cost.
    """

    key: str
    district: str
    modes: tuple[Mode, ...]
    windows: tuple[Span, ...] = ()
    deadline: int | None = None
    priority: int = 1
    recused: frozenset[str] = frozenset()
    pinned: Pin | None = None
    load: int = 0
    release: int = 0
    due: int | None = None
    penalty: int | None = None
    begin_by: int | None = None

    def __post_init__(self) -> None:
        thing = f"survey {self.key}"
        refuse_nameless(self.key, "a survey")
        refuse_spans(self.windows, what="window", thing=thing)
        refuse_less(self.priority, 1, what="the priority", thing=thing)
        refuse_less(self.load, 0, what="the load", thing=thing)
        refuse_less(self.release, 0, what="the first day allowed", thing=thing)
        for what, value in (
            ("the day of the deadline", self.deadline),
            ("the day it is due", self.due),
            ("the penalty", self.penalty),
            ("the minute it should begin by", self.begin_by),
        ):
            if value is not None:
                refuse_less(value, 0, what=what, thing=thing)
        if not self.modes:
            raise ProblemRefused(Nonsense.NO_MODE, thing)
        for mode in self.modes:
            _refuse_mode(mode, thing)
        if self.pinned is not None:
            _refuse_pin(self.pinned, self.modes, thing)


def _refuse_mode(mode: Mode, thing: str) -> None:
    refuse_less(mode.minutes, 1, what="its minutes", thing=thing)
    refuse_less(mode.qualified, 1, what="the number of qualified officers", thing=thing)
    refuse_less(mode.cost, 0, what="what a way to do it costs", thing=thing)
    if (mode.kind is Kind.ON_SITE) != (mode.site is not None):
        raise ProblemRefused(Nonsense.NO_SITE, thing)
    if mode.site is not None:
        refuse_less(mode.site, 0, what="its site", thing=thing)
    if mode.officers is not None:
        refuse_less(mode.officers, 1, what="the number of officers", thing=thing)
        if mode.kind is Kind.VIDEO and mode.officers > 2:
            raise ProblemRefused(Nonsense.DESK_CROWDED, thing, officers=mode.officers)

    if mode.crews:
        judged = [item_type for types in mode.crews for item_type in types]
        whole = frozenset(judged) == mode.required_types and all(mode.crews)
        if not (whole and mode.kind is Kind.ON_SITE and 2 <= len(mode.crews) <= MOST_CREWS):
            raise ProblemRefused(Nonsense.CREWS, thing, most=MOST_CREWS)
    if mode.after and len(mode.after) != len(mode.crews) - 1:
        raise ProblemRefused(Nonsense.AFTER, thing)
    for earliest, latest in mode.after:
        refuse_less(earliest, 0, what="the minutes between two crews", thing=thing)
        refuse_less(latest, earliest, what="the most minutes between two crews", thing=thing)


def _refuse_pin(pin: Pin, modes: tuple[Mode, ...], thing: str) -> None:
    refuse_less(pin.mode, 0, what="the way promised", thing=thing)
    refuse_less(pin.day, 0, what="the day promised", thing=thing)
    refuse_less(pin.start, 0, what="the time promised", thing=thing)
    if pin.mode >= len(modes):
        raise ProblemRefused(Nonsense.NO_MODE, thing)
    if modes[pin.mode].kind is Kind.VIDEO and len(pin.officers) > 2:
        raise ProblemRefused(Nonsense.DESK_CROWDED, thing, officers=len(pin.officers))
