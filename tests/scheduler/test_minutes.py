"""Sets of minutes answer as a list of minutes would."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scheduler import minutes


@given(free=st.integers(0, 2**80 - 1), length=st.integers(1, 20))
def test_a_start_is_a_minute_followed_by_enough_free_minutes(free, length):
    slow = sum(
        1 << at for at in range(80) if all(free >> (at + step) & 1 for step in range(length))
    )

    assert minutes.starts(free, length) == slow


@given(free=st.integers(0, 2**80 - 1))
def test_gaps_make_up_the_free_minutes(free):
    gaps = list(minutes.gaps(free))

    assert sum(minutes.between(start, end) for start, end in gaps) == free
    assert all(before[1] < after[0] for before, after in pairwise(gaps))


def test_the_clock_is_read_as_people_read_it():
    assert minutes.clock(570) == "09:30"
    assert minutes.clock(1530) == "25:30"
