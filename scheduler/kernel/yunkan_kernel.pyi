"""The planner's kernel as Python sees it: numbers in, numbers out; see the C++ beside this file.

Officers, standings, tasks and bases are numbered from 0 in the order in which they are added.
Times are minutes after 00:00 local time, costs seconds of driving. Everything that makes no sense
raises ValueError.
"""

from collections.abc import Callable, Sequence
from typing import overload

GoOn = Callable[[float, int, int, int], bool]
"""Is told seconds, iterations, surveys planned and cost so far; False stops the search."""

class Ways:
    """How long the ways between sites are, in seconds."""

    @overload
    def __init__(self, travel: memoryview) -> None:
        """A square block of int32: from row to column."""

    @overload
    def __init__(
        self,
        places: Sequence[tuple[float, float]],
        plane: bool,
        detour: float,
        speed: float,
        standing: float,
    ) -> None:
        """Straight lines between places: degrees of longitude and latitude, or on a ``plane``
        metres. ``speed`` is in metres a second, ``standing`` in seconds for each way."""

    def __len__(self) -> int: ...
    def seconds(self, start: int, end: int) -> int: ...

class Setting:
    """What is to be planned."""

    grid: int
    """Surveys on site start at full multiples of so many minutes; set before any is added. Only an
    option all of whose starts are as far beside the grid is carried out beside it."""

    setup_minutes: int
    trip_cost: int
    arrival_cost: int
    cross_district_cost: int
    unusual_pair_cost: int
    repeated_pair_cost: int
    fixed_roster: bool
    waiting_cost: int
    whole_shift: bool
    worst_tardy_cost: int

    def __init__(self, days: int, ways: Ways) -> None: ...
    def add_base(self, site: int, desks: int) -> int: ...
    def add_officer(
        self,
        base: int,
        duty: Sequence[tuple[int, int, int]],
        skills: int,
        most_minutes: int = 1 << 28,
    ) -> int:
        """``duty`` holds (day, from, until), in order; ``skills`` is how many item types needed
        on site he may judge. He is sent for no more than ``most_minutes`` over all days."""

    def add_usual_pair(self, one: int, other: int) -> None: ...
    def add_recent_pair(self, one: int, other: int) -> None: ...
    def add_cars(
        self, base: int, count: int, seats: int, load: int, duty: Sequence[tuple[int, int, int]]
    ) -> None: ...
    def add_standing(
        self,
        officers: int,
        qualified: int,
        may: Sequence[int],
        lead: Sequence[int],
        foreign: Sequence[int],
        judges: Sequence[Sequence[int]],
    ) -> int:
        """Who may carry out a survey; ``judges`` holds one list of officers an item type."""

    def add_task(
        self,
        unplanned_cost: int,
        load: int,
        pinned: bool,
        begin_by: int = 1 << 28,
        tardy_cost: int = 0,
    ) -> int:
        """Each minute that it begins after minute ``begin_by`` of its day costs ``tardy_cost``."""

    def add_option(
        self,
        task: int,
        standing: int,
        minutes: int,
        site: int,
        cost: int,
        windows: Sequence[tuple[int, int, int, int]],
    ) -> None:
        """One way to carry out a task; site -1 is by video. Windows are (day, first start, last
        start, step)."""

    def add_companion(
        self,
        task: int,
        standing: int,
        earliest: int,
        latest: int,
        windows: Sequence[tuple[int, int, int, int]],
    ) -> int:
        """Another crew's part of the task's last option, begun so many minutes after it: the
        number it goes by among the tasks."""

    def seal(self) -> None:
        """Call once, when everything has been added."""

    def unplanned_cost(self, task: int) -> int: ...
    def alike(self, officer: int) -> int:
        """Officers of a base with the same number may do the same surveys at the same price."""

