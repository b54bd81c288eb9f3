"""Driving times from a road service: its words, its limits, and what happens when it is away."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from scheduler.travel import StraightLine
from server.adapters import roads, travel
from server.adapters.roads import RoadService, travel_by

PLACES = [(114.30 + n / 1000, 30.60 + n % 7 / 1000) for n in range(120)]


def slowly(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Every way takes a minute and 200 s a thousandth of a degree eastwards, 100 s westwards."""
    east = round(1000 * (end[0] - start[0]), 3)
    return 60 + (200 * east if east > 0 else -100 * east)


def osrm(handler: BaseHTTPRequestHandler, duration) -> dict:
    path, _, query = handler.path.partition("?")
    assert path.startswith("/table/v1/driving/")
    places = [tuple(map(float, one.split(","))) for one in path.rsplit("/", 1)[1].split(";")]
    assert len(places) <= 100  # as OSRM is delivered
    asked = dict(part.split("=") for part in query.split("&"))
    come, go = ([places[int(n)] for n in asked[key].split(";")] for key in
                ("sources", "destinations"))  # fmt: skip
    return {"code": "Ok", "durations": [[duration(a, b) for b in go] for a in come]}


def valhalla(handler: BaseHTTPRequestHandler, duration) -> dict:
    assert handler.path == "/sources_to_targets"
    asked = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
    come, go = ([(one["lon"], one["lat"]) for one in asked[key]] for key in ("sources", "targets"))
    return {"sources_to_targets": [[{"time": duration(a, b)} for b in go] for a in come]}


@contextmanager
def service(answer: Callable[[BaseHTTPRequestHandler], bytes]):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            told = answer(self)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(told)

        do_POST = do_GET

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


@pytest.mark.parametrize("kind", [osrm, valhalla])
def test_every_way_is_the_services_however_many_questions_it_takes(kind):
    with service(lambda handler: json.dumps(kind(handler, slowly)).encode()) as address:
        ways = RoadService(f"{kind.__name__}+{address}/").seconds(PLACES)

    assert ways[3][119] == 60 + 200 * 116
    assert ways[119][3] == 60 + 100 * 116
    assert ways[5][5] == 0
    assert {len(row) for row in ways} == {120}


def test_where_no_road_leads_the_straight_line_stands_in():
    island = PLACES[7]

    def duration(start, end):
        return None if island in (start, end) else 100.4

    with service(lambda handler: json.dumps(osrm(handler, duration)).encode()) as address:
        ways = RoadService(f"osrm+{address}").seconds(PLACES[:20])

    straight = travel.StraightLine().seconds(PLACES[:20])
    assert ways[7][0] == straight[7][0]
    assert ways[0][1] == 100


def test_of_very_many_places_a_sample_says_how_long_ways_are(monkeypatch):
    monkeypatch.setattr(roads, "MOST_PLACES", 100)

    def duration(start, end):
        return 90 + StraightLine((start, end), 1.0, 1.0)[0][1] * 0.2

    with service(lambda handler: json.dumps(osrm(handler, duration)).encode()) as address:
        ways = RoadService(f"osrm+{address}").seconds(PLACES)

    assert isinstance(ways, StraightLine)
    assert ways.standing == pytest.approx(90, abs=1)
    assert 1 / ways.speed == pytest.approx(0.2, rel=0.01)


NONSENSE = {
    "no JSON": b"<html>",
    "no object": b"[]",
    "no durations": b'{"code": "Ok"}',
    "a refusal": b'{"code": "TooBig", "durations": []}',
    "a table too small": b'{"code": "Ok", "durations": [[1]]}',
    "words": b'{"code": "Ok", "durations": [["a", "b"], ["c", "d"]]}',
}


@pytest.mark.parametrize("told", NONSENSE)
def test_an_answer_that_makes_no_sense_costs_no_plan(told, caplog):
    with service(lambda handler: NONSENSE[told]) as address:
        ways = RoadService(f"osrm+{address}").seconds(PLACES[:2])

    assert ways == travel.StraightLine().seconds(PLACES[:2])
    assert "straight lines" in caplog.text


def test_a_service_that_is_away_or_asleep_costs_no_plan(monkeypatch, caplog):
    monkeypatch.setattr(roads, "SECONDS", 0.2)
    wake = threading.Event()

    def late(handler: BaseHTTPRequestHandler) -> bytes:
        wake.wait(5)
        return b""

    with service(late) as address:
        asleep = RoadService(f"valhalla+{address}").seconds(PLACES[:2])
        wake.set()
    away = RoadService(f"osrm+{address}").seconds(PLACES[:2])

    assert asleep == away == travel.StraightLine().seconds(PLACES[:2])
    assert caplog.text.count("straight lines") == 2


def test_without_a_service_ways_are_straight_and_another_kind_of_address_is_refused():
    assert isinstance(travel_by(""), travel.StraightLine)
    for address in ("http://127.0.0.1:5000", "google+https://example.com", "osrm+file:///etc"):
        with pytest.raises(ValueError, match="no road service"):
            travel_by(address)
