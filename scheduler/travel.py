"""How long the ways are where no map service is at hand: the straight line, and a detour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import overload

from yunkan_kernel import Ways

from scheduler.refusals import Nonsense, ProblemRefused

#: Places on a plane lie within so many metres of its axes: as far as from the equator to a pole.
FARTHEST = 10_000_000

DAY = 24 * 60 * 60.0


def starting_and_ending(
    travel: Sequence[Sequence[int]], *, start: int, end: int
) -> list[list[int]]:
    """The same ways with one more site, the last: a base whose rounds set out at one site and end
    at another, as where a crew leaves from the bureau and goes home from its last survey.

    The way from it is that from ``start``, the way to it that to ``end``.
    """
    told = [[*row, row[end]] for row in travel]
    return [*told, [*travel[start], 0]]


@dataclass(frozen=True)
class StraightLine(Sequence[Sequence[int]]):
    """Driving times between places, as a table that is never written out: each way is measured
    when it is asked for, so that a city of 60,000 surveys fits into memory.

    ``places`` are longitude and latitude in degrees (WGS-84) or, on a ``plane``, metres east and
    north (a projected map such as CGCS2000). A way is the great-circle or straight distance times
    ``detour``, at ``speed`` metres a second, and ``standing`` seconds for setting off and parking;
    in whole seconds.

    Raises:
        ProblemRefused: a place that is nowhere, such as NaN, or a speed at which nobody arrives:
            less than a metre of the straight line in a second.
    """

    places: tuple[tuple[float, float], ...]
    detour: float
    speed: float
    standing: float = 0.0
    plane: bool = False

    def __post_init__(self) -> None:
        east_most, north_most = (FARTHEST, FARTHEST) if self.plane else (180, 90)
        for number, (east, north) in enumerate(self.places):
            known = isfinite(east) and isfinite(north)
            if not known or abs(east) > east_most or abs(north) > north_most:
                raise ProblemRefused(Nonsense.NOWHERE, f"site {number}", east=east, north=north)
        for what, value, least, most in (
            ("the detour", self.detour, 0.1, 10.0),
            ("the speed", self.speed, self.detour, 1_000.0),
            ("the time for parking", self.standing, 0.0, DAY),
        ):
            if not isfinite(value) or not least <= value <= most:
                raise ProblemRefused(Nonsense.NOT_A_NUMBER, "travel times", what=what, value=value)

    @cached_property
    def ways(self) -> Ways:
        """The same as the kernel knows it."""
        return Ways(self.places, self.plane, self.detour, self.speed, self.standing)

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, start: int) -> _Row: ...
    @overload
    def __getitem__(self, start: slice) -> tuple[_Row, ...]: ...
    def __getitem__(self, start: int | slice) -> _Row | tuple[_Row, ...]:
        """The ways from one site to every other."""
        if isinstance(start, slice):
            return tuple(self[one] for one in range(*start.indices(len(self))))
        if not 0 <= start < len(self):
            raise IndexError(start)
        return _Row(self, start)

    def __iter__(self) -> Iterator[_Row]:
        return (self[start] for start in range(len(self)))


@dataclass(frozen=True, slots=True)
class _Row(Sequence[int]):
    """The ways from one site to every other, in seconds."""

    _line: StraightLine
    _start: int

    def __len__(self) -> int:
        return len(self._line)

    @overload
    def __getitem__(self, end: int) -> int: ...
    @overload
    def __getitem__(self, end: slice) -> tuple[int, ...]: ...
    def __getitem__(self, end: int | slice) -> int | tuple[int, ...]:
        if isinstance(end, slice):
            return tuple(self[one] for one in range(*end.indices(len(self))))
        return self._line.ways.seconds(self._start, end)
