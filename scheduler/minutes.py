"""The minutes of a day as one whole number: bit 570 is the minute from 09:30 to 09:31.

Whether two officers, a car and an applicant are all free is then one AND, and "where do
40 minutes fit" six shifts, however many appointments the day holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.refusals import Nonsense, ProblemRefused, refuse_less


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From ``start`` to ``end`` on one day.

    ``day`` is an index into ``Problem.days``; times are whole minutes after 00:00 local
    time. A shift past midnight goes on counting: 01:30 is 1530.
    """

    day: int
    start: int
    end: int

    @property
    def minutes(self) -> int:
        """The span as a set of minutes."""
        return between(self.start, self.end)


def refuse_spans(spans: tuple[Span, ...], *, what: str, thing: str) -> None:
    """Refuse spans of ``thing`` that end before they start, or hold no numbers."""
    for span in spans:
        refuse_less(span.day, 0, what=f"the day of its {what}", thing=thing)
        refuse_less(span.start, 0, what=f"the start of its {what}", thing=thing)
        refuse_less(span.end, 0, what=f"the end of its {what}", thing=thing)
        if span.end <= span.start:
            start, end = clock(span.start), clock(span.end)
            raise ProblemRefused(Nonsense.BACKWARDS, thing, what=what, start=start, end=end)


def clock(minute: int) -> str:
    """``570`` as people read it: ``09:30``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def between(start: int, end: int) -> int:
    """The minutes from ``start`` up to, not including, ``end``."""
    return ((1 << (end - start)) - 1) << start


def union(spans: tuple[Span, ...], day: int) -> int:
    """All minutes of one day that lie in any of the spans."""
    minutes = 0
    for span in spans:
        if span.day == day:
            minutes |= span.minutes
    return minutes


def starts(free: int, length: int) -> int:
    """The minutes at which ``length`` free minutes in a row begin."""
    covered = 1  # `free` holds the starts of runs this long
    while covered < length and free:
        step = min(covered, length - covered)
        free &= free >> step
        covered += step
    return free


def first(minutes: int) -> int:
    """The earliest minute of a set that is not empty."""
    return (minutes & -minutes).bit_length() - 1


def last(minutes: int) -> int:
    """The latest minute of a set that is not empty."""
    return minutes.bit_length() - 1


def gaps(free: int) -> Iterator[tuple[int, int]]:
    """The stretches of free minutes, earliest first, as (start, end)."""
    while free:
        start = first(free)
        end = start + first(~(free >> start))
        yield start, end
        free &= -1 << end
