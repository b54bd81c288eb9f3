"""Good prices for very many surveys, climbed to step by step without any linear program.

Whatever is taken more often than it is there becomes dearer, whatever is left over cheaper: each
step leads towards a higher bound and makes rounds known that the linear program needs. It comes
within about one in a hundred of the best prices; the program goes the rest of the way, for which it
would need hours from nothing where each officer has a stretch to himself.

Held, Wolfe and Crowder, "Validation of subgradient optimization", Mathematical Programming 6
(1974); steps that remember the one before: Camerini, Fratta and Maffioli, Mathematical Programming
Study 3 (1975).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scheduler.covering import Covering, Floats

#: What a survey earns at first: that share of the shortest way there and back.
FIRST = 0.2

#: How far above the best bound so far the true one is taken to be.
AHEAD = 0.1

#: What a step keeps of the direction of the one before.
REMEMBERED = 0.3

#: After so many steps that gained less than that share, steps become so much shorter, from where
#: it was best; it is given up when they are that short.
PATIENCE, WORTH, SHORTER, SHORTEST = 5, 1e-4, 0.7, 0.1


def climb(
    covering: Covering, most_labels: int, stopped: Callable[[], bool]
) -> tuple[float, Floats]:
    """The highest bound found, and the prices that prove it."""
    prices = _first(covering)
    best, at_best, before = 0.0, prices, np.zeros_like(prices)
    length, patience = 1.0, PATIENCE
    while length > SHORTEST:
        look = covering.look(prices, most_labels, stopped)
        if look is None:
            break
        if look.complete and look.bound > best + WORTH * best:
            best, at_best, patience = look.bound, prices, PATIENCE
        else:
            patience -= 1
        if patience == 0:
            prices, patience, length = at_best, PATIENCE, length * SHORTER
        slope = covering.sign * (covering.there - look.taken)
        slope[(prices <= 0) & (slope < 0)] = 0
        before = (1 - REMEMBERED) * slope + REMEMBERED * before
        step = length * ((1 + AHEAD) * best - look.bound) / max(1.0, float(slope @ slope))
        prices = np.maximum(0.0, prices + step * before)
    return best, at_best


def _first(covering: Covering) -> Floats:
    prices = np.zeros(len(covering.rows))
    for survey, way in covering.shortest_ways().items():
        prices[survey] = FIRST * way
    return prices
