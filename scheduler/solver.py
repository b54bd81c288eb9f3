"""Planning: cheapest insertion, pass after pass, those left out going first in the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from time import monotonic

from scheduler import explain
from scheduler.agenda import Agenda
from scheduler.cost import cost_of
from scheduler.groundwork import Groundwork
from scheduler.insertion import Insertion
from scheduler.plan import Plan, Unplanned
from scheduler.problem import Problem
from scheduler.task import Kind, Task

#: Passes without a better plan after which no further pass is made.
PATIENCE = 100

#: Progress is told about this often, in seconds.
_TELL_EVERY = 0.1

#: Once cancelled, reasons are looked for no longer than this, in seconds.
_LAST_WORDS = 0.04


@dataclass(frozen=True, slots=True)
class Progress:
    """How far planning has come."""

    seconds: float  # since planning began
    passes: int  # finished
    tried: int  # tasks tried in the present pass
    tasks: int
    planned: int  # in the best plan so far; in the first pass, in that pass
    cost: int | None  # of the best plan so far


def solve(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 0,
    passes: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """Plan as many surveys as possible, the more important first, at the least cost.

    Stops after ``seconds``, after ``passes`` (at least one is made), when no better plan turns
    up any more, or when ``cancelled()`` says so, and returns the best plan so far. Surveys the
    first pass had no time for are unplanned with the cause "stopped". The same seed gives the
    same plan, unless it was the clock or the caller that stopped it.
    """
    watch = _Watch(len(problem.tasks), seconds, progress, cancelled)
    search = _Search(problem, Random(seed), watch)
    plan = search.best_plan(passes)
    return replace(plan, unplanned=tuple(search.reasons(plan)))


class _Watch:
    """Keeps the time, listens for the caller's word to stop, and tells how far things are."""

    def __init__(
        self,
        tasks: int,
        seconds: float,
        progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._tasks = tasks
        self._began = self._told = monotonic()
        self._ends = self._began + seconds
        self._progress = progress
        self.cancelled = cancelled or (lambda: False)

    def stopped(self) -> bool:
        return monotonic() > self._ends or self.cancelled()

    def tell(
        self, *, passes: int, tried: int, planned: int, cost: int | None, due: bool = False
    ) -> None:
        now = monotonic()
        if self._progress is not None and (due or now > self._told + _TELL_EVERY):
            self._told = now
            elapsed = now - self._began
            self._progress(Progress(elapsed, passes, tried, self._tasks, planned, cost))


class _Search:
    """The passes over one problem, and the best plan among them."""

    def __init__(self, problem: Problem, random: Random, watch: _Watch) -> None:
        self._problem = problem
        self._random = random
        self._watch = watch
        self._ground = Groundwork(problem)
        self._passes = 0
        self._planned = 0
        self._cost: int | None = None
        #: How often each survey was left out: the squeaky wheel gets the grease.
        self._squeaks = dict.fromkeys((task.key for task in problem.tasks), 0)
        self._untried = set(self._squeaks)

    def best_plan(self, most_passes: int | None) -> Plan:
        """The best plan found until something stops the search; no reasons yet."""
        for task in self._problem.tasks:
            if self._watch.stopped():
                return self._plan(Insertion(self._ground))
            self._ground.add(task)

        best, self._untried = self._pass()
        idle = 0
        self._keep(best)
        while not self._untried and idle < PATIENCE and self._passes != most_passes:
            plan, untried = self._pass()
            if untried:
                break
            idle += 1
            if cost_of(self._problem, plan) < cost_of(self._problem, best):
                best, idle = plan, 0
                self._keep(best)
        return best

    def _keep(self, plan: Plan) -> None:
        """Remember, and tell, how good the best plan is."""
        self._planned, self._cost = plan.planned, cost_of(self._problem, plan)
        self._tell(len(self._squeaks) - len(self._untried), due=True)

    def reasons(self, plan: Plan) -> list[Unplanned]:
        """Why surveys are left out of the plan."""
        agenda = Agenda(self._problem, plan)
        tasks = {task.key: task for task in self._problem.tasks}
        ends: float | None = None
        unplanned = []
        for left in plan.unplanned:
            task = tasks[left.task]
            if ends is None and self._watch.cancelled():
                ends = monotonic() + _LAST_WORDS
            if task.key in self._untried or (ends is not None and monotonic() > ends):
                unplanned.append(explain.stopped(self._problem, task))
            else:
                unplanned.append(explain.why_no_place(self._problem, agenda, task))
        return unplanned

    def _pass(self) -> tuple[Plan, set[str]]:
        """One plan, and the surveys there was no time to try.

        The first pass is the plain one; the later ones vary what costs the same.
        """
        order = self._order()
        insertion = Insertion(self._ground, self._random if self._passes else None)
        failed: list[Task] = []
        for tried, task in enumerate(order):
            if self._watch.stopped():
                return self._plan(insertion), {left.key for left in order[tried:]}
            if not insertion.insert(task.key):
                failed.append(task)
                self._squeaks[task.key] += 1
            elif self._cost is None:
                self._planned += 1
            self._tell(tried + 1)
        # a round that moved for a later stop may have made room
        while failed:
            left = [task for task in failed if not insertion.insert(task.key)]
            if len(left) == len(failed):
                break
            failed = left
        self._passes += 1
        return self._plan(insertion), set()

    def _order(self) -> list[Task]:
        """Promises first, then what was left out before, then by importance and difficulty.

        Every second pass lets all on-site surveys go before all video surveys, which fit into
        the gaps that rounds leave.
        """
        rounds_first = self._passes % 2 == 0

        def rank(task: Task) -> tuple[float, ...]:
            options = self._ground.options[task.key]
            by_video = any(option.mode.kind is Kind.VIDEO for option in options)
            crews = sum(len(team.crews) for option in options for team in option.teams)
            deadline = len(self._problem.days) if task.deadline is None else task.deadline
            return (
                task.pinned is None,
                -self._squeaks[task.key],
                by_video and rounds_first,
                -task.priority,
                deadline,
                by_video,
                crews * (self._random.uniform(0.5, 1.5) if self._passes else 1.0),
            )

        return sorted(self._problem.tasks, key=rank)

    def _plan(self, insertion: Insertion) -> Plan:
        trips, desk_visits = insertion.trips, insertion.desk_visits
        planned = {stop.task for trip in trips for stop in trip.stops}
        planned.update(visit.task for visit in desk_visits)
        left = [task.key for task in self._problem.tasks if task.key not in planned]
        return Plan(trips, desk_visits, tuple(Unplanned(key, ()) for key in left))

    def _tell(self, tried: int, *, due: bool = False) -> None:
        self._watch.tell(
            passes=self._passes, tried=tried, planned=self._planned, cost=self._cost, due=due
        )
