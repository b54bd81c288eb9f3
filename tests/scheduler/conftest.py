"""A small bureau: four officers, two cars, one video room, five sites on a line, one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from scheduler.problem import Car, Kind, Mode, Officer, Policy, Problem, Room, Span, Task

NINE, NOON, FIVE = 540, 720, 1020


@dataclass(frozen=True)
class Bureau:
    """Makes the parts of a problem; every argument overrides one field."""

    days: tuple[date, ...] = (date(2026, 11, 23), date(2026, 11, 24))

    def officer(self, key: str, **fields: Any) -> Officer:
        usual: dict[str, Any] = {
            "base": 0,
            "qualifications": frozenset({"bakery"}),
            "home": "武昌",
            "shifts": (Span(0, NINE, FIVE), Span(1, NINE, FIVE)),
        }
        return Officer(key=key, **(usual | fields))

    def on_site(self, key: str, *, site: int = 1, minutes: int = 30, **fields: Any) -> Task:
        types = fields.pop("types", frozenset({"bakery"}))
        mode = Mode(Kind.ON_SITE, minutes, types, site=site, qualified=fields.pop("qualified", 1))
        return Task(key=key, modes=(mode,), **({"district": "武昌"} | fields))

    def video(self, key: str, *, minutes: int = 20, **fields: Any) -> Task:
        types = fields.pop("types", frozenset({"bakery"}))
        mode = Mode(Kind.VIDEO, minutes, types)
        return Task(key=key, modes=(mode,), **({"district": "武昌"} | fields))

    def problem(self, *tasks: Task, **fields: Any) -> Problem:
        """Neighbouring sites are ten minutes of driving apart."""
        usual: dict[str, Any] = {
            "days": self.days,
            "officers": tuple(map(self.officer, ("wang", "li", "zhao", "chen"))),
            "cars": (Car("鄂A1", 0), Car("鄂A2", 0)),
            "rooms": (Room("云踏勘室", 0, capacity=2),),
            "travel": tuple(tuple(600 * abs(a - b) for b in range(5)) for a in range(5)),
            "policy": Policy(),
        }
        return Problem(tasks=tasks, **(usual | fields))


@pytest.fixture
def bureau() -> Bureau:
    return Bureau()
