"""Travel times between places: the straight line times a detour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from scheduler import travel

Place = tuple[float, float]
"""Longitude and latitude in degrees, WGS-84."""

#: Roads are longer than the straight line: about a third in a gridded city.
DETOUR = 1.35
#: Door to door in town, in metres a second (25 km/h).
SPEED = 25_000 / 3600


class Travel(Protocol):
    """Seconds from every place to every other."""

    def seconds(self, places: Sequence[Place]) -> Sequence[Sequence[int]] | travel.StraightLine: ...


class StraightLine:
    """Needs no map and no network."""

    def seconds(self, places: Sequence[Place]) -> travel.StraightLine:
        return travel.StraightLine(tuple(places), DETOUR, SPEED)


def road_metres(seconds: int) -> float:
    """How far one drives in so many seconds at our speed: for the kilometres shown on a plan."""
    return seconds * SPEED
