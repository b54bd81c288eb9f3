"""Small busy bureaus by number: up to eight surveys that get in each other's way."""

from __future__ import annotations

from datetime import date
from random import Random

from scheduler.problem import Car, Kind, Mode, Officer, Pin, Policy, Problem, Room, Span, Task
from scheduler.refusals import ProblemRefused

KEYS = ("王", "李", "赵", "陈")
TYPES = ("bakery", "fire", "clinic")


def busy_bureau(number: int) -> Problem:
    """The same number is the same bureau. Most surveys can be carried out, not all together."""
    return _Bureau(Random(number)).problem()


class _Bureau:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.days = random.choice((1, 1, 2))
        self.sites = random.randint(2, 6)
        self.second_base = random.choice((0, 0, 0, self.sites - 1))

    def problem(self) -> Problem:
        random = self.random
        parts = {
            "days": tuple(date(2026, 11, 23 + day) for day in range(self.days)),
            "officers": tuple(map(self._officer, KEYS[: random.randint(2, 4)])),
            "travel": self._travel(),
            "cars": tuple(map(self._car, range(random.randint(1, 2)))),
            "rooms": tuple(map(self._room, range(random.randint(1, 2)))),
            "policy": self._policy(),
        }
        tasks: list[Task] = []
        for number in range(random.randint(4, 8)):
            task = self._task(number)
            if self._chance(0.1):
                try:
                    promised = self._promised(task)
                    Problem(**parts, tasks=(*tasks, promised))
                    task = promised
                except ProblemRefused:  # nobody can keep that promise
                    pass
            tasks.append(task)
        return Problem(**parts, tasks=tuple(tasks))

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _base(self) -> int:
        return self.random.choice((0, 0, self.second_base))

    def _district(self) -> str:
        return self.random.choice(("武昌", "武昌", "武昌", "洪山"))

    def _some(self, keys: tuple[str, ...], least: int) -> frozenset[str]:
        return frozenset(self.random.sample(keys, self.random.randint(least, len(keys))))

    def _halves(self, most: int) -> tuple[Span, ...]:
        """Mornings and afternoons, or what is left of them."""
        halves = [(day, *half) for day in range(self.days) for half in ((540, 700), (800, 960))]
        chosen = self.random.sample(halves, self.random.randint(1, min(most, len(halves))))
        late = self.random.choice((0, 0, 20, 45))
        return tuple(Span(day, start + late, end) for day, start, end in sorted(chosen))

    def _officer(self, key: str) -> Officer:
        return Officer(
            key=key,
            base=self._base(),
            qualifications=self._some(TYPES, 1),
            home=self._district(),
            allowed=frozenset({"武昌", "洪山"} if self._chance(0.7) else ()),
            shifts=self._halves(4),
            away=(Span(self.random.randrange(self.days), 600, 630),) if self._chance(0.15) else (),
            usual_partners=self._some(KEYS, 0),
            recent_partners=self._some(KEYS, 0),
        )

    def _travel(self) -> tuple[tuple[int, ...], ...]:
        """Straight ways in a small town, or any at all."""
        random = self.random
        if self._chance(0.2):
            seconds = [
                [random.randint(60, 1_800) for _ in range(self.sites)] for _ in range(self.sites)
            ]
        else:
            places = [complex(random.random(), random.random()) for _ in range(self.sites)]
            seconds = [[60 + round(1_500 * abs(a - b)) for b in places] for a in places]
        return tuple(
            tuple(0 if a == b else way for b, way in enumerate(row))
            for a, row in enumerate(seconds)
        )

    def _car(self, number: int) -> Car:
        away = (Span(self.random.randrange(self.days), 540, 600),) if self._chance(0.15) else ()
        seats, load = self.random.choice((2, 3, 4)), self.random.choice((None, None, 2))
        return Car(f"车{number}", self._base(), seats, away, load)

    def _room(self, number: int) -> Room:
        return Room(f"室{number}", self._base(), self.random.randint(1, 2))

    def _policy(self) -> Policy:
        random = self.random
        return Policy(
            officers_on_site=random.choice((2, 2, 1)),
            officers_on_video=random.randint(1, 2),
            video_grid=random.choice((15, 15, 30)),
            setup_minutes=random.choice((0, 5, 10)),
            unusual_pair_cost=random.choice((0, 0, 300)),
            repeated_pair_cost=random.choice((0, 0, 200)),
            fixed_roster=self._chance(0.05),
        )

    def _task(self, number: int) -> Task:
        random = self.random
        return Task(
            key=f"办件{number}",
            district=self._district(),
            modes=tuple(self._mode() for _ in range(random.choice((1, 1, 2)))),
            windows=self._halves(2) if self._chance(0.6) else (),
            deadline=random.choice((None, None, 0)),
            due=random.choice((None, None, 0)),
            release=self.days - 1 if self._chance(0.1) else 0,
            priority=random.choice((1, 1, 2, 3)),
            penalty=3_000 if self._chance(0.1) else None,
            recused=frozenset({random.choice(KEYS)} if self._chance(0.2) else ()),
            load=random.choice((0, 0, 1)),
        )

    def _mode(self) -> Mode:
        random = self.random
        minutes = random.randrange(15, 75, 5)
        types = frozenset(random.sample(TYPES, random.choice((1, 1, 1, 2))))
        price = random.choice((0, 0, 0, 1_000))
        if self._chance(0.35):
            return Mode(Kind.VIDEO, minutes, types, cost=price)
        crews = tuple(frozenset({one}) for one in sorted(types)) if self._chance(0.3) else ()
        return Mode(
            Kind.ON_SITE,
            minutes,
            types,
            site=random.randrange(self.sites),
            officers=1 if crews else random.choice((None, None, None, 1)),
            qualified=random.choice((1, 1, 1, 2)),
            crews=crews if len(crews) > 1 else (),
            cost=price,
        )

    def _promised(self, task: Task) -> Task:
        random = self.random
        officers = frozenset(random.sample(KEYS, random.randint(1, 2)))
        start = 15 * random.randrange(36, 60)
        pin = Pin(mode=0, officers=officers, day=random.randrange(self.days), start=start)
        fields = {name: getattr(task, name) for name in Task.__slots__}
        return Task(**(fields | {"pinned": pin}))
