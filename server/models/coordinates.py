"""Coordinates and the datum they were measured in.

Stored as WGS-84; CGCS2000 differs from it by centimetres and is taken as equal. GCJ-02 is what
高德 and 腾讯 maps and WeChat speak: 463 m off at 未央, so a geofence in the wrong datum fails
every honest applicant.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from math import asin, cos, isfinite, pi, radians, sin, sqrt


class Datum(StrEnum):
    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    CGCS2000 = "cgcs2000"


Place = tuple[float, float]
"""Longitude and latitude, in degrees, in this order."""

EARTH_RADIUS_METRES = 6371008.8  # mean radius, IUGG

# The Krasovsky 1940 ellipsoid, on which the public GCJ-02 formula is built.
_AXIS_METRES = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323


def to_wgs84(place: Place, datum: Datum) -> Place:
    """The same point in WGS-84."""
    if datum is not Datum.GCJ02 or not in_china(place):
        return place
    guess = place
    for _ in range(10):  # a fixed point: each step leaves a hundredth of the error
        shown = _shifted(guess)
        step = (place[0] - shown[0], place[1] - shown[1])
        guess = (guess[0] + step[0], guess[1] + step[1])
        if abs(step[0]) + abs(step[1]) < 1e-7:
            break
    return guess


def from_wgs84(place: Place, datum: Datum) -> Place:
    """The same point as a map in `datum` shows it."""
    return _shifted(place) if datum is Datum.GCJ02 and in_china(place) else place


def in_china(place: Place) -> bool:
    """Inside the box where GCJ-02 is shifted at all."""
    return 72.004 <= place[0] <= 137.8347 and 0.8293 <= place[1] <= 55.8271


def metres_between(one: Place, other: Place) -> float:
    """Distance along the great circle (haversine), in metres."""
    north, south = radians(one[1]), radians(other[1])
    half_turn = sin(radians(other[0] - one[0]) / 2) ** 2
    part = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * half_turn
    return 2 * EARTH_RADIUS_METRES * asin(min(1.0, sqrt(part)))


def parse_degrees(text: str) -> float | None:
    """One coordinate as people write it: 108.9469, 108°56′48.8″, E108.9, 西经 87.6; or None."""
    found = _DEGREES.fullmatch(_plain(text))
    if found is None or (found["before"] and found["after"]):
        return None
    minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
    whole = float(found["degrees"])
    if minutes >= 60 or seconds >= 60 or abs(whole) > 180:
        return None
    size = abs(whole) + minutes / 60 + seconds / 3600
    west_or_south = (found["before"] or found["after"] or "") in _NEGATIVE
    negative = found["degrees"].startswith("-") or west_or_south
    return -size if negative else size


def parse_place(text: str) -> Place | None:
    """Both coordinates in one cell, longitude first unless the numbers say otherwise; or None."""
    parts = [part for part in re.split(r"[,;、\s]+", _plain(text, keep_spaces=True)) if part]
    if len(parts) != 2:
        return None
    first, second = (parse_degrees(part) for part in parts)
    if first is None or second is None:
        return None
    swapped = abs(first) <= 90 < abs(second) or parts[0][0] in "NS" or parts[0][-1] in "NS"
    place = (second, first) if swapped else (first, second)
    return place if is_place(place) else None


def is_place(place: Place) -> bool:
    """A point on Earth; 0, 0 is an empty form, not a place."""
    longitude, latitude = place
    if not (isfinite(longitude) and isfinite(latitude)) or place == (0, 0):
        return False
    return abs(longitude) <= 180 and abs(latitude) <= 90


def _plain(text: str, *, keep_spaces: bool = False) -> str:
    """Half-width, one sign for each of degree, minute, second and direction."""
    # Before NFKC, which would turn a prime into two characters.
    signs = {"′": "'", "’": "'", "‘": "'", "分": "'", "″": '"', "”": '"', "“": '"', "秒": '"'}
    for written, sign in (signs | {"度": "°", "º": "°", "˚": "°"}).items():
        text = text.replace(written, sign)
    text = unicodedata.normalize("NFKC", text).upper().replace("''", '"')
    for written, sign in {"东经": "E", "西经": "W", "北纬": "N", "南纬": "S"}.items():
        text = text.replace(written, sign)
    if keep_spaces:
        return re.sub(r"(?<=[°'EWNS:])\s+(?=\d)", "", text.strip())
    return re.sub(r"\s+", "", text)


_NEGATIVE = ("W", "S")
_DEGREES = re.compile(
    r"(?P<before>[EWNS])?:?(?P<degrees>[+-]?\d{1,3}(?:\.\d{1,20})?)(?:°"
    r"(?:(?P<minutes>\d{1,2}(?:\.\d{1,20})?)'(?:(?P<seconds>\d{1,2}(?:\.\d{1,20})?)\"?)?)?)?"
    r"(?P<after>[EWNS])?",
    re.ASCII,
)


def _shifted(place: Place) -> Place:
    """WGS-84 to GCJ-02 by the public formula."""
    longitude, latitude = place
    x, y = longitude - 105.0, latitude - 35.0
    wave = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    root = sqrt(abs(x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3

    angle = radians(latitude)
    bend = 1 - _ECCENTRICITY_SQUARED * sin(angle) ** 2
    meridian = _AXIS_METRES * (1 - _ECCENTRICITY_SQUARED) / (bend * sqrt(bend))
    parallel = _AXIS_METRES / sqrt(bend) * cos(angle)
    return longitude + east * 180 / (parallel * pi), latitude + north * 180 / (meridian * pi)
