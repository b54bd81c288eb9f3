"""Offers: how long a coordinator waits until the page says when somebody could come.

A city's bureau of 400 officers with about 6,000 appointments in a week (1,400 where it is to be
quick), served as in production: gunicorn with threads, SQLite. Fifty browsers ask over the
loopback, each with a sign-in and a connection of its own, for one survey after the other that
waits: first a second after each answer, which is more than people do, then at once.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from city_bureau import furnish, promised_in
from rows import Row
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from server.adapters.database import migrate, open_database
from server.clock import local_day, utcnow
from server.demo.door import Door
from server.demo.processes import Processes
from server.demo.seed import PASSWORD
from server.demo.show import free_port

CLIENTS = 50
#: Appointments, surveys that wait, seconds of asking, times that everything is read anew.
QUICK, FULL = (1_500, 100, 5, 2), (6_600, 300, 20, 5)
#: Seconds between an answer and the next question.
PAUSE = 1.0
SIGN_IN = {"sign_in_name": "tongchou", "password": PASSWORD}


def measure(quick: bool) -> list[Row]:
    """Everything over HTTP, against a server of its own."""
    promised, waiting, seconds, changes = QUICK if quick else FULL
    with TemporaryDirectory(prefix="yunkan-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'yunkan.db'}"
        migrate(url)
        engine = open_database(url)
        surveys = furnish(lambda: Session(engine), promised=promised, waiting=waiting)
        with Session(engine) as db:
            rows = [Row("appointments promised", promised_in(db), "")]
        engine.dispose()
        port = free_port()
        environment = {"YUNKAN_FOLDER": folder, "YUNKAN_DATABASE_URL": url}
        with Processes(Path(folder) / "logs", environment) as processes:
            processes.start("web", "server.serve", "--port", str(port))
            processes.wait_for(f"http://127.0.0.1:{port}/api/v1/health", "web")
            server = Server(port, processes.pid("web"))
            rows += _first_after_a_change(server, surveys, changes)
            rows += asyncio.run(_together(server, surveys, seconds, PAUSE, "<= 30"))
            rows += asyncio.run(_together(server, surveys, seconds, 0.0, ""))
            rows += _taken(server, surveys[:changes])
    return rows


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens; `pid` is the process that starts the one that serves."""

    port: int
    pid: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def desk(self) -> Door:
        door = Door(self.address)
        door.csrf = door.post("/api/v1/sign-in", SIGN_IN)["csrf"]
        return door

    def cookie(self) -> str:
        body, header = json.dumps(SIGN_IN).encode(), {"Content-Type": "application/json"}
        with urlopen(Request(f"{self.address}/api/v1/sign-in", body, header)) as answer:
            given = SimpleCookie(answer.headers["Set-Cookie"])
        return "; ".join(f"{one.key}={one.value}" for one in given.values())

    def megabytes(self) -> float:
        """Of the process that serves; 0 where the system does not say."""
        found = [0.0]
        for status in Path("/proc").glob("[0-9]*/status"):
            text = status.read_text(errors="replace")
            if f"\nPPid:\t{self.pid}\n" in text:
                (line,) = (one for one in text.splitlines() if one.startswith("VmRSS"))
                found.append(int(line.split()[1]) / 1024)
        return max(found)


def _first_after_a_change(server: Server, surveys: list[int], changes: int) -> list[Row]:
    """Somebody's leave is recorded, and taken back: the next question reads everything anew."""
    desk, before, times = server.desk(), server.megabytes(), []
    expert = desk.get("/api/v1/experts")["items"][0]["id"]
    day = (local_day(utcnow()) + timedelta(days=90)).isoformat()
    for number in range(changes):
        form = {"kind": "leave", "first_day": day, "last_day": day}
        absence = desk.post(f"/api/v1/experts/{expert}/absences", form)["id"]
        desk.post(f"/api/v1/absences/{absence}", method="DELETE")
        times.append(_timed(desk, f"/api/v1/surveys/{surveys[number]}/offers"))
    alone = [_timed(desk, f"/api/v1/surveys/{one}/offers") for one in surveys]
    return [
        Row("first question after a change, median", statistics.median(times) / 1000, "s"),
        Row("first question after a change, most", max(times) / 1000, "s"),
        Row("memory for the plan that is held", server.megabytes() - before, "MB"),
        Row("one client, median", statistics.median(alone), "ms"),
        Row("one client, p99", _percentile(alone, 99), "ms"),
    ]


def _timed(desk: Door, path: str) -> float:
    began = time.perf_counter()
    desk.fetch("GET", path)
    return (time.perf_counter() - began) * 1000


async def _together(
    server: Server, surveys: list[int], seconds: float, pause: float, target: str
) -> list[Row]:
    """Fifty clients; milliseconds of each answer, from the first byte sent to the last heard."""
    cookies = [server.cookie() for _ in range(CLIENTS)]
    times: list[float] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(
        *(
            _client(server.port, cookie, surveys[number:] + surveys[:number], pause, until, times)
            for number, cookie in enumerate(cookies)
        )
    )
    name = f"{CLIENTS} clients, " + (f"{pause:.0f} s between" if pause else "at once")
    return [
        Row(f"{name}, answers a second", len(times) / seconds, ""),
        Row(f"{name}, median", statistics.median(times), "ms"),
        Row(f"{name}, p95", _percentile(times, 95), "ms", target),
        Row(f"{name}, p99", _percentile(times, 99), "ms", target),
    ]


async def _client(
    port: int, cookie: str, surveys: list[int], pause: float, until: float, times: list[float]
) -> None:
    chance = random.Random(surveys[0])
    await asyncio.sleep(pause * chance.random())
    connection = await asyncio.open_connection("127.0.0.1", port)
    for number in range(10**9):
        if time.perf_counter() > until:
            break
        survey = surveys[number % len(surveys)]
        began = time.perf_counter()
        try:
            await _ask(*connection, survey, cookie)
        except (asyncio.IncompleteReadError, ConnectionError):  # it was idle for too long
            connection = await asyncio.open_connection("127.0.0.1", port)
            await _ask(*connection, survey, cookie)
        times.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(pause * chance.uniform(0.5, 1.5))
    connection[1].close()


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, survey: int, cookie: str
) -> None:
    writer.write(
        f"GET /api/v1/surveys/{survey}/offers HTTP/1.1\r\nHost: bench\r\nCookie: {cookie}\r\n\r\n"
        .encode()
    )  # fmt: skip
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise RuntimeError(body.decode())


def _taken(server: Server, surveys: list[int]) -> list[Row]:
    """The best offer is taken; each time the plan is held anew afterwards."""
    desk, times = server.desk(), []
    for survey in surveys:
        best = desk.get(f"/api/v1/surveys/{survey}/offers")["items"][0]
        form = {"mode": best["mode"], "starts_at": best["starts_at"]}
        began = time.perf_counter()
        desk.post(f"/api/v1/surveys/{survey}/appointment", form)
        times.append(time.perf_counter() - began)
    return [
        Row("an offer taken, median", statistics.median(times), "s"),
        Row("an offer taken, most", max(times), "s"),
    ]


def _percentile(values: list[float], which: int) -> float:
    return float(statistics.quantiles(values, n=100, method="inclusive")[which - 1])
