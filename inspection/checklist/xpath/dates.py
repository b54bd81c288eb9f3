"""Functions of dates and times (ODK XForms 1.0, section 8.6): days since 1970, and ISO 8601."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from inspection.checklist.xpath.values import number_of, text_of

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?)?")
_TIME = re.compile(
    r"(?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:\.\d+)?"
    r"(?:Z|(?P<sign>[+-])(?P<hours>\d{2}):(?P<minutes>\d{2}))?"
)
_EPOCH = date(1970, 1, 1)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def days_of(text: str) -> float:
    """Whole days from 1970-01-01 to the date of an ISO text, as it is written; else NaN."""
    moment = moment_of(text)
    return math.nan if moment is None else float((moment.date() - _EPOCH).days)


def moment_of(text: str) -> datetime | None:
    """The date, or date and time, of an ISO text."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def written(_: Any, value: Any, form: Any) -> str:
    """By the letters of ODK: %Y %y %m %n %d %e %H %h %M %S %3 %a %b. No date: nothing."""
    moment = moment_of(text_of(value)) or _of_days(number_of(value))
    if moment is None:
        return ""
    letters = {
        "Y": f"{moment.year:04}",
        "y": f"{moment.year % 100:02}",
        "m": f"{moment.month:02}",
        "n": str(moment.month),
        "b": _MONTHS[moment.month - 1],
        "d": f"{moment.day:02}",
        "e": str(moment.day),
        "H": f"{moment.hour:02}",
        "h": str(moment.hour),
        "M": f"{moment.minute:02}",
        "S": f"{moment.second:02}",
        "3": f"{moment.microsecond // 1000:03}",
        "a": _WEEKDAYS[moment.weekday()],
    }
    return re.sub(r"%(.)", lambda found: letters.get(found[1], ""), text_of(form))


def functions_at(now: datetime) -> dict[str, Callable[..., Any]]:
    """The functions that know what time it is, and in which zone: that of `now`."""

    def share_of_day(_: Any, value: Any) -> float:
        """Of a time, the share of its day that has passed, in the zone of `now`."""
        match = _TIME.fullmatch(text_of(value))
        if match is None or not _is_time(match):
            return math.nan
        seconds = int(match["hour"]) * 3600 + int(match["minute"]) * 60 + int(match["second"])
        if match["sign"]:
            offset = int(match["hours"]) * 3600 + int(match["minutes"]) * 60
            here = (now.utcoffset() or timedelta(0)).total_seconds()
            seconds += round(here) - (offset if match["sign"] == "+" else -offset)
        return seconds % 86_400 / 86_400

    return {
        "today": lambda _: now.date().isoformat(),
        "now": lambda _: now.isoformat(timespec="milliseconds"),
        "decimal-time": share_of_day,
    }


def _is_time(match: re.Match[str]) -> bool:
    limits = {"hour": 24, "minute": 60, "second": 60, "hours": 24, "minutes": 60}
    return all(int(match[part] or 0) < limit for part, limit in limits.items())


def _of_days(days: float) -> datetime | None:
    if not math.isfinite(days) or abs(days) > 1_000_000:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days)


FUNCTIONS = {"format-date": written, "format-date-time": written}
