"""A plan of several districts is computed in parts: each once, by whoever is there, then as one."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import cycle, islice

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from scheduler import solver
from scheduler.check import violations
from scheduler.instances import plan_from_json
from server.adapters.calendar import StateCouncilCalendar
from server.adapters.jobs import DurableJobs
from server.adapters.travel import StraightLine
from server.models.bureau import ModeRule
from server.models.part import PlanPart
from server.models.round import Plan, PlanStatus, Visit
from server.services.planning import answering, computing, drawing, in_parts

MONDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 4)
SUNDAY_NOON = datetime(2026, 11, 29, 4, tzinfo=UTC)


@pytest.fixture
def opening(engine):
    return lambda: Session(engine)


@pytest.fixture
def ordered(town, db, monkeypatch):
    """A plan for twelve surveys by video in each of two districts; large enough to be parted."""
    monkeypatch.setattr(in_parts, "LARGE", 20)
    town.item.modes = ModeRule.VIDEO
    for district in islice(cycle((town.weiyang, town.yanta)), 24):
        town.case(district=district)
    plan = computing.order(
        db,
        town.bureau,
        first_day=MONDAY,
        last_day=FRIDAY,
        seconds=1,
        seed=1,
        by="zhou",
        at=SUNDAY_NOON,
        travel=StraightLine(),
        calendar=StateCouncilCalendar(),
    )
    db.commit()
    plan_id = plan.id
    db.commit()  # nobody holds a transaction open while the worker computes
    return plan_id


def now():
    return SUNDAY_NOON


def is_a_whole_plan(db, plan_id):
    db.expire_all()
    plan = db.get_one(Plan, plan_id)
    assert (plan.status, plan.progress, plan.error) == (PlanStatus.DRAFT, 1.0, "")
    assert violations(answering.question_of(plan), plan_from_json(json.dumps(plan.result))) == []
    visits = Counter(
        db.scalars(
            select(Visit.survey_id).join(Visit.round).where(Visit.round.has(plan_id=plan_id))
        )
    )
    assert (len(visits), set(visits.values())) == (24, {1})
    assert db.scalar(select(func.count()).select_from(PlanPart)) == 0


def test_each_district_is_a_part_and_together_they_are_the_plan(ordered, opening, db):
    assert computing.begin(opening, ordered, now=now, workers=1) == [0, 1]
    assert in_parts.done_of(db, ordered) == in_parts.Done(0, 2)
    db.rollback()

    for number in (0, 1):
        assert not in_parts.are_planned(db, ordered)
        db.rollback()
        in_parts.plan_part(opening, ordered, number, now=now)
    assert in_parts.are_planned(db, ordered)
    db.rollback()
    computing.finish(opening, ordered, now=now)

    is_a_whole_plan(db, ordered)


def test_a_small_plan_is_not_cut(ordered, opening, db, monkeypatch):
    monkeypatch.setattr(in_parts, "LARGE", 25)

    assert computing.begin(opening, ordered, now=now, workers=1) == []
    computing.finish(opening, ordered, now=now)

    is_a_whole_plan(db, ordered)


def test_every_step_may_be_carried_out_twice(ordered, opening, db):
    for _ in range(2):
        assert computing.begin(opening, ordered, now=now, workers=1) == [0, 1]
    for number in (0, 0, 1, 1):
        in_parts.plan_part(opening, ordered, number, now=now)
    for _ in range(2):
        computing.finish(opening, ordered, now=now)
    in_parts.plan_part(opening, ordered, 0, now=now)  # somebody we thought dead comes back

    is_a_whole_plan(db, ordered)


def test_of_two_who_plan_the_same_part_the_first_counts(ordered, opening, db, monkeypatch):
    computing.begin(opening, ordered, now=now, workers=1)
    first = {"trips": [], "desk_visits": [], "unplanned": []}

    def meanwhile(problem, **how):
        with opening() as other:
            part = other.scalar(select(PlanPart).where(PlanPart.number == 0))
            part.result = first
            other.commit()
        return solver.solve(problem, **how)

    monkeypatch.setattr(in_parts, "solve", meanwhile)
    in_parts.plan_part(opening, ordered, 0, now=now)

    assert db.scalar(select(PlanPart.result).where(PlanPart.number == 0)) == first


def test_workers_side_by_side_give_each_part_the_more_time(ordered, opening, db):
    computing.begin(opening, ordered, now=now, workers=2)

    given = db.scalars(select(PlanPart.seconds)).all()

    assert sum(given) == pytest.approx(2 * in_parts.FOR_PARTS)


def test_progress_is_the_mean_of_the_parts(ordered, opening, db):
    computing.begin(opening, ordered, now=now, workers=1)
    in_parts.plan_part(opening, ordered, 0, now=now)
    half = db.scalar(select(PlanPart).where(PlanPart.number == 1))
    half.progress = 0.5

    assert in_parts.progress_of(db, ordered) == pytest.approx(0.75, abs=0.05)


def test_a_plan_that_is_stopped_waits_for_no_part_and_places_what_it_can(ordered, opening, db):
    computing.begin(opening, ordered, now=now, workers=1)
    in_parts.plan_part(opening, ordered, 0, now=now)
    computing.cancel(db, db.get_one(Plan, ordered), by="zhou", at=SUNDAY_NOON)
    db.commit()

    assert in_parts.are_planned(db, ordered)
    db.rollback()
    in_parts.plan_part(opening, ordered, 1, now=now)
    assert in_parts.done_of(db, ordered) == in_parts.Done(1, 2)
    db.rollback()
    computing.finish(opening, ordered, now=now)

    is_a_whole_plan(db, ordered)


def test_surveys_of_parts_that_were_not_reached_are_placed_in_a_city_too(
    ordered, opening, db, monkeypatch
):
    """What takes long there is to tell the planner of every survey, before it may begin."""

    class Slow(solver.Numbered):
        def add(self, task):
            time.sleep(0.03)
            super().add(task)

    monkeypatch.setattr(solver, "Numbered", Slow)
    computing.begin(opening, ordered, now=now, workers=1)
    computing.cancel(db, db.get_one(Plan, ordered), by="zhou", at=SUNDAY_NOON)
    db.commit()
    computing.finish(opening, ordered, now=now)

    is_a_whole_plan(db, ordered)


def test_stopping_reaches_every_part_within_a_second(ordered, opening, db, monkeypatch):
    monkeypatch.setattr(solver, "ITERATIONS_PER_SURVEY", 10**9)
    plan = db.get_one(Plan, ordered)
    plan.seconds = 100
    db.commit()
    computing.begin(opening, ordered, now=now, workers=1)

    with ThreadPoolExecutor() as pool:
        parts = [
            pool.submit(in_parts.plan_part, opening, ordered, number, now=now) for number in (0, 1)
        ]
        time.sleep(0.3)  # they are at it
        assert not any(part.done() for part in parts)
        computing.cancel(db, plan, by="zhou", at=SUNDAY_NOON)
        db.commit()
        wait(parts, timeout=1)
        assert all(part.done() for part in parts)
    assert in_parts.done_of(db, ordered) == in_parts.Done(2, 2)


def test_a_part_that_fails_fails_the_plan_and_stops_the_others(ordered, opening, db, monkeypatch):
    computing.begin(opening, ordered, now=now, workers=1)

    def broken(problem, **how):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(in_parts, "solve", broken)
    with pytest.raises(RuntimeError):
        in_parts.plan_part(opening, ordered, 0, now=now)

    plan = db.get_one(Plan, ordered)
    assert (plan.status, plan.error) == (PlanStatus.FAILED, "RuntimeError: out of memory")
    assert in_parts.are_planned(db, ordered)
    db.rollback()
    computing.finish(opening, ordered, now=now)
    in_parts.plan_part(opening, ordered, 1, now=now)
    assert in_parts.done_of(db, ordered) == in_parts.Done(0, 0)  # they are of no use any more


def test_a_part_whose_plan_cannot_be_written_down_fails_the_plan(ordered, opening, db, monkeypatch):
    computing.begin(opening, ordered, now=now, workers=1)

    def full(plan):
        raise OSError("no space left")

    monkeypatch.setattr(in_parts, "plan_to_json", full)
    with pytest.raises(OSError, match="no space"):
        in_parts.plan_part(opening, ordered, 0, now=now)

    assert db.get_one(Plan, ordered).status is PlanStatus.FAILED
    assert in_parts.are_planned(db, ordered)


def test_of_two_who_cut_the_same_plan_the_first_counts(ordered, opening, db, monkeypatch):
    cut = in_parts.cut

    def meanwhile(*asked, **how):
        with monkeypatch.context() as first:
            first.setattr(in_parts, "cut", cut)
            computing.begin(opening, ordered, now=now, workers=1)
        return cut(*asked, **how)

    monkeypatch.setattr(in_parts, "cut", meanwhile)

    assert computing.begin(opening, ordered, now=now, workers=1) == [0, 1]
    assert db.get_one(Plan, ordered).status is PlanStatus.RUNNING


# --- experts are drawn --------------------------------------------------------------------------


@pytest.fixture
def draws(town, db):
    town.bureau.draws_experts = True
    db.commit()


@pytest.fixture
def drawn_from(monkeypatch):
    """Every plan that experts were drawn from."""
    plans = []

    class Noted(drawing.Drawing):
        def __call__(self, plan):
            plans.append(plan)
            return super().__call__(plan)

    monkeypatch.setattr(drawing, "Drawing", Noted)
    return plans


def is_drawn_over_the_whole(db, plan_id, drawn_from):
    db.expire_all()
    plan = db.get_one(Plan, plan_id)
    draw = drawing.one(db, plan)
    lots = drawing.lots_of(plan)
    assert len(drawn_from) == 1
    assert Counter(key for lot in lots for key in lot.surveys) == Counter(
        stop for stop in drawn_from[0].appointments()
    )
    assert plan_from_json(json.dumps(draw.undrawn)) == drawn_from[0]
    assert drawing.holds(plan, draw)


@pytest.mark.parametrize("stopped", ["not stopped", "stopped", "stopped and no time left"])
def test_a_plan_in_parts_is_drawn_once_over_the_whole(
    draws, ordered, opening, db, drawn_from, monkeypatch, stopped
):
    if stopped == "stopped and no time left":
        monkeypatch.setattr(in_parts, "PUT_TOGETHER", 0.0)
    computing.begin(opening, ordered, now=now, workers=1)
    in_parts.plan_part(opening, ordered, 0, now=now)
    if stopped != "not stopped":
        computing.cancel(db, db.get_one(Plan, ordered), by="zhou", at=SUNDAY_NOON)
        db.commit()
    in_parts.plan_part(opening, ordered, 1, now=now)
    assert drawn_from == []
    computing.finish(opening, ordered, now=now)

    is_drawn_over_the_whole(db, ordered, drawn_from)
    assert len(drawn_from[0].appointments()) == (12 if "no time" in stopped else 24)


def test_a_plan_in_parts_whose_worker_dies_while_it_draws_is_drawn_again_by_the_same_seed(
    draws, ordered, opening, db, drawn_from, monkeypatch
):
    computing.begin(opening, ordered, now=now, workers=1)
    for number in (0, 1):
        in_parts.plan_part(opening, ordered, number, now=now)

    class Killed(BaseException):
        pass

    def killed(db, plan):
        raise Killed

    with monkeypatch.context() as crash:
        crash.setattr(computing, "write_rounds", killed)
        with pytest.raises(Killed):
            computing.finish(opening, ordered, now=now)
    plan = db.get_one(Plan, ordered)
    bound = drawing.one(db, plan)
    assert (plan.status, plan.result, bound.undrawn) == (PlanStatus.RUNNING, {}, {})
    assert drawing.shown_seed(plan, bound) is None
    seed = bound.seed
    db.rollback()
    drawn_from.clear()
    computing.finish(opening, ordered, now=now)

    is_drawn_over_the_whole(db, ordered, drawn_from)
    assert drawing.one(db, db.get_one(Plan, ordered)).seed == seed


# --- two workers, real ones ---------------------------------------------------------------------

#: A worker that cuts small plans too, and never has enough of thinking.
WORKER = """
from scheduler import solver
from server import worker
from server.services.planning import in_parts
in_parts.LARGE, solver.ITERATIONS_PER_SURVEY = 20, 10**9
worker.main()
"""

JOBS = "SELECT workflow_uuid, status, executor_id FROM dbos.workflow_status"


@pytest.fixture
def start_worker(database_url, tmp_path):
    """Starts a worker's process; gives it and the name it goes by."""
    running = []

    def start():
        log = tmp_path / f"worker{len(running)}.log"
        environment = os.environ | {
            "YUNKAN_DATABASE_URL": database_url,
            "YUNKAN_FOLDER": str(tmp_path),
        }
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-c", WORKER], stdout=out, stderr=out, env=environment
            )
        running.append(process)
        return process, log

    yield start
    for process in running:
        process.kill()
        process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_a_killed_worker_was_at_is_taken_up_by_another(
    ordered, database_url, start_worker, db, engine
):
    plan = db.get_one(Plan, ordered)
    plan.seconds = 4
    db.commit()
    workers = {name_of(log): (process, log) for process, log in (start_worker(), start_worker())}
    jobs = DurableJobs(database_url)
    jobs.compute_plan(ordered)
    jobs.close()

    waiting_for(lambda: len({w for _, w in at_work(engine, "plan_part")}) == 2)
    [(_, killed)] = at_work(engine, "compute_plan")
    workers[killed][0].send_signal(signal.SIGKILL)

    waiting_for(lambda: db.get_one(Plan, ordered).status is PlanStatus.DRAFT or db.rollback())
    is_a_whole_plan(db, ordered)
    [other] = workers.keys() - {killed}
    taken_up = re.findall(
        rf"going on with (\S+), which {killed} left", workers[other][1].read_text()
    )
    assert {name.rpartition("-")[0] for name in taken_up} == {
        "compute_plan",
        f"plan_part-{ordered}",
    }
    waiting_for(lambda: {status for _, status, _ in told(engine)} == {"SUCCESS"})
    assert {worker for _, _, worker in told(engine)} <= {other, killed}


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_is_away_for_a_while_ends_no_plan(
    ordered, database_url, start_worker, db, engine
):
    plan = db.get_one(Plan, ordered)
    plan.seconds = 4
    db.commit()
    worker, log = start_worker()
    name_of(log)
    jobs = DurableJobs(database_url)
    jobs.compute_plan(ordered)
    jobs.close()

    waiting_for(lambda: at_work(engine, "plan_part"))  # and the plan waits for it
    db.rollback()
    with away(database_url):
        time.sleep(2)

    waiting_for(lambda: db.get_one(Plan, ordered).status is PlanStatus.DRAFT or db.rollback())
    is_a_whole_plan(db, ordered)
    waiting_for(lambda: {status for _, status, _ in told(engine)} == {"SUCCESS"})
    assert worker.poll() is None


