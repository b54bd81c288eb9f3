"""What is reported of the times of several runs: how many of them half, and nineteen in twenty."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rows import Row


def spread(title: str, times: Sequence[float], unit: str, target: str = "") -> Iterator[Row]:
    """The target is for the 95th percentile: what holds for it holds for the median."""
    if times:
        yield Row(f"{title}, p50 of {len(times)}", _at_most(times, 0.50), unit)
        yield Row(f"{title}, p95 of {len(times)}", _at_most(times, 0.95), unit, target)


def _at_most(times: Sequence[float], share: float) -> float:
    """The smallest time that so many runs did not exceed: of few runs, the worst of them."""
    return sorted(times)[math.ceil(share * len(times)) - 1]
