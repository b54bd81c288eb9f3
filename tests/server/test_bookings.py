"""Nobody is in two places at once: the database itself sees to it."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from server.errors import DoubleBooked
from server.models.expert import Booking

NINE = datetime(2026, 11, 26, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def round_id(town):
    return town.visit(starts_at=NINE - 24 * HOUR).round_id


@pytest.fixture
def book(town, db, round_id):
    def make(starts_at, ends_at, expert=None):
        booking = Booking(
            expert_id=(expert or town.second).id,
            round_id=round_id,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        db.add(booking)
        db.commit()
        return booking

    return make


@pytest.mark.parametrize(
    ("begins", "ends"),
    [(0, 60), (30, 90), (-30, 30), (15, 45), (-30, 90)],
    ids=["the same", "its end", "its start", "inside it", "around it"],
)
def test_two_bookings_of_one_expert_must_not_overlap(book, db, begins, ends):
    book(NINE, NINE + HOUR)

    with pytest.raises(DoubleBooked):
        book(NINE + timedelta(minutes=begins), NINE + timedelta(minutes=ends))

    db.rollback()
    assert db.scalar(select(func.count()).where(Booking.starts_at >= NINE - HOUR)) == 1


def test_one_booking_may_begin_when_another_ends(book):
    book(NINE, NINE + HOUR)
    book(NINE + HOUR, NINE + 2 * HOUR)


def test_two_experts_may_be_booked_at_the_same_time(book, town):
    book(NINE, NINE + HOUR)
    book(NINE, NINE + HOUR, town.stranger)


def test_a_booking_must_not_be_moved_onto_another(book, db):
    book(NINE, NINE + HOUR)
    later = book(NINE + 2 * HOUR, NINE + 3 * HOUR)
    later.starts_at = NINE + timedelta(minutes=30)

    with pytest.raises(DoubleBooked):
        db.commit()


def test_eight_people_booking_at_once_never_overlap(town, round_id, engine, db):
    expert_id = town.second.id
    db.commit()

    def book_some(seed: int) -> tuple[int, int]:
        chance, booked, refused = random.Random(seed), 0, 0
        for _ in range(12):
            starts_at = NINE + timedelta(minutes=chance.randrange(0, 360, 10))
            with Session(engine) as session:
                session.add(
                    Booking(
                        expert_id=expert_id,
                        round_id=round_id,
                        starts_at=starts_at,
                        ends_at=starts_at + timedelta(minutes=30),
                    )
                )
                try:
                    session.commit()
                    booked += 1
                except DoubleBooked:
                    refused += 1
        return booked, refused

    with ThreadPoolExecutor(8) as people:
        done = list(people.map(book_some, range(8)))

    booked, refused = (sum(column) for column in zip(*done, strict=True))
    assert booked + refused == 96
    assert booked > 0
    assert refused > 0
    one, other = aliased(Booking), aliased(Booking)
    overlaps = db.scalar(
        select(func.count())
        .select_from(one)
        .join(other, (one.expert_id == other.expert_id) & (one.id < other.id))
        .where(one.starts_at < other.ends_at, other.starts_at < one.ends_at)
    )
    assert overlaps == 0