class Search:
    """Ruin and recreate over one setting. The lock of the interpreter is free meanwhile."""

    def __init__(self, setting: Setting, seed: int) -> None: ...
    def keep_round(
        self,
        day: int,
        cars: int,
        officers: Sequence[int],
        depart: int,
        stops: Sequence[tuple[int, int, int]],
    ) -> bool:
        """Start from a round that is there, of (task, option, start); False where it cannot be
        kept. Starts matter only where several crews meet."""

    def keep_desk_visit(
        self, task: int, option: int, lead: int, second: int, day: int, start: int
    ) -> bool: ...
    def offer(
        self, task: int, day: int, first: int, last: int
    ) -> tuple[int, int, int, int, bool] | None:
        """(option, start, added cost, added seconds of driving, whether a round that is made
        anyway comes by) of the cheapest place for a task that is not planned, to begin between
        two minutes of a day; before anything is improved."""

    def construct(self, go_on: GoOn | None) -> bool: ...
    def improve(
        self,
        seconds: float,
        iterations: int,
        by_count: bool,
        go_on: GoOn | None,
        cooled: float = 0.0,
        remember: bool = True,
    ) -> None:
        """``cooled`` is how much of the way from hot to cold lies behind, from 0 to 1. Rounds that
        are not to be put together anew afterwards need not be remembered."""

    def seen(self, number: int) -> tuple[int, int, int, int, int, int, int, tuple[int, ...]]:
        """One of the rounds tried that are short enough to be remembered: (base, day, number of
        officers, whom who goes alone is like, departure, minutes of crew and car, cost, tasks)."""

    @property
    def seen_count(self) -> int: ...
    def present(self) -> list[int]:
        """Which are in the best plan; crews that meet and very long rounds are in neither."""

    def regroup(self, rounds: Sequence[int]) -> bool:
        """Go on from a plan of these rounds, of all seen; whether it is the best so far."""

    def begin_anew(self) -> None:
        """Go on from another plan, in which only promises are as they were."""

    @property
    def cost(self) -> int: ...
    @property
    def left_out(self) -> int:
        """How many surveys the best plan so far leaves out that somebody could make."""

    @property
    def iterations(self) -> int: ...
    def rounds(self) -> list[tuple[int, int, list[int], int, int, list[tuple[int, int, int, int]]]]:
        """(day, kind of car, officers, departure, return, [(task, option, arrival, start)])."""

    def desk_visits(self) -> list[tuple[int, int, int, int, int, int]]:
        """(task, option, lead, second or -1, day, start)."""

class Pricing:
    """The rounds one crew could make within a stretch of its day, at prices that change."""

    def __init__(
        self,
        ways: Ways,
        base: int,
        start: int,
        end: int,
        *,
        setup_minutes: int,
        trip_cost: int,
        arrival_cost: int,
    ) -> None: ...
    def add_visit(
        self, survey: int, site: int, minutes: int, cost: int, starts: Sequence[tuple[int, int]]
    ) -> None:
        """One way to carry out a survey, of fewer than 512, to begin from one minute to another."""

    def cheapest(
        self,
        surveys: Sequence[float],
        *,
        round: float,
        minute: float,
        longer: Sequence[tuple[int, float]],
        near: int,
        most_labels: int,
        most_rounds: int,
    ) -> tuple[bool, list[tuple[float, int, int, list[int]]]]:
        """Rounds that earn more by their ``surveys`` than they cost: (price below zero, what a
        plan pays, minutes, visits), the cheapest first.

        Going out has a price by ``round`` and by ``minute``, and more where it is ``longer`` than
        so many minutes. A round knows again the ``near`` surveys nearest to its last one, and may
        meet others twice. False where it was given up after ``most_labels``, and a cheaper one may
        have been missed.
        """

    def every(
        self,
        surveys: Sequence[float],
        *,
        round: float,
        minute: float,
        longer: Sequence[tuple[int, float]],
        below: float,
        most_labels: int,
    ) -> tuple[bool, list[tuple[float, int, int, list[int]]]]:
        """Each round below a price, by the surveys met and the last of them, that is as cheap and
        as short as any; none meets a survey twice."""

    @property
    def shortest(self) -> int:
        """Minutes of the shortest round."""
