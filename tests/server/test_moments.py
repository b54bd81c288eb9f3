"""Times are aware UTC in code and database; Beijing time only at the edge."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import StatementError

from server.clock import local_day, local_minute, moment_of, utcnow


@pytest.fixture
def visit(town):
    return town.visit()


def test_a_moment_without_a_time_zone_is_refused(visit, db):
    visit.starts_at = datetime(2026, 11, 24, 10)  # noqa: DTZ001

    with pytest.raises(StatementError, match="time zone"):
        db.flush()


def test_a_moment_given_in_beijing_time_comes_back_as_utc(visit, db):
    ten = datetime.fromisoformat("2026-11-24T10:00:00+08:00")
    visit.starts_at, visit.ends_at = ten, ten + timedelta(minutes=30)
    db.commit()

    assert visit.starts_at == ten
    assert visit.starts_at.tzinfo is UTC


def test_a_moment_keeps_its_microseconds(visit, db):
    at = datetime(2026, 11, 24, 2, 0, 0, 123456, tzinfo=UTC)
    visit.starts_at, visit.ends_at = at, at + timedelta(minutes=30)
    db.commit()

    assert visit.starts_at == at


def test_the_bureaus_day_begins_at_sixteen_hours_utc():
    last, first = datetime(2026, 11, 23, 15, 59, tzinfo=UTC), datetime(2026, 11, 23, 16, tzinfo=UTC)

    assert (local_day(last), local_minute(last)) == (date(2026, 11, 23), 24 * 60 - 1)
    assert (local_day(first), local_minute(first)) == (date(2026, 11, 24), 0)
    assert moment_of(date(2026, 11, 24), 0) == first
    assert utcnow().tzinfo is UTC
