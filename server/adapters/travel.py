"""Travel times between places: straight line times a detour now, a map service later."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt
from typing import Protocol

Place = tuple[float, float]
"""Longitude and latitude in degrees, WGS-84."""

EARTH_METRES = 6_371_008.8
#: Roads are longer than the straight line: about a third in a gridded city.
DETOUR = 1.35
#: Door to door in town, in metres a second (25 km/h).
SPEED = 25_000 / 3600


class Travel(Protocol):
    """Seconds from every place to every other."""

    def seconds(self, places: Sequence[Place]) -> tuple[tuple[int, ...], ...]: ...


class StraightLine:
    """Needs no map and no network."""

    def seconds(self, places: Sequence[Place]) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(round(metres(a, b) * DETOUR / SPEED) for b in places) for a in places)


def metres(a: Place, b: Place) -> float:
    """The great-circle distance (haversine), in metres."""
    east, north = radians(b[0] - a[0]), radians(b[1] - a[1])
    half = sin(north / 2) ** 2 + cos(radians(a[1])) * cos(radians(b[1])) * sin(east / 2) ** 2
    return 2 * EARTH_METRES * asin(sqrt(half))


def road_metres(seconds: int) -> float:
    """How far one drives in so many seconds at our speed: for the kilometres shown on a plan."""
    return seconds * SPEED
