"""What any plan must cost at least, so that one can say how far from the best ours may be.

Of all rounds there could be, the cheapest share of each is sought that covers every survey or
leaves it out, within the minutes of officers, cars and desks (`Covering`). The prices that come of
the rounds known so far jump about; those tried stay near the ones that proved most.

Wentges, "Weighted Dantzig-Wolfe decomposition for linear mixed-integer programming", International
Transactions in Operational Research 4 (1997).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from scheduler.ascent import climb
from scheduler.covering import Covering, Effort, Floats, NoBound
from scheduler.problem import Problem
from scheduler.stretches import alone
from scheduler.whole import of_whole_rounds

__all__ = ["THOROUGH", "USUAL", "Bound", "Effort", "NoBound", "lower_bound"]

#: How many labels are looked at: few as long as that finds rounds, in the end all.
LABELS = (2_000, 20_000, 200_000)

#: The share of the cost by which bound and program may differ at the end.
CLOSE = 1e-6

#: What the prices tried keep of those that proved most, as long as that finds rounds; prices that
#: prove less than a share of what the program costs are none to stay near to.
KEPT, LEAST_KEPT, TRUSTED = 0.8, 0.1, 0.9

#: More surveys than that of officers who go alone are climbed to first.
MANY = 300

USUAL = Effort(near=12, whole_labels=20_000, whole_rounds=60_000)

#: Minutes for a day of a hundred surveys; a week of crews gains nothing by it.
THOROUGH = Effort(near=18, whole_labels=1_000_000, whole_rounds=300_000)


@dataclass(frozen=True, slots=True)
class Bound:
    """No plan costs less than ``cost``. ``finished``: more time would not raise it."""

    cost: int
    finished: bool


def lower_bound(
    problem: Problem,
    *,
    seconds: float,
    cancelled: Callable[[], bool] = lambda: False,
    known: int | None = None,
    effort: Effort = USUAL,
) -> Bound:
    """What every plan that keeps the rules costs at least, in seconds of driving (`cost_of`).

    Where every survey on site needs one officer only, this is said of plans in which officers go
    out alone, as the planner sends them. Until all prices have been tried once nothing but 0 is
    known.

    Where the cost of a plan is ``known``, whole rounds are chosen at last among all that a cheaper
    plan could have, if they are not too many, for as long again, and if there are few of them and
    they take crews, officers for these, for as long once more. The bound then is that cost, or what
    a cheaper plan must cost at least, with crews no larger than their surveys ask.

    Raises:
        NoBound: crews meet, or one stretch has too many surveys to choose from.
    """
    if any(mode.crews for task in problem.tasks for mode in task.modes):
        raise NoBound("crews meet")
    until = monotonic() + seconds

    def stopped() -> bool:
        return cancelled() or monotonic() > until

    covering = Covering(problem, effort)
    proven = _Proven()
    if alone(problem) and len(problem.tasks) > MANY:
        proven = _Proven(*climb(covering, LABELS[-1], stopped))
    finished = any(_finish(covering, proven, most_labels, stopped) for most_labels in LABELS)
    if finished and known is not None and proven.prices is not None:
        rounds = covering.every_round(proven.prices, known - proven.bound + 1)
        if rounds is not None:
            proven.bound = of_whole_rounds(covering, rounds, proven.bound, known, seconds)
    return Bound(_whole(proven.bound), finished)


def _whole(bound: float) -> int:
    """Costs are whole; what floating point may have added is taken off before rounding up."""
    return max(0, math.ceil(bound - 1e-3 - 1e-9 * abs(bound)))


@dataclass
class _Proven:
    """The highest bound so far, and the prices that prove it."""

    bound: float = 0.0
    prices: Floats | None = None


def _finish(
    covering: Covering, proven: _Proven, most_labels: int, stopped: Callable[[], bool]
) -> bool:
    """Add rounds as long as there are some that pay; whether no more is to be proven."""
    kept = KEPT
    while not stopped():
        value, own = covering.solve()
        prices, near = own, False
        if proven.prices is not None and proven.bound > TRUSTED * value and kept > 0:
            prices, near = kept * proven.prices + (1 - kept) * own, True
        look = covering.look(prices, most_labels, stopped)
        if look is None:
            return False
        if look.complete and (look.bound > proven.bound or proven.prices is None):
            proven.bound, proven.prices = max(0.0, look.bound), prices
        if value - proven.bound <= CLOSE * abs(value):
            return True
        if near and not look.added:
            kept = kept / 2 if kept > LEAST_KEPT else 0.0
        elif not look.added:
            return look.complete
        elif most_labels < LABELS[-1] and not look.complete and look.added < len(covering.parts):
            return False
        else:
            kept = KEPT
    return False
