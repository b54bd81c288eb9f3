"""Repairs: how long a coordinator waits on a bad morning, and how many people it moves.

A bureau of 12 officers, 3 cars and 4 desks with a week of 120 surveys, of which every fifth video
has been confirmed by its applicant: planned day by day, so that every day has some room, or all at
once, so that the first day is full to the last desk and nobody can stand in. One officer calls in
ill for a day, or one case becomes urgent, in the same week each time: asked for and accepted over
the API, from the request to the committed answer, on SQLite with synchronous=FULL.
"""

from __future__ import annotations

import statistics
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rows import Row
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from inspection.checklist.catalogue import load_catalogue
from server.adapters.calendar import StateCouncilCalendar
from server.adapters.database import migrate, open_database
from server.adapters.travel import StraightLine
from server.app import create_app
from server.clock import local_day, utcnow
from server.config import Settings
from server.demo import town
from server.demo.seed import PASSWORD, seed
from server.models.applicant import Applicant, IdentifierKind, Premises
from server.models.bureau import Bureau, District, ItemType, Mode
from server.models.case import Case
from server.models.round import Round, RoundStatus
from server.models.session import Consent, ConsentChoice
from server.models.survey import Survey
from server.services.planning import answering, computing
from server.services.planning.overrunning import Overruns
from server.services.planning.standing import confirmed_among, is_broken
from server.services.sessions import open_session

SURVEYS, DAYS = 120, 5
#: A repair looks as far ahead as the page asks it to.
AHEAD = timedelta(days=6)
CODES = ["0101", "0402", "0602", "0701", "1201", "1204", "1303", "0302", "0903"]
#: Mornings of each kind.
QUICK, FULL = 10, 50


@dataclass
class Seen:
    """Of one kind of morning: milliseconds, and appointments that were moved, lost, added."""

    proposed: list[float] = field(default_factory=list)
    accepted: list[float] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)
    others_moved: list[int] = field(default_factory=list)  # whose own officers could come
    lost: list[int] = field(default_factory=list)
    pinned_moved: int = 0


def measure(quick: bool) -> list[Row]:
    """Ten mornings of each kind, or fifty."""
    many = QUICK if quick else FULL
    roomy, full = (_mornings(many, batches=batches) for batches in (DAYS, 1))
    return [
        *_rows("an officer is ill", roomy.ill, most_moved=3),
        *_rows("a case is urgent", roomy.urgent, most_moved=3),
        *_rows("an officer is ill, full days", full.ill),
        *_rows("a case is urgent, full days", full.urgent),
    ]


@dataclass
class Mornings:
    ill: Seen = field(default_factory=lambda: Seen())
    urgent: Seen = field(default_factory=lambda: Seen())


def _mornings(many: int, *, batches: int) -> Mornings:
    """So many of each kind, in a week that was planned in so many batches."""
    seen = Mornings()
    with TemporaryDirectory(prefix="yunkan-bench-") as folder:
        file = Path(folder) / "bench.db"
        url = f"sqlite:///{file}"
        migrate(url)
        engine = open_database(url)
        with Session(engine) as db:
            bureau = _bureau(db)
            week = _a_published_week(db, bureau, lambda: Session(engine), batches)
            db.close()
        app = create_app(Settings(folder=Path(folder), database_url=url))
        try:
            desk = _Desk(app.test_client())
            opened = (engine, app.extensions["engine"])
            kept = _closed(file, opened).read_bytes()
            for number in range(many):
                _closed(file, opened).write_bytes(kept)
                with Session(engine) as db:
                    _somebody_is_ill(desk, db, week, number, seen.ill)
                _closed(file, opened).write_bytes(kept)
                with Session(engine) as db:
                    _a_case_is_urgent(desk, db, week, number, seen.urgent)
        finally:
            app.extensions["parts"].jobs.close()
    return seen


def _closed(file: Path, engines: tuple[Engine, ...]) -> Path:
    """The database, with nothing of it left anywhere else."""
    for engine in engines:
        engine.dispose()
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    return file


def _rows(name: str, seen: Seen, *, most_moved: int | None = None) -> list[Row]:
    median, most = ("", "") if most_moved is None else ("<= 1", f"<= {most_moved}")
    whole = [one + other for one, other in zip(seen.proposed, seen.accepted, strict=True)]
    return [
        Row(f"{name}, proposed, median", statistics.median(seen.proposed), "ms"),
        Row(f"{name}, accepted, median", statistics.median(seen.accepted), "ms"),
        Row(f"{name}, end to end, p99", _percentile(whole, 99), "ms", "<= 1000"),
        Row(f"{name}, appointments moved, median", statistics.median(seen.moved), "", median),
        Row(f"{name}, appointments moved, p95", _percentile(seen.moved, 95), "", most),
        Row(f"{name}, of others, p95", _percentile(seen.others_moved, 95), "", "<= 3"),
        Row(f"{name}, appointments lost, most", max(seen.lost), ""),
        Row(f"{name}, pinned appointments moved", seen.pinned_moved, "", "<= 0"),
    ]


def _percentile(values: list[Any], which: int) -> float:
    return float(statistics.quantiles(values, n=100, method="inclusive")[which - 1])


