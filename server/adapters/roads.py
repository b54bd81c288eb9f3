"""Driving times by the bureau's own road service, OSRM or Valhalla; straight lines without one."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from itertools import product
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from scheduler import travel
from server.adapters.travel import DETOUR, SPEED, Place, StraightLine, Travel

log = logging.getLogger("yunkan.roads")

#: Places whose ways are all asked for; the ways of more are measured by a sample of so many.
MOST_PLACES, SAMPLED = 600, 100
#: OSRM answers no more than 100 places at once unless it is told to; half go, half come.
BLOCK = 50
#: Questions at the same time, and seconds until an answer is given up.
TOGETHER, SECONDS = 4, 10.0

Block = list[list[float | None]]


class RoadService:
    """Asks a service in the bureau's network. One that is away, or answers nonsense, costs no
    plan: then ways are straight lines, and the log says so.

    Where no road leads, the straight line stands in. Of more than `MOST_PLACES` places a sample
    is asked for, and every way becomes a straight line at the pace and standing time that fit it.
    """

    def __init__(self, address: str) -> None:
        """`address`: osrm+http://host:5000 or valhalla+http://host:8002, or with https.

        Raises: ValueError: another kind of address.
        """
        kind, _, rest = address.partition("+")
        if kind not in ("osrm", "valhalla") or urlsplit(rest).scheme not in ("http", "https"):
            raise ValueError(f"no road service: {address}")
        self._ask = self._osrm if kind == "osrm" else self._valhalla
        self._address = rest.rstrip("/")

    def seconds(self, places: Sequence[Place]) -> Sequence[Sequence[int]] | travel.StraightLine:
        straight = StraightLine().seconds(places)
        try:
            if len(places) <= MOST_PLACES:
                return self._table(places, straight)
            step = len(places) / SAMPLED
            sample = [places[int(number * step)] for number in range(SAMPLED)]
            return _fitted(places, sample, self._table(sample, StraightLine().seconds(sample)))
        except (OSError, URLError, HTTPException, ValueError, LookupError, TypeError) as failure:
            log.warning("%s: ways are straight lines, because %s", self._address, failure)
            return straight

    def _table(
        self, places: Sequence[Place], straight: travel.StraightLine
    ) -> tuple[tuple[int, ...], ...]:
        parts = [range(n, min(n + BLOCK, len(places))) for n in range(0, len(places), BLOCK)]
        table = [[0] * len(places) for _ in places]
        pairs = list(product(parts, parts))

        def asked(pair: tuple[range, range]) -> Block:
            return self._ask(*([places[number] for number in part] for part in pair))

        with ThreadPoolExecutor(TOGETHER) as pool:
            for (starts, ends), block in zip(pairs, pool.map(asked, pairs), strict=True):
                for start, row in zip(starts, block, strict=True):
                    for end, seconds in zip(ends, row, strict=True):
                        if start != end:
                            table[start][end] = _whole(seconds, straight[start][end])
        return tuple(map(tuple, table))

    def _osrm(self, starts: list[Place], ends: list[Place]) -> Block:
        """https://project-osrm.org/docs/v5.24.0/api/#table-service"""
        places = ";".join(f"{east:.6f},{north:.6f}" for east, north in (*starts, *ends))
        come = ";".join(map(str, range(len(starts))))
        go = ";".join(map(str, range(len(starts), len(starts) + len(ends))))
        address = f"{self._address}/table/v1/driving/{places}?sources={come}&destinations={go}"
        answer = _answer(Request(address))
        if answer["code"] != "Ok":
            raise ValueError(answer["code"])
        durations: Block = answer["durations"]
        return durations

    def _valhalla(self, starts: list[Place], ends: list[Place]) -> Block:
        """https://valhalla.github.io/valhalla/api/matrix/api-reference/"""
        asked = {
            "sources": [{"lon": east, "lat": north} for east, north in starts],
            "targets": [{"lon": east, "lat": north} for east, north in ends],
            "costing": "auto",
        }
        body, header = json.dumps(asked).encode(), {"Content-Type": "application/json"}
        answer = _answer(Request(f"{self._address}/sources_to_targets", body, header))
        return [[way["time"] for way in row] for row in answer["sources_to_targets"]]


def travel_by(address: str) -> Travel:
    """How ways are found with the setting `map_url`."""
    return RoadService(address) if address else StraightLine()


def _answer(request: Request) -> dict[str, Any]:
    with urlopen(request, timeout=SECONDS) as answer:
        told = json.load(answer)
    if not isinstance(told, dict):
        raise ValueError("the answer is no object")
    return told


def _whole(seconds: float | None, instead: int) -> int:
    return instead if seconds is None or not 0 <= seconds < 1e6 else round(seconds)


def _fitted(
    places: Sequence[Place], sample: list[Place], table: Sequence[Sequence[int]]
) -> travel.StraightLine:
    """Straight lines whose pace and standing time fit the sample (least squares)."""
    metres = travel.StraightLine(tuple(sample), 1.0, 1.0)
    ways = [(metres[a][b], table[a][b]) for a, b in _ways(len(sample)) if metres[a][b] > 0]
    count = len(ways)
    far, long = sum(m for m, _ in ways) / count, sum(s for _, s in ways) / count
    spread = sum((m - far) ** 2 for m, _ in ways)
    pace = sum((m - far) * (s - long) for m, s in ways) / spread if spread else DETOUR / SPEED
    pace = min(1.0, max(pace, 0.01))
    standing = max(0.0, long - pace * far)
    return travel.StraightLine(tuple(places), 1.0, 1 / pace, standing)


def _ways(count: int) -> Iterator[tuple[int, int]]:
    return ((a, b) for a, b in product(range(count), repeat=2) if a != b)
