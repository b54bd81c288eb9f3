"""The line between a job and the coordinator's page: progress out, "stop" in."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scheduler.solver import Progress
from server.adapters.database import is_away
from server.models.round import Plan, PlanStatus


class Line:
    """One job's line. The planner asks hundreds of times a second, the database is asked every
    quarter of one.

    `tell` writes down how far the job is, from 0 to 1. A plan that is no longer running, because
    another of its jobs failed or it has its answer, stops this one too.
    """

    SECONDS = 0.25

    def __init__(
        self,
        open_session: Callable[[], Session],
        plan_id: int,
        seconds: float,
        tell: Callable[[Session, float], None],
    ) -> None:
        self._open_session = open_session
        self._plan_id = plan_id
        self._seconds = seconds
        self._tell = tell
        self._progress = 0.0
        self._stop = False
        self._next = 0.0

    def report(self, progress: Progress) -> None:
        self._progress = min(1.0, progress.seconds / self._seconds)
        self._exchange()

    def cancelled(self) -> bool:
        self._exchange()
        return self._stop

    def _exchange(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self.SECONDS
        try:
            with self._open_session() as db:
                self._tell(db, self._progress)
                self._stop = is_to_stop(db, self._plan_id)
                db.commit()
        except DBAPIError as error:
            if not is_away(error):
                raise  # else one goes on thinking: the next exchange tells more


def is_to_stop(db: Session, plan_id: int) -> bool:
    """Whether thinking about a plan is no use any more."""
    asked, status = db.execute(
        select(Plan.cancel_asked, Plan.status).where(Plan.id == plan_id)
    ).one()
    return asked or status is not PlanStatus.RUNNING


def tell_plan(plan_id: int, db: Session, progress: float) -> None:
    """How far a plan is, as its page shows it."""
    db.execute(update(Plan).where(Plan.id == plan_id).values(progress=progress))
