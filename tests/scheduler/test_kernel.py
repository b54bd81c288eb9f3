"""The kernel by itself: what it refuses, that it keeps its word, and that it shares the machine."""

from __future__ import annotations

import math
import threading
import time
from array import array
from random import Random

import pytest
from yunkan_kernel import Search, Setting, Ways

NINE, FIVE = 540, 1020


def table(rows: list[list[int]]) -> Ways:
    block = array("i", [seconds for row in rows for seconds in row])
    return Ways(memoryview(block).cast("B").cast("i", (len(rows), len(rows))))


def town(sites: int) -> Ways:
    """Sites scattered in a square."""
    chance = Random(1)
    places = [(chance.random(), chance.random()) for _ in range(sites)]
    return table([[round(3000 * (abs(a - c) + abs(b - d))) for c, d in places] for a, b in places])


def bureau(
    tasks: int = 40,
    *,
    officers: int = 4,
    sites: int = 12,
    ways: Ways | None = None,
    sealed: bool = True,
) -> Setting:
    """One base, one day, crews of two with two cars."""
    setting = Setting(1, town(sites) if ways is None else ways)
    setting.setup_minutes, setting.trip_cost, setting.arrival_cost = 10, 900, 300
    base = setting.add_base(0, 2)
    for _ in range(officers):
        setting.add_officer(base, [(0, NINE, 720), (0, 780, FIVE)], 1)
    setting.add_cars(base, 2, 4, 1_000, [(0, 0, 1440)])
    everybody = list(range(officers))
    pair = setting.add_standing(2, 1, everybody, everybody, [], [everybody[:2]])
    alone = setting.add_standing(1, 1, everybody, everybody, [], [everybody])
    for number in range(tasks):
        task = setting.add_task(100_000, 1, False)
        if number % 3:
            setting.add_option(task, alone, 20, -1, 0, [(0, NINE, 1000, 15)])
        else:
            site = 1 + number % (sites - 1)
            setting.add_option(task, pair, 30, site, 0, [(0, NINE, 990, 1)])
    if sealed:
        setting.seal()
    return setting


def improved(setting: Setting, seed: int, iterations: int) -> Search:
    search = Search(setting, seed)
    search.construct(None)
    search.improve(60, iterations, True, None)
    return search


NONSENSE = {
    "a table that is not square": lambda s: Ways(memoryview(bytes(8)).cast("i", (1, 2))),
    "a way of less than nothing": lambda s: table([[0, -1], [1, 0]]),
    "a way without end": lambda s: Ways([(0.0, 0.0), (90.0, 0.0)], False, 1e6, 1e-3, 0),
    "a place that is nowhere": lambda s: Ways([(0.0, math.nan)], True, 1, 1, 0),
    "a base nowhere": lambda s: s.add_base(99, 1),
    "an officer of no base": lambda s: s.add_officer(7, [], 0),
    "a shift on no day": lambda s: s.add_officer(0, [(5, 1, 2)], 0),
    "a shift that ends before it starts": lambda s: s.add_officer(0, [(0, 9, 9)], 0),
    "shifts that overlap": lambda s: s.add_officer(0, [(0, 1, 9), (0, 5, 12)], 0),
    "a partner who is nobody": lambda s: s.add_usual_pair(0, 44),
    "no cars at all": lambda s: s.add_cars(0, 0, 4, 1, []),
    "a crew of nobody": lambda s: s.add_standing(0, 1, [0], [0], [], []),
    "a crew of a hundred": lambda s: s.add_standing(100, 1, [0], [0], [], []),
    "a grid of less than a minute": lambda s: setattr(s, "grid", 0),
    "a grid of more than an hour": lambda s: setattr(s, "grid", 61),
    "a grid for surveys that are there": lambda s: setattr(s, "grid", 5),
    "a judge who is nobody": lambda s: s.add_standing(1, 1, [0], [0], [], [[-3]]),
    "a survey worth less than nothing": lambda s: s.add_task(-1, 0, False),
    "a way to do what is no survey": lambda s: s.add_option(999, 0, 1, 0, 0, []),
    "a survey without length": lambda s: s.add_option(0, 0, 0, 0, 0, []),
    "a survey nowhere": lambda s: s.add_option(0, 0, 1, 500, 0, []),
    "a window that ends before it starts": lambda s: s.add_option(0, 0, 1, 0, 0, [(0, 9, 8, 1)]),
    "a companion at a desk": lambda s: s.add_companion(1, 1, 0, 0, [(0, NINE, 999, 1)]),
    "a policy of less than nothing": lambda s: setattr(s, "setup_minutes", -1),
    "a window of no step": lambda s: s.add_option(0, 0, 1, 0, 0, [(0, 8, 9, 0)]),
}


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_is_refused_and_the_setting_is_as_before(nonsense):
    setting = bureau(sealed=False)

    with pytest.raises(ValueError):  # noqa: PT011 (the words are for programmers)
        NONSENSE[nonsense](setting)

    setting.seal()
    assert improved(setting, 3, 200).cost == improved(bureau(), 3, 200).cost


