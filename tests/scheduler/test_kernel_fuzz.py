"""Nothing from Python may crash the process: the kernel is called with anything, in any order.

`run.py test` runs this once more with the kernel built for AddressSanitizer, which ends the process
at the first byte read or written where there is none.
"""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest
from yunkan_kernel import Search, Setting, Ways

NUMBERS = [-(2**31), -1, 0, 1, 2, 3, 5, 9, 60, 540, 1020, 1439, 2**28, 2**31 - 1]

#: More of them where a sanitizer looks on.
ROUNDS = int(os.environ.get("YUNKAN_FUZZ", "60"))


class Caller:
    """Calls with numbers that mostly make sense, and counts what was refused."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.refused = self.taken = 0
        self.alone = False  # whether everybody goes alone and on site, and may meet in any minute

    def number(self, below: int) -> int:
        return self.chance.choice(NUMBERS) if self.chance.random() < 0.02 else self.some(below)

    def some(self, below: int) -> int:
        return self.chance.randrange(max(1, below))

    def numbers(self, below: int, most: int) -> list[int]:
        return [self.number(below) for _ in range(self.some(most + 1))]

    def windows(self) -> list[tuple[int, int, int, int]]:
        step = self.chance.choice([1, 1, 5, 15, 60])
        beside = self.chance.choice([0, 0, self.some(60)])
        times = (self.number(1440) // step * step + beside for _ in range(2 * self.some(3)))
        starts = sorted(times)
        return [
            (self.number(2), first, last, 1 if self.alone else self.chance.choice([1, 15, 30]))
            for first, last in zip(starts[::2], starts[1::2], strict=True)
        ]

    def hours(self) -> list[tuple[int, int, int]]:
        return [
            (day, self.number(700), 700 + self.number(400))
            for day in range(2)
            if self.chance.random() < 0.9
        ]

    def call(self, ask: Any, *words: Any) -> Any:
        try:
            answer = ask(*words)
        except (ValueError, TypeError, IndexError, OverflowError):
            self.refused += 1
            return None
        self.taken += 1
        return answer


def told(caller: Caller) -> Setting:
    """A setting of two days, two bases, eight officers and what else chance says."""
    sites = 6
    places = [
        (caller.chance.random() * 9_000, caller.chance.random() * 9_000) for _ in range(sites)
    ]
    setting = Setting(2, Ways(places, True, 1.3, 8.0, 60.0))
    call = caller.call
    for name in ("setup_minutes", "trip_cost", "arrival_cost", "cross_district_cost",
                 "unusual_pair_cost", "repeated_pair_cost", "waiting_cost",
                 "worst_tardy_cost"):  # fmt: skip
        call(setattr, setting, name, caller.number(60))
    call(setattr, setting, "grid", caller.chance.choice([1, 1, 5, 15, 60, caller.number(90)]))
    caller.alone = caller.chance.random() < 0.3
    setting.whole_shift = caller.alone or caller.chance.random() < 0.3
    setting.fixed_roster = caller.chance.random() < 0.1
    for _ in range(2):
        call(setting.add_base, caller.number(sites), caller.number(3))
    for number in range(8):
        limit = [] if caller.chance.random() < 0.7 else [caller.number(400)]
        call(setting.add_officer, number % 2, caller.hours(), caller.number(4), *limit)
    for _ in range(6):
        call(setting.add_usual_pair, caller.number(8), caller.number(8))
        call(setting.add_recent_pair, caller.number(8), caller.number(8))
    for _ in range(3):
        call(setting.add_cars, caller.number(2), 1 + caller.number(3), 1 + caller.number(4),
             caller.number(9), caller.hours())  # fmt: skip
    for _ in range(5):
        judges = [caller.numbers(8, 6) for _ in range(caller.some(3))]
        officers = 1 if caller.alone else 1 + caller.number(4)
        call(setting.add_standing, officers, 1 + caller.number(2),
             caller.numbers(8, 8), caller.numbers(8, 8), caller.numbers(8, 3), judges)  # fmt: skip
    for _ in range(caller.some(30)):
        hurry = [] if caller.chance.random() < 0.7 else [caller.number(1020), caller.number(60)]
        task = call(setting.add_task, caller.number(99_999), caller.number(3),
                    caller.chance.random() < 0.1, *hurry)  # fmt: skip
        for _ in range(caller.some(3)):
            if task is None:
                break
            site = caller.some(sites) if caller.alone else caller.number(sites + 1) - 1
            call(setting.add_option, task, caller.number(5), 1 + caller.number(90), site,
                 caller.number(900), caller.windows())  # fmt: skip
            for _ in range(caller.some(3) if caller.chance.random() < 0.3 else 0):
                call(setting.add_companion, task, caller.number(5), caller.number(30),
                     30 + caller.number(30), caller.windows())  # fmt: skip
    setting.seal()
    return setting


def search(caller: Caller, setting: Setting) -> None:
    one = Search(setting, caller.some(2**40))
    asks = [
        lambda: caller.call(
            one.keep_round, caller.number(2), caller.number(3), caller.numbers(8, 3),
            caller.number(900),
            [(caller.number(30), caller.number(2), caller.number(1440))
             for _ in range(caller.some(4))],
        ),
        lambda: caller.call(
            one.keep_desk_visit, caller.number(30), caller.number(2), caller.number(8),
            caller.number(9) - 1, caller.number(2), caller.number(1440),
        ),
        lambda: caller.call(
            one.offer, caller.number(30), caller.number(2), caller.number(900), caller.number(1440)
        ),
        lambda: caller.call(one.construct, None),
        lambda: caller.call(one.improve, 5, caller.some(200), True, None, caller.chance.random()),
        lambda: caller.call(one.regroup, caller.numbers(max(1, one.seen_count), 9)),
        lambda: caller.call(one.begin_anew),
        lambda: caller.call(one.seen, caller.some(50)),
        lambda: (one.rounds(), one.desk_visits(), one.present(), one.cost),
    ]  # fmt: skip
    for _ in range(25):
        caller.chance.choice(asks)()


@pytest.mark.parametrize("part", range(4))
def test_the_kernel_may_be_called_with_anything(part):
    caller = Caller(part)
    for _ in range(ROUNDS // 4):
        search(caller, told(caller))

    assert caller.refused
    assert caller.taken > caller.refused