def _somebody_is_ill(desk: _Desk, db: Session, week: list[date], number: int, seen: Seen) -> None:
    """Whoever leads a round that day, one officer after the other."""
    day = week[number % len(week)]
    rounds = [one for one in _published(db) if local_day(one.leaves_at) == day]
    leads = sorted({one.lead_id for one in rounds})
    db.rollback()
    if not leads:
        return
    who = leads[number // len(week) % len(leads)]
    form = {"kind": "sick", "first_day": day.isoformat(), "last_day": day.isoformat()}
    desk.post(f"experts/{who}/absences", form)
    _repair(desk, db, day, seen)


def _a_case_is_urgent(desk: _Desk, db: Session, week: list[date], number: int, seen: Seen) -> None:
    """One more comes in, and is due today."""
    case = _case(db, db.scalars(select(Bureau)).one(), SURVEYS + number)
    case.survey_by = local_day(utcnow())
    db.commit()
    _repair(desk, db, week[0], seen)


def _repair(desk: _Desk, db: Session, first: date, seen: Seen) -> None:
    rounds = _published(db)
    confirmed = confirmed_among(db, rounds)
    pinned = {v.survey_id for one in rounds for v in one.visits if v.id in confirmed}
    nobody_is_late = Overruns(at=utcnow())
    broken = {v.survey_id for one in rounds if is_broken(one, nobody_is_late) for v in one.visits}
    db.rollback()
    begun = time.perf_counter()
    form = {"first_day": first.isoformat(), "last_day": (first + AHEAD).isoformat()}
    repair = desk.post("repairs", form)
    proposed = time.perf_counter()
    desk.post(f"repairs/{repair['id']}/acceptance", {})
    seen.proposed.append((proposed - begun) * 1000)
    seen.accepted.append((time.perf_counter() - proposed) * 1000)
    kinds = [one["kind"] for one in repair["changes"]]
    moved = {one["survey_id"] for one in repair["changes"] if one["kind"] == "moved"}
    seen.others_moved.append(len(moved - broken))
    seen.moved.append(kinds.count("moved"))
    seen.lost.append(kinds.count("lost"))
    changed = {one["survey_id"] for one in repair["changes"] if one["before"]}
    seen.pinned_moved += len(changed & pinned - broken)


def _published(db: Session) -> list[Round]:
    return list(db.scalars(select(Round).where(Round.status == RoundStatus.PUBLISHED)))


class _Desk:
    """The coordinator's browser."""

    def __init__(self, client: Any) -> None:
        self._client, self._csrf = client, ""
        form = {"sign_in_name": "tongchou", "password": PASSWORD}
        self._csrf = self.post("sign-in", form)["csrf"]

    def post(self, path: str, form: object) -> Any:
        return self.ask("POST", path, json=form).json

    def ask(self, method: str, path: str, **body: Any) -> Any:
        headers = {"X-CSRF-Token": self._csrf, "Idempotency-Key": str(uuid.uuid4())}
        answer = self._client.open(f"/api/v1/{path}", method=method, headers=headers, **body)
        if answer.status_code >= 300:
            raise RuntimeError(answer.text)
        return answer


def _bureau(db: Session) -> Bureau:
    folder = Settings().scripts_folder
    bureau = seed(db, load_catalogue(folder), folder)
    bureau.on_site_grid = 1  # as all figures of the planner
    db.commit()
    return bureau


def _case(db: Session, bureau: Bureau, number: int) -> Case:
    shop = town.shops(CODES, number + 1, local_day(utcnow()), seed=7)[number]
    item = db.scalars(select(ItemType).where(ItemType.code == shop.code)).one()
    district = db.scalars(select(District).where(District.name == shop.district)).one()
    applicant = Applicant(
        bureau_id=bureau.id,
        name=shop.name,
        identifier_kind=IdentifierKind.USCC,
        identifier=f"{number:018}",
        contact=shop.contact,
        phone=shop.phone,
    )
    premises = Premises(
        bureau_id=bureau.id,
        district_id=district.id,
        name=shop.name,
        address=shop.address,
        address_key=f"{number} {shop.address}",
        longitude=shop.longitude,
        latitude=shop.latitude,
    )
    db.add_all((applicant, premises))
    db.flush()
    case = Case(
        bureau_id=bureau.id,
        number=shop.number,
        item_type_id=item.id,
        applicant_id=applicant.id,
        premises_id=premises.id,
        accepted_on=shop.accepted_on,
        survey_by=local_day(utcnow()) + timedelta(days=20),
    )
    db.add(case)
    db.flush()
    db.add(Survey(bureau_id=bureau.id, case_id=case.id))
    db.flush()
    return case


def _a_published_week(
    db: Session, bureau: Bureau, opening: Callable[[], Session], batches: int
) -> list[date]:
    """The next five days somebody works on, planned and published; some applicants agreed."""
    calendar, week = StateCouncilCalendar(), []
    day = local_day(utcnow())
    while len(week) < DAYS:
        day += timedelta(days=1)
        if calendar.is_working(day) and day.weekday() < DAYS:
            week.append(day)
    each = SURVEYS // batches
    for batch in range(batches):
        for number in range(batch * each, (batch + 1) * each):
            _case(db, bureau, number)
        days = week if batches == 1 else [week[batch]]
        _publish(db, bureau, days, opening)
    return week


def _publish(db: Session, bureau: Bureau, days: list[date], opening: Callable[[], Session]) -> None:
    plan = computing.order(
        db,
        bureau,
        first_day=days[0],
        last_day=days[-1],
        seconds=2,
        seed=1,
        by="tongchou",
        at=utcnow(),
        travel=StraightLine(),
        calendar=StateCouncilCalendar(),
    )
    plan_id = plan.id
    db.commit()
    computing.compute(opening, plan_id, now=utcnow)
    db.expire_all()
    answering.publish(db, plan, by="tongchou", at=utcnow(), link_hours_after=2)
    videos = [one.visits[0] for one in plan.rounds if one.mode is Mode.VIDEO]
    for visit in videos[::5]:
        db.add(
            Consent(
                session_id=open_session(db, visit).id,
                choice=ConsentChoice.AGREED,
                text_version="1",
                language="zh",
                at=utcnow(),
                device={},
            )
        )
    db.commit()