def test_all_starts_of_an_option_are_as_far_beside_the_grid():
    setting = Setting(1, town(3))
    setting.grid = 5
    base = setting.add_base(0, 0)
    setting.add_officer(base, [(0, NINE, FIVE)], 1)
    setting.add_cars(base, 1, 4, 1_000, [(0, 0, 1440)])
    alone = setting.add_standing(1, 1, [0], [0], [], [])
    promised, other = (setting.add_task(1_000_000, 0, True) for _ in range(2))

    setting.add_option(promised, alone, 41, 1, 0, [(0, 617, 617, 1)])
    with pytest.raises(ValueError, match="beside the grid"):
        setting.add_option(other, alone, 41, 1, 0, [(0, 600, 600, 1), (0, 617, 617, 1)])
    setting.add_option(other, alone, 41, 1, 0, [(0, 600, 700, 1)])
    setting.seal()

    [(_, _, _, _, _, stops)] = improved(setting, 1, 100).rounds()
    assert [(task, start) for task, _, _, start in stops] == [(promised, 617), (other, 660)]


def test_ways_that_are_measured_when_asked_for_plan_the_same_as_their_table():
    chance, sites = Random(2), 1_600  # more than are written out at once
    places = [(114 + chance.random() / 4, 30 + chance.random() / 4) for _ in range(sites)]
    measured = Ways(places, False, 1.35, 7, 60)
    written = table([[measured.seconds(a, b) for b in range(sites)] for a in range(sites)])

    plans = []
    for ways in (measured, written):
        setting = bureau(600, officers=40, sites=sites, ways=ways)
        plans.append(improved(setting, 1, 300).rounds())

    assert plans[0] == plans[1]
    assert len(plans[0]) > 1


@pytest.mark.parametrize("words", [("one", 2), (None, 3), (2**40, 1)])
def test_what_is_no_number_is_refused(words):
    with pytest.raises((TypeError, ValueError, OverflowError)):
        bureau().add_base(*words)


def test_the_same_seed_and_count_give_the_same_plan_and_another_seed_may_not():
    setting = bureau()

    first, again, other = (improved(setting, seed, 2_000) for seed in (5, 5, 6))

    assert first.rounds() == again.rounds()
    assert first.desk_visits() == again.desk_visits()
    assert first.rounds() != other.rounds()


def test_the_best_plan_never_gets_worse():
    setting = bureau()
    search = Search(setting, 1)
    costs = []

    search.construct(None)
    for _ in range(20):
        costs.append(search.cost)
        search.improve(60, 100, True, None)

    assert costs == sorted(costs, reverse=True)


def test_a_search_that_is_told_to_stop_stops_within_a_tenth_of_a_second():
    setting = bureau(400)
    search = Search(setting, 1)
    search.construct(None)
    told = []

    def go_on(*progress: float) -> bool:
        told.append(time.thread_time())
        return len(told) < 3

    search.improve(60, 10**9, False, go_on)

    assert time.thread_time() - told[2] < 0.1
    assert told[2] - told[0] < 0.5


def test_others_can_work_while_the_kernel_searches():
    setting = bureau(200)
    search = Search(setting, 1)
    search.construct(None)
    searching = threading.Thread(target=search.improve, args=(1.0, 10**9, False, None))
    counted = 0

    searching.start()
    while searching.is_alive():
        counted += 1
        time.sleep(0.001)

    assert counted > 50  # with the interpreter's lock held there would be one
    assert search.iterations > 0


def test_an_error_raised_on_the_way_ends_the_search_and_reaches_the_caller():
    search = Search(bureau(200), 1)
    search.construct(None)

    def go_on(*progress: float) -> bool:
        raise RuntimeError("the database is away")

    with pytest.raises(RuntimeError, match="the database is away"):
        search.improve(60, 10**9, False, go_on)


def test_a_setting_with_nothing_in_it_gives_an_empty_plan():
    setting = Setting(0, table([[0]]))
    setting.seal()

    search = improved(setting, 1, 10)

    assert (search.rounds(), search.desk_visits(), search.cost) == ([], [], 0)


@pytest.mark.parametrize(
    "late",
    [
        lambda s: s.add_task(1, 0, False),
        lambda s: s.add_option(0, 0, 1, 0, 0, []),
        lambda s: s.add_officer(0, [], 0),
        lambda s: setattr(s, "whole_shift", True),
        lambda s: s.seal(),
    ],
)
def test_nothing_is_added_once_everything_has_been(late):
    with pytest.raises(ValueError, match="sealed"):
        late(bureau())


def test_nobody_searches_before_everything_has_been_added():
    with pytest.raises(ValueError, match="not sealed"):
        Search(bureau(sealed=False), 0)


def test_a_search_does_one_thing_at_a_time():
    search = improved(bureau(), 1, 10)
    refused = []

    def interrupt(*_: float) -> bool:
        for ask in (
            search.rounds,
            search.desk_visits,
            search.present,
            lambda: search.offer(0, 0, 0, 1440),
            lambda: search.improve(1, 10, True, None),
            lambda: search.regroup([]),
        ):
            with pytest.raises(RuntimeError, match="at work"):
                ask()
            refused.append(ask)
        return False

    search.improve(5, 10**9, False, interrupt)

    assert len(refused) >= 6
    assert search.rounds()
