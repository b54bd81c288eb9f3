"""A job that fails says so on its plan: whatever it is, the coordinator must not wait for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from server.adapters.database import is_away
from server.models.round import Plan, PlanStatus


@contextmanager
def said_when_it_fails(
    open_session: Callable[[], Session], plan_id: int, *, now: Callable[[], datetime]
) -> Iterator[None]:
    """Where work raises, its plan has failed, unless it has its answer; what was raised goes on.

    Not while the database is away: whoever is at work begins again when it is back.
    """
    try:
        yield
    except Exception as failure:
        if not is_away(failure):
            say(open_session, plan_id, f"{type(failure).__name__}: {failure}", now=now)
        raise


def say(
    open_session: Callable[[], Session], plan_id: int, error: str, *, now: Callable[[], datetime]
) -> None:
    """A plan that runs has failed, and why."""
    with open_session() as db:
        plan = db.get_one(Plan, plan_id)
        if plan.status is PlanStatus.RUNNING:
            plan.error = error
            plan.move(PlanStatus.FAILED, by="system", at=now())
            db.commit()
