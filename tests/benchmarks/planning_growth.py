"""How planning grows with the number of surveys: districts of a generated city, one more at a time.

The first complete plan counts from when the kernel has been told everything; so does the plan
that is within 1 % of what the city costs in the end.
"""

from __future__ import annotations

import statistics

from planning_children import one_core
from planning_solves import Solves, missing
from rows import Row

from tests.scheduler.benchmark_problems import DATA

CITY = DATA / "bureau" / "city_400x5x6000_s1.json"

#: Of a city of 6,000; the larger ones are that city several times, side by side.
SIZES = (100, 1_000, 6_000, 20_000, 60_000)
SECONDS = 30


def measure(quick: bool) -> list[Row]:
    """Without the largest, and the first plans only, where it is to be quick."""
    if lost := missing("growth", "bureau"):
        return lost
    solves, rows = Solves("growth"), []
    with one_core():
        for size in SIZES[:2] if quick else SIZES:
            rows += _first(solves, size, seeds=1 if quick else 5)
            if not quick:
                rows += _near_the_end(solves, size)
    return rows + solves.rows()


def _first(solves: Solves, size: int, *, seeds: int) -> list[Row]:
    made = [
        answer
        for seed in range(1, seeds + 1)
        if (answer := solves.ours("bureau", CITY, seed=seed, seconds=None, surveys=size))
    ]
    if not made:
        return []
    title = f"growth, {size} surveys"
    return [
        Row(f"{title}, told to the kernel", _median(made, "telling"), "s"),
        Row(f"{title}, first complete plan", 1000 * _median(made, "first"), "ms"),
        Row(f"{title}, memory of the first plan", _median(made, "megabytes"), "MB"),
    ]


def _near_the_end(solves: Solves, size: int) -> list[Row]:
    answer = solves.ours("bureau", CITY, seed=1, seconds=SECONDS, surveys=size)
    if not answer:
        return []
    costs: list[tuple[float, int]] = answer["costs"]
    near = next(seconds for seconds, cost in costs if cost <= 1.01 * costs[-1][1])
    return [Row(f"growth, {size} surveys, to within 1 % of the cost after {SECONDS} s", near, "s")]


def _median(made: list[dict[str, float]], what: str) -> float:
    return statistics.median(answer[what] for answer in made)
