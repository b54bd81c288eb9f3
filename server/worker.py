"""The jobs process: plans are computed, messages delivered and recordings joined here, never in a
web request.

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
from pathlib import Path
from types import FrameType

from dbos import DBOS, SetWorkflowID
from dbos import error as dbos_error
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from inspection.media.joined import join
from server.adapters.alone import Alone
from server.adapters.database import is_away, migrate, open_database
from server.adapters.files import FilesAway, FileStore, files_at
from server.adapters.jobs import (
    COMPUTE_PLAN,
    JOIN_RECORDING,
    PARTS_QUEUE,
    PLAN_PART,
    PLANS_QUEUE,
    RECORDINGS_QUEUE,
    worker_config,
)
from server.adapters.senders import senders_of
from server.adapters.workers import Workers, workers_of
from server.clock import utcnow
from server.config import Settings
from server.services import disposing, recordings_joined
from server.services.outbox import deliver_due
from server.services.planning import computing, failing, in_parts
from server.services.recordings import Intake
from server.services.webhooks import deliver_webhooks

#: Seconds between two looks into the outbox, and at who is still at work.
OUTBOX_SECONDS = 1.0

#: Seconds between two looks for recordings.
RECORDINGS_SECONDS = 1.0

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
    joining = Joining(lambda: Session(engine), files_at(settings.where_files()), settings.folder)
    DBOS.launch()
    DBOS.register_queue(RECORDINGS_QUEUE, worker_concurrency=1)
    DBOS.register_queue(PLANS_QUEUE, worker_concurrency=1)
    DBOS.register_queue(PARTS_QUEUE, worker_concurrency=1, polling_interval_sec=PARTS_SECONDS)
    intake = threading.Thread(
        target=_keep_recordings, args=(engine, settings, stopping), name="recordings"
    )
    intake.start()
    log.info("%s is ready", workers.name)
    while not stopping.wait(OUTBOX_SECONDS):
        try:
            if workers.is_messenger():
                with Session(engine) as db:
                    deliver_due(db, senders, at=utcnow())
                with Session(engine) as db:
                    deliver_webhooks(db, at=utcnow())
                joining.queue_what_waits()
            _take_up_what_others_left(workers)
        except DBAPIError as error:
            if not is_away(error):
                raise
            log.warning("the database is away: %s", error.orig)
    intake.join()
    DBOS.destroy()
    workers.close()
    engine.dispose()


def _keep_recordings(engine: Engine, settings: Settings, stopping: threading.Event) -> None:
    """Take recordings in and let go of those that end, in a thread of its own: a store that is slow
    or away keeps no message waiting.

    Of several workers on one machine one takes in; another takes over when that one has gone.
    """
    folder = settings.where_recordings()
    intake, files, alone = Intake(folder), files_at(settings.where_files()), Alone(folder)
    while not stopping.wait(RECORDINGS_SECONDS):
        try:
            if folder.is_dir() and alone.is_held():
                with Session(engine) as db:
                    intake.turn(db, files, at=utcnow())
            with Session(engine) as db:
                disposing.turn(db, files, at=utcnow())
        except (DBAPIError, OSError) as trouble:  # FilesAway is an OSError
            log.warning("recordings wait: %s", trouble)
    alone.close()


class Joining:
    """Tells DBOS how recordings are joined. What is to be joined stands in the records.

    A step that met a database or a store that was away is taken again, for about two minutes.
    """

    def __init__(self, open_session: Callable[[], Session], files: FileStore, folder: Path) -> None:
        self._open_session = open_session
        self._queued: set[tuple[int, int]] = set()

        @DBOS.step(
            name="join", retries_allowed=True, max_attempts=8, should_retry=_passes_by_itself
        )
        def make(joined_id: int, turn: int) -> None:
            recordings_joined.make(
                open_session, files, joined_id, turn, join=join, folder=folder, now=utcnow
            )

        @DBOS.step(name="give_up", retries_allowed=True, max_attempts=8, should_retry=is_away)
        def give_up(joined_id: int, turn: int, cause: str) -> None:
            recordings_joined.fail(open_session, joined_id, turn, cause, now=utcnow)

        @DBOS.workflow(name=JOIN_RECORDING)
        def join_recording(joined_id: int, turn: int) -> None:
            try:
                make(joined_id, turn)
            except Exception as failure:
                tired = isinstance(failure, dbos_error.DBOSMaxStepRetriesExceeded)
                give_up(joined_id, turn, "away" if tired else "other")
                raise

        self._job = join_recording

    def queue_what_waits(self) -> None:
        """Queue what was ordered. Queued twice, it runs once."""
        with self._open_session() as db:
            waiting = recordings_joined.waiting(db)
        for one in waiting:
            if one not in self._queued:
                with SetWorkflowID(f"{JOIN_RECORDING}-{one[0]}-{one[1]}"):
                    DBOS.enqueue_workflow(RECORDINGS_QUEUE, self._job, *one)
        self._queued = set(waiting)


def _passes_by_itself(error: BaseException) -> bool:
    return is_away(error) or isinstance(error, FilesAway)


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