@pytest.mark.slow
def test_a_plan_may_be_ordered_before_any_worker_was_ever_there(
    ordered, database_url, start_worker, db
):
    jobs = DurableJobs(database_url)
    jobs.compute_plan(ordered)
    jobs.close()

    start_worker()

    waiting_for(lambda: db.get_one(Plan, ordered).status is PlanStatus.DRAFT or db.rollback())
    is_a_whole_plan(db, ordered)


@contextmanager
def away(database_url):
    """As while a server is started again: nobody is connected, and nobody can be."""
    name = make_url(database_url).database
    server = make_url(database_url).set(drivername="postgresql+psycopg", database="postgres")
    outside = create_engine(server, isolation_level="AUTOCOMMIT")
    with outside.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        try:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
                ),
                {"name": name},
            )
            yield
        finally:
            connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    outside.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_only_worker_goes_on_where_it_was_killed(
    ordered, database_url, start_worker, db, opening
):
    plan = db.get_one(Plan, ordered)
    plan.seconds = 4
    db.commit()
    process, log = start_worker()
    name_of(log)
    jobs = DurableJobs(database_url)
    jobs.compute_plan(ordered)
    jobs.close()

    def parts_planned():
        with opening() as other:
            return in_parts.done_of(other, ordered).parts

    waiting_for(lambda: parts_planned() == 1)
    process.kill()
    process.wait()
    assert parts_planned() == 1
    start_worker()

    waiting_for(lambda: db.get_one(Plan, ordered).status is PlanStatus.DRAFT or db.rollback())
    is_a_whole_plan(db, ordered)


def told(engine):
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(JOBS))]


def at_work(engine, kind):
    """Jobs of a kind that a worker is at: their names, and the workers'."""
    jobs = told(engine)
    return [(job, by) for job, status, by in jobs if status == "PENDING" and job.startswith(kind)]


def name_of(log):
    return waiting_for(lambda: (re.findall(r"(\S+) is ready", log.read_text()) or [None])[0])


def waiting_for(what):
    deadline = time.monotonic() + 40
    while not (found := what()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found
