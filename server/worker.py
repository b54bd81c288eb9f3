"""The jobs process: plans are computed and messages delivered here, never in a web request.

    python -m server.worker

Killed and started again, it goes on with the job it was at (DBOS), and with the outbox. On
PostgreSQL several may run, on one machine or more: they share the parts of large plans, and whoever
is left goes on with what one that was killed was at.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from dbos import DBOS, SetWorkflowID
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from server.adapters.database import is_away, migrate, open_database
from server.adapters.jobs import (
    COMPUTE_PLAN,
    PARTS_QUEUE,
    PLAN_PART,
    PLANS_QUEUE,
    worker_config,
)
from server.adapters.senders import senders_of
from server.adapters.workers import Workers, workers_of
from server.clock import utcnow
from server.config import Settings
from server.services.outbox import deliver_due
from server.services.planning import computing, failing, in_parts
from server.services.webhooks import deliver_webhooks

#: Seconds between two looks into the outbox, and at who is still at work.
OUTBOX_SECONDS = 1.0

#: Seconds between two looks for the next part, and whether all parts of a plan are there.
PARTS_SECONDS = 0.25

log = logging.getLogger("yunkan.worker")


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    settings = Settings()
    address = settings.where_database()
    migrate(address)
    engine = open_database(address)
    senders = senders_of(settings)
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)

    workers = workers_of(address)
    DBOS(config=worker_config(address, workers.name))
    _plan(lambda: Session(engine), workers)
    DBOS.launch()
    DBOS.register_queue(PLANS_QUEUE, worker_concurrency=1)
    DBOS.register_queue(PARTS_QUEUE, worker_concurrency=1, polling_interval_sec=PARTS_SECONDS)
    log.info("%s is ready", workers.name)
    while not stopping.wait(OUTBOX_SECONDS):
        try:
            if workers.is_messenger():
                with Session(engine) as db:
                    deliver_due(db, senders, at=utcnow())
                with Session(engine) as db:
                    deliver_webhooks(db, at=utcnow())
            _take_up_what_others_left(workers)
        except DBAPIError as error:
            if not is_away(error):
                raise
            log.warning("the database is away: %s", error.orig)
    DBOS.destroy()
    workers.close()
    engine.dispose()


def _plan(open_session: Callable[[], Session], workers: Workers) -> None:
    """Tell DBOS how plans are computed: step by step, so that no step that was done is done again.

    A large plan's parts are jobs of their own, taken by whichever worker is free. A step that met a
    database that was away is taken again, for about two minutes; then its plan has failed.
    """
    step = partial(DBOS.step, retries_allowed=True, max_attempts=8, should_retry=is_away)

    @step(name="fail")
    def fail(plan_id: int, error: str) -> None:
        failing.say(open_session, plan_id, error, now=utcnow)

    @contextmanager
    def said_when_given_up(plan_id: int) -> Iterator[None]:
        try:
            yield
        except Exception as failure:
            fail(plan_id, f"{type(failure).__name__}: {failure}")
            raise

    @step(name="begin")
    def begin(plan_id: int) -> list[int]:
        return computing.begin(open_session, plan_id, now=utcnow, workers=workers.count())

    @step(name="part")
    def part(plan_id: int, number: int) -> None:
        in_parts.plan_part(open_session, plan_id, number, now=utcnow)

    @step(name="wait")
    def wait(plan_id: int) -> None:
        while True:
            with open_session() as db:
                if in_parts.are_planned(db, plan_id):
                    return
            time.sleep(PARTS_SECONDS)

    @step(name="finish")
    def finish(plan_id: int) -> None:
        computing.finish(open_session, plan_id, now=utcnow)

    @DBOS.workflow(name=PLAN_PART)
    def plan_part(plan_id: int, number: int) -> None:
        with said_when_given_up(plan_id):
            part(plan_id, number)

    @DBOS.workflow(name=COMPUTE_PLAN)
    def compute_plan(plan_id: int) -> None:
        with said_when_given_up(plan_id):
            numbers = begin(plan_id)
            for number in numbers:
                with SetWorkflowID(f"{PLAN_PART}-{plan_id}-{number}"):
                    DBOS.enqueue_workflow(PARTS_QUEUE, plan_part, plan_id, number)
            if numbers:
                wait(plan_id)
            finish(plan_id)


def _take_up_what_others_left(workers: Workers) -> None:
    """Put the jobs of workers that are gone back into their queue."""
    begun = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    for name in {job.executor_id for job in begun if job.executor_id} - {workers.name}:
        with workers.standing_in_for(name) as gone:
            if not gone:
                continue
            for job in DBOS.list_workflows(status="PENDING", executor_id=name):
                log.info("going on with %s, which %s left", job.workflow_id, name)
                DBOS.resume_workflow(job.workflow_id, queue_name=job.queue_name)


if __name__ == "__main__":
    main()
