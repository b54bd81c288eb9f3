"""The coordinator's desk, a working day, what is promised on it, and the board of that day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from server.adapters.calendar import StateCouncilCalendar
from server.clock import local_day, moment_of, utcnow
from server.models.account import Role
from server.models.case import Case
from server.models.round import Visit
from server.services.planning import repairing

CALENDAR = StateCouncilCalendar()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planner finds the few changes of a small town in no time."""
    thorough = repairing.think
    monkeypatch.setattr(repairing, "think", lambda question: thorough(question, seconds=0.05))


@pytest.fixture
def day() -> date:
    """The next day after tomorrow on which the town works."""
    day = local_day(utcnow()) + timedelta(days=2)
    while not CALENDAR.is_working(day) or day.weekday() > 4:
        day += timedelta(days=1)
    return day


@pytest.fixture
def desk(sign_in_as: Callable[..., Any]) -> Any:
    return sign_in_as(Role.COORDINATOR)


@pytest.fixture
def promised(town: Any, day: date) -> Callable[..., Visit]:
    """`promised()`: an appointment of 李敏 by video at ten, unless told otherwise."""

    def make(case: Case | None = None, *, hour: int = 10, **options: Any) -> Visit:
        visit: Visit = town.visit(case, starts_at=moment_of(day, hour * 60), **options)
        return visit

    return make


@pytest.fixture
def board(desk: Any, day: date) -> Callable[..., Any]:
    def look(caller: Any = None) -> Any:
        return (caller or desk).get(f"/api/v1/board?from={day}&to={day}").json

    return look
