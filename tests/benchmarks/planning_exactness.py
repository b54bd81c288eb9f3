"""Small bureaus by the thousand, each against the best plan there is, proven by other means."""

from __future__ import annotations

import statistics
import sys

from rows import Row

from scheduler.check import violations
from scheduler.solver import solve
from tests.scheduler.exactness import Undecided, best_plan, judged_cost
from tests.scheduler.exactness_problems import busy_bureau

BUREAUS, QUICK = 10_000, 30
ITERATIONS = 4_000


def measure(quick: bool) -> list[Row]:
    bureaus = QUICK if quick else BUREAUS
    found = beaten = wrong = undecided = 0
    beyond: list[float] = []
    for number in range(bureaus):
        problem = busy_bureau(number)
        try:
            best = judged_cost(problem, best_plan(problem))
        except Undecided:
            undecided += 1
            continue
        plan = solve(problem, seconds=60, iterations=ITERATIONS)
        ours = judged_cost(problem, plan)
        if broken := violations(problem, plan):
            wrong += 1
            print(f"exactness, bureau {number}: breaks {broken[0]}", file=sys.stderr)
        found += ours == best
        beaten += ours < best
        if ours > best:
            beyond.append(ours - best)
    title = f"exactness, {bureaus} small bureaus"
    decided = max(1, bureaus - undecided)
    return [
        Row(f"{title}, best plan found", 100 * found / decided, "%", ">= 95"),
        Row(f"{title}, plans that break a rule", wrong, "plans", "<= 0"),
        Row(f"{title}, plans better than the proven best", beaten, "plans", "<= 0"),
        Row(f"{title}, not proven", undecided, "bureaus"),
        Row(
            f"{title}, beyond the best where missed, median", statistics.median(beyond or [0]), "s"
        ),
    ]
