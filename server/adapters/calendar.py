"""Working days (工作日): the State Council's holidays and worked weekends.

Seeded from chinesecalendar, which knows the years for which a notice was published. A bureau adds
its own table, or next year's before a new release, as `holidays.json` in its folder:
`{"2027-01-01": false, "2027-02-06": true}` (true: people work). Years nobody knows are counted
Monday to Friday and said to be provisional.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

import chinese_calendar

SATURDAY = 5


class WorkingDays(Protocol):
    """On which days a bureau works, and how deadlines in working days are counted."""

    def is_working(self, day: date) -> bool: ...

    def is_provisional(self, day: date) -> bool: ...

    def after(self, day: date, working_days: int) -> date: ...


class StateCouncilCalendar:
    """The legal calendar of mainland China."""

    def __init__(self, own: dict[date, bool] | None = None) -> None:
        self._own = own or {}

    @classmethod
    def with_table(cls, file: Path) -> StateCouncilCalendar:
        """With the bureau's own table, if there is one.

        Raises:
            ValueError: the table is not of the form above; the message names the entry.
        """
        if not file.is_file():
            return cls()
        table = json.loads(file.read_text(encoding="utf-8"))
        for day, works in table.items():
            if not isinstance(works, bool):
                raise ValueError(f"{file.name}: {day} must be true or false")
        return cls({date.fromisoformat(day): works for day, works in table.items()})

    def is_working(self, day: date) -> bool:
        if day in self._own:
            return self._own[day]
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:  # a year without a notice yet
            return day.weekday() < SATURDAY

    def is_provisional(self, day: date) -> bool:
        """Whether no notice is known for that year, so that the day may still change."""
        if day in self._own:
            return False
        try:
            chinese_calendar.is_workday(day)
        except NotImplementedError:
            return True
        return False

    def after(self, day: date, working_days: int) -> date:
        """The last day of a term of so many working days that begins after `day`.

        The day of acceptance does not count (行政许可法 art. 82, 民法典 art. 201).
        """
        while working_days > 0:
            day += timedelta(days=1)
            working_days -= self.is_working(day)
        return day
