"""Surveys that have begun, checklists that are full, and a server to send messages to."""

from __future__ import annotations

import hashlib
import json
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from inspection.checklist.run import Lack
from scheduler.instances import plan_to_json
from scheduler.plan import DeskVisit
from scheduler.plan import Plan as Answer
from server.adapters.calendar import StateCouncilCalendar
from server.adapters.files import FileStore, files_at
from server.adapters.travel import StraightLine
from server.clock import local_day
from server.config import ROOT
from server.models.account import Account, Role
from server.models.bureau import Mode
from server.models.evidence import Evidence, EvidenceSource
from server.models.expert import Booking
from server.models.round import Plan, PlanStatus, Visit
from server.models.survey import Survey
from server.models.verdict import SignerRole
from server.services import checklists, signing, surveys
from server.services.checklists import Scripts
from server.services.planning import computing, repairing
from server.services.planning.wishing import Wish

#: What meets the standard of food/small-restaurant, where a figure is asked for.
FIGURES = {"pollution_distance": "30", "fridges": "1", "fridge_temperature": "4", "door_gap": "3"}
STROKES = [[(0.1, 0.2), (0.3, 0.4)]]
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Call:
    path: str
    headers: dict[str, str]
    body: bytes


class Gateway(ThreadingHTTPServer):
    """Somebody else's server on this machine: it remembers who called.

    It answers `status` and `answer`, after so many `seconds`.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.status, self.location, self.answer, self.seconds = 200, "", b"", 0.0
        self.calls: list[Call] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append(Call(self.path or "/", dict(self.headers), body))
        time.sleep(self.server.seconds)
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", str(len(self.server.answer)))
        with suppress(ConnectionError):  # whoever asked did not wait
            self.end_headers()
            self.wfile.write(self.server.answer)

    do_GET = do_POST

    def log_message(self, *words: object) -> None:
        return


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def others_write(engine: Engine) -> Callable[..., None]:
    """Somebody else writes at this very moment, or sees that it is not their turn.

    Who has read by now, and did not ask for the turn to write, cannot write on SQLite any more.
    """

    def write(*anything: object, **named: object) -> None:
        if engine.dialect.name != "sqlite":
            return
        with (
            closing(sqlite3.connect(str(engine.url.database), timeout=0)) as other,
            suppress(sqlite3.OperationalError),
        ):
            other.execute("UPDATE bureaus SET phone = phone || '1'")
            other.commit()

    return write


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return files_at((tmp_path / "evidence").as_uri())


@pytest.fixture(scope="session")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a bucket on a real object store (SeaweedFS), started for these tests."""
    folder = tmp_path_factory.mktemp("objects")
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(8)]
    s3, *others = [str(one.getsockname()[1]) for one in listeners]
    for one in listeners:
        one.close()
    names = ("s3", "master", "filer", "volume")
    ports = [f"-{name}.port.grpc={port}" for name, port in zip(names, others, strict=False)]
    ports += [f"-{name}.port={port}" for name, port in zip(names, [s3, *others[4:]], strict=True)]
    command = [
        *(Path(sys.executable).with_name("weed"), "server", "-s3", *ports, f"-dir={folder}"),
        *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3.port.iceberg=0", "-s3.port.lance=0"),
        *("-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=8"),
    ]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) as server,
    ):
        try:
            url = f"http://127.0.0.1:{s3}/bureau"
            deadline = time.monotonic() + 60
            while not _made(url):
                assert server.poll() is None, (folder / "log").read_text()[-2000:]
                assert time.monotonic() < deadline, (folder / "log").read_text()[-2000:]
                time.sleep(0.05)
            yield url
        finally:
            server.kill()  # it would take ten seconds to say goodbye


def _made(url: str) -> bool:
    try:
        with urlopen(Request(url, method="PUT"), timeout=5):
            return True
    except OSError:  # not listening yet, or its parts have not found each other
        return False


@pytest.fixture(scope="session")
def scripts() -> Scripts:
    return Scripts(ROOT / "scripts")


@pytest.fixture
def begun(town: Any, db: Session, scripts: Scripts) -> Callable[..., Survey]:
    """`begun()`: a survey under way by video; `begun(mode=Mode.ON_SITE, second=…)` with a crew."""

    def begin(mode: Mode = Mode.VIDEO, **options: Any) -> Survey:
        survey: Survey = town.visit(mode=mode, **options).survey
        surveys.begin(db, survey, by="limin", at=NOON)
        checklists.pin(db, survey, scripts)
        db.commit()
        return survey

    return begin


@pytest.fixture
def photograph(db: Session, files: FileStore, jpeg: bytes) -> Callable[[Survey, str], Evidence]:
    """One more photo for a point, kept as a photo is; its views are the photo itself."""
    taken: Counter[str] = Counter()

    def take(survey: Survey, point: str) -> Evidence:
        taken[point] += 1
        # a byte after the end of the picture: another photo of the same sight
        photo = jpeg + bytes([taken[point]])
        digest = hashlib.sha256(photo).hexdigest()
        if taken[point] == max(taken.values()) and not files.verify(digest):
            files.put(photo)
        piece = Evidence(
            bureau_id=survey.bureau_id,
            survey_id=survey.id,
            number=taken.total(),
            point=point,
            source=EvidenceSource.PHONE,
            sha256=digest,
            media_type="image/jpeg",
            bytes=len(photo),
            width=320,
            height=240,
            view_sha256=digest,
            thumbnail_sha256=digest,
            received_at=NOON,
            by="applicant",
        )
        db.add(piece)
        db.flush()
        return piece

    return take


