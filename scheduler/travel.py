"""How long the ways are where no map service is at hand: the straight line, and a detour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import overload

from yunkan_kernel import straight_line

from scheduler.refusals import Nonsense, ProblemRefused


@dataclass(frozen=True)
class StraightLine(Sequence[Sequence[int]]):
    """Driving times between places, as a table that is worked out only when it is needed.

    ``places`` are longitude and latitude in degrees (WGS-84). A way is the great-circle distance
    (haversine) times ``detour``, at ``speed`` metres a second, in whole seconds.

    Raises:
        ProblemRefused: a place that is nowhere, such as NaN.
    """

    places: tuple[tuple[float, float], ...]
    detour: float
    speed: float

    def __post_init__(self) -> None:
        for number, (east, north) in enumerate(self.places):
            if not (isfinite(east) and isfinite(north) and abs(east) <= 180 and abs(north) <= 90):
                raise ProblemRefused(Nonsense.NOWHERE, f"site {number}", east=east, north=north)
        for what, value in (("detour", self.detour), ("speed", self.speed)):
            if not isfinite(value) or value <= 0:
                raise ProblemRefused(
                    Nonsense.NOT_A_NUMBER, "travel times", what=f"the {what}", value=value
                )

    @cached_property
    def block(self) -> memoryview:
        """All ways in one piece of memory: int32 seconds, row by row."""
        return memoryview(straight_line(self.places, self.detour, self.speed)).cast("i")

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, start: int) -> memoryview: ...
    @overload
    def __getitem__(self, start: slice) -> tuple[memoryview, ...]: ...
    def __getitem__(self, start: int | slice) -> memoryview | tuple[memoryview, ...]:
        """The ways from one site to every other."""
        if isinstance(start, slice):
            return tuple(self[one] for one in range(*start.indices(len(self))))
        if not 0 <= start < len(self):
            raise IndexError(start)
        return self.block[start * len(self) : (start + 1) * len(self)]

    def __iter__(self) -> Iterator[memoryview]:
        return (self[start] for start in range(len(self)))
