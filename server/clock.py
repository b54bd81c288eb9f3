"""Time: aware UTC inside, Beijing time (Asia/Shanghai) at the edge."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def utcnow() -> datetime:
    return datetime.now(UTC)


def local_day(moment: datetime) -> date:
    """The calendar day of a moment, as people in the bureau write it."""
    return moment.astimezone(LOCAL).date()


def local_minute(moment: datetime) -> int:
    """Whole minutes after 00:00 local time."""
    local = moment.astimezone(LOCAL)
    return local.hour * 60 + local.minute


def moment_of(day: date, minute: int) -> datetime:
    """The moment `minute` minutes after 00:00 local time on `day`, in UTC."""
    return (datetime.combine(day, time(), LOCAL) + timedelta(minutes=minute)).astimezone(UTC)