@pytest.fixture
def fill(db: Session, photograph: Callable[[Survey, str], Evidence]) -> Callable[..., None]:
    """Answer what is asked and take the photos; `unmet` names the points that fail."""

    def work(survey: Survey, *, unmet: tuple[str, ...] = (), leave: tuple[str, ...] = ()) -> None:
        while left := [
            one
            for one in checklists.worked_of(db, survey).run.remaining()
            if one.point.name not in leave
        ]:
            for one in left:
                point = one.point.name
                if {Lack.ANSWER, Lack.NOTE} & set(one.lacks):
                    checklists.answer(
                        db,
                        survey,
                        point=point,
                        value="fail"
                        if point in unmet
                        else FIGURES.get(point.partition("[")[0], "pass"),
                        note="看不清" if point in unmet else "",
                        device="desk",
                        by="limin",
                        at=NOON,
                    )
                for _ in range(one.photos_missing):
                    photograph(survey, point)
        db.commit()

    return work


@pytest.fixture
def officers(town: Any, db: Session) -> dict[SignerRole, Account]:
    """The crew's own accounts: 李敏 leads, 王建国 is the second."""
    return {
        SignerRole.LEAD: town.account(Role.EXPERT, expert=town.lead, sign_in_name="limin"),
        SignerRole.SECOND: town.account(Role.EXPERT, expert=town.second, sign_in_name="jianguo"),
    }


@pytest.fixture
def sign(db: Session, officers: dict[SignerRole, Account]) -> Callable[..., None]:
    """Each with their own account; the applicant on the lead's device."""

    def draw(survey: Survey, *roles: SignerRole, **options: Any) -> None:
        for role in roles or (SignerRole.LEAD,):
            account = officers.get(role, officers[SignerRole.LEAD])
            signing.sign_as_officer(
                db, survey, account, role=role, name="李敏", strokes=STROKES, at=NOON, **options
            )
        db.commit()

    return draw


@pytest.fixture
def computed(town: Any, db: Session, engine: Engine) -> Callable[..., Plan]:
    """`computed(first, last)`: a plan of these days for all that waits, a draft by now."""

    def make(first: date, last: date, *, at: datetime) -> Plan:
        plan = computing.order(
            db,
            town.bureau,
            first_day=first,
            last_day=last,
            seconds=0.3,
            seed=1,
            by="zhou",
            at=at,
            travel=StraightLine(),
            calendar=StateCouncilCalendar(),
        )
        plan_id = plan.id
        db.commit()  # nobody holds a transaction open while the worker computes
        computing.compute(lambda: Session(engine), plan_id, now=lambda: at)
        db.expire_all()
        return plan

    return make


@pytest.fixture
def by_car(town: Any, db: Session) -> Callable[..., Visit]:
    """`by_car(ten)`: 李敏 and 王建国 go to one place only in car 1, half an hour each way."""

    def make(starts_at: datetime, *, there: int = 30, back: int = 30, **options: Any) -> Visit:
        options = {"second": town.second, "minutes": 45, **options}
        visit: Visit = town.visit(mode=Mode.ON_SITE, starts_at=starts_at, **options)
        round_ = visit.round
        round_.car = 1
        round_.leaves_at -= timedelta(minutes=there)
        round_.back_at += timedelta(minutes=back)
        for booking in db.scalars(select(Booking).where(Booking.round_id == round_.id)):
            booking.starts_at, booking.ends_at = round_.leaves_at, round_.back_at
        db.commit()
        return visit

    return make


@pytest.fixture
def proposed(town: Any, db: Session) -> Callable[..., Plan]:
    """`proposed(first, last, at=noon)`: what would change of these days, for a coordinator."""

    def ask(first: date, last: date, *, at: datetime, wish: Wish | None = None) -> Plan:
        question = repairing.ask(
            db,
            town.bureau,
            first_day=first,
            last_day=last,
            at=at,
            calendar=StateCouncilCalendar(),
            wish=wish,
        )
        db.commit()
        question = repairing.with_ways(question, StraightLine())
        proposal = repairing.think(question, seconds=0.05)
        made = repairing.propose(db, town.bureau.id, question, proposal, by="zhou")
        made.created_at = at
        db.commit()
        return made

    return ask


@pytest.fixture(scope="session")
def losing() -> Callable[[Visit], Plan]:
    """`losing(visit)`: a repair that would lose this video visit; nobody has answered it."""

    def propose(visit: Visit) -> Plan:
        day = local_day(visit.starts_at)
        desk = DeskVisit(
            str(visit.survey_id), 0, str(visit.round.lead_id), None, "desks", 0, 600, 630
        )
        before = json.loads(plan_to_json(Answer(desk_visits=(desk,))))
        lost = {"moved": [], "other_crew": [], "lost": [desk.task], "added": []}
        return Plan(
            bureau_id=visit.round.bureau_id,
            first_day=day,
            last_day=day,
            by="zhou",
            seconds=1,
            status=PlanStatus.DRAFT,
            result=json.loads(plan_to_json(Answer())),
            made_from=0,
            changes={"before": before, **lost},
        )

    return propose
