"""Problems as odd as they may be, for whatever must hold of every plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from scheduler.problem import Car, Kind, Mode, Officer, Pin, Policy, Problem, Room, Span, Task
from scheduler.refusals import ProblemRefused

KEYS = ["王", "李", "赵", "陈"]
DISTRICTS = ["武昌", "武昌", "武昌", "洪山"]
TYPES = frozenset({"bakery", "fire", "clinic"})
SKILLS = [TYPES, TYPES, TYPES - {"fire"}, TYPES - {"bakery"}, frozenset()]


def spans(days: int, most: int):
    lengths = st.tuples(st.integers(0, days - 1), st.integers(480, 900), st.integers(30, 400))
    return st.lists(lengths.map(lambda s: Span(s[0], s[1], s[1] + s[2])), max_size=most).map(tuple)


@st.composite
def problems(draw) -> Problem:
    days = draw(st.integers(1, 2))
    sites = draw(st.integers(1, 4))
    site = st.integers(0, sites - 1)
    base = st.sampled_from([0, 0, 0, sites - 1])
    types = st.frozensets(st.sampled_from(sorted(TYPES)), max_size=2)
    officers = []
    for key in KEYS[: draw(st.sampled_from([4, 4, 3, 2, 1, 0]))]:
        shifts = (*draw(spans(days, 2)), Span(draw(st.integers(0, days - 1)), 540, 1020))
        officer = Officer(
            key=key,
            base=draw(base),
            qualifications=draw(st.sampled_from(SKILLS)),
            home=draw(st.sampled_from(DISTRICTS)),
            allowed=frozenset(draw(st.lists(st.sampled_from(DISTRICTS), max_size=2))),
            shifts=shifts,
            away=draw(spans(days, 1)),
            usual_partners=draw(st.frozensets(st.sampled_from(KEYS), max_size=3)),
            recent_partners=draw(st.frozensets(st.sampled_from(KEYS), max_size=2)),
        )
        if any(s.minutes & ~sum(a.minutes for a in officer.away if a.day == s.day) for s in shifts):
            officers.append(officer)
    # a whole shift is one officer's, with a car of his own and without a meeting: else the kernel
    # books no more of it than what all of a round's crew and car have left
    whole_shift = draw(st.booleans())
    if not whole_shift:
        limits = st.sampled_from([None, None, 0, 90, 240])
        officers = [replace(officer, most_minutes=draw(limits)) for officer in officers]
    meeting = st.builds(  # two crews meet
        Mode,
        st.just(Kind.ON_SITE),
        st.integers(5, 90),
        st.just(frozenset({"bakery", "fire"})),
        site=site,
        officers=st.sampled_from([1, 1, None]),
        crews=st.just((frozenset({"bakery"}), frozenset({"fire"}))),
        after=st.sampled_from([(), ((0, 0),), ((20, 45),)]),
    )
    modes = st.lists(
        st.one_of(
            st.builds(
                Mode,
                st.just(Kind.ON_SITE),
                st.integers(5, 90),
                types,
                site=site,
                officers=st.just(1) if whole_shift else st.sampled_from([None, None, 1, 3]),
                qualified=st.sampled_from([1, 1, 2]),
                cost=st.sampled_from([0, 0, 5_000]),
            ),
            st.builds(
                Mode,
                st.just(Kind.VIDEO),
                st.integers(5, 60),
                types,
                officers=st.sampled_from([None, 1, 2]),
            ),
            *([] if whole_shift else [meeting]),
        ),
        min_size=1,
        max_size=2,
    ).map(tuple)
    minute = st.integers(540, 720)
    pins = st.builds(
        Pin,
        mode=st.just(0),
        officers=st.frozensets(st.sampled_from(KEYS), min_size=1, max_size=1 if whole_shift else 3),
        day=st.integers(0, days - 1),
        start=st.one_of(st.integers(36, 48).map(lambda quarter: 15 * quarter), minute),
    )
    tasks: list[Task] = []
    parts = {
        "days": tuple(date(2026, 11, 23 + day) for day in range(days)),
        "officers": tuple(officers),
        "travel": draw(
            st.lists(
                st.lists(st.integers(0, 2000), min_size=sites, max_size=sites),
                min_size=sites,
                max_size=sites,
            ).map(
                lambda rows: tuple(
                    tuple(0 if a == b else seconds for b, seconds in enumerate(row))
                    for a, row in enumerate(rows)
                )
            )
        ),
        "cars": tuple(
            Car(
                f"车{n}",
                draw(base) if at is None else at,
                seats=draw(st.integers(1, 4)),
                away=draw(spans(days, 1 if at is None else 0)),
                load=draw(st.sampled_from([None, 1, 3])),
            )
            for n, at in enumerate(
                [officer.base for officer in officers]
                if whole_shift
                else [None] * draw(st.sampled_from([2, 1, 0]))
            )
        ),
        "rooms": tuple(
            Room(f"室{n}", draw(base), capacity=draw(st.integers(1, 2)))
            for n in range(draw(st.sampled_from([2, 1, 0])))
        ),
        "policy": Policy(
            officers_on_video=draw(st.integers(1, 2)),
            video_grid=draw(st.sampled_from([1, 15, 30])),
            on_site_grid=draw(st.sampled_from([1, 5, 15])),
            meeting_grid=draw(st.sampled_from([1, 30, 30])),
            whole_shift=whole_shift,
            setup_minutes=draw(st.integers(0, 15)),
            unusual_pair_cost=draw(st.sampled_from([0, 300])),
            repeated_pair_cost=draw(st.sampled_from([0, 200])),
            worst_tardy_cost=draw(st.sampled_from([0, 0, 60])),
            fixed_roster=draw(st.sampled_from([False, False, False, True])),
        ),
    }
    for number in range(draw(st.sampled_from([8, 5, 3, 1, 0]))):
        fields = {
            "key": f"办件{number}",
            "district": draw(st.sampled_from(DISTRICTS)),
            "modes": draw(modes),
            "windows": draw(spans(days, 2)),
            "deadline": draw(st.sampled_from([None, 0, 1])),
            "priority": draw(st.integers(1, 3)),
            "recused": draw(st.frozensets(st.sampled_from(KEYS), max_size=1)),
            "load": draw(st.integers(0, 2)),
            "release": draw(st.sampled_from([0, 0, 1])),
            "due": draw(st.sampled_from([None, 0])),
            "penalty": draw(st.sampled_from([None, None, 3_000])),
            "begin_by": draw(st.sampled_from([None, None, 600])),
        }
        try:
            with_promise = [*tasks, Task(**fields, pinned=draw(st.none() | pins))]
            Problem(**parts, tasks=tuple(with_promise))
            tasks = with_promise
        except ProblemRefused:  # a promise nobody can keep is another test's matter
            tasks.append(Task(**fields))
    return Problem(**parts, tasks=tuple(tasks))
