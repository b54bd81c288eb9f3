"""Coordinates and the datum they were measured in."""

from __future__ import annotations

from enum import StrEnum


class Datum(StrEnum):
    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    CGCS2000 = "cgcs2000"
