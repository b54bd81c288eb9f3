"""Where something was (地点): coordinates that never travel without their datum."""

import math
from dataclasses import dataclass
from enum import StrEnum


class Datum(StrEnum):
    """What the figures of a coordinate refer to; mixed up, a shop moves by 500 metres."""

    WGS84 = "WGS-84"  # satellites, EXIF, browsers
    CGCS2000 = "CGCS2000"  # 国家大地坐标系, within decimetres of WGS-84
    GCJ02 = "GCJ-02"  # Chinese map services


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the ground.

    Latitude and longitude in degrees, north and east positive; ``accuracy`` in metres, the radius
    the device claims, or None if it claims nothing.

    Raises:
        ValueError: a figure is not a number or lies outside the globe.
    """

    latitude: float
    longitude: float
    datum: Datum = Datum.WGS84
    accuracy: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.latitude) and abs(self.latitude) <= 90):
            raise ValueError(f"no such latitude: {self.latitude}")
        if not (math.isfinite(self.longitude) and abs(self.longitude) <= 180):
            raise ValueError(f"no such longitude: {self.longitude}")
        if self.accuracy is not None and not (math.isfinite(self.accuracy) and self.accuracy >= 0):
            raise ValueError(f"no such accuracy: {self.accuracy} m")
