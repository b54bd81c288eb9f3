"""Planning, all of it: routing, single officers, care, a city, crews, explanations, growth."""

from __future__ import annotations

import planning_bureau
import planning_care
import planning_chicago
import planning_city
import planning_crews
import planning_exactness
import planning_explanations
import planning_growth
import planning_vrptw
from rows import Row

PARTS = (
    planning_vrptw,
    planning_bureau,
    planning_city,
    planning_care,
    planning_crews,
    planning_exactness,
    planning_chicago,
    planning_explanations,
    planning_growth,
)


def measure(quick: bool) -> list[Row]:
    """About three hours, or within 50 s: fewer instances, less time, PyVRP the only peer."""
    return [row for part in PARTS for row in part.measure(quick)]
