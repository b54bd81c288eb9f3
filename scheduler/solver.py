"""Planning: the kernel's ruin and recreate, told in the words of `Problem` and `Plan`.

Christiaens and Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing
Problems", Transportation Science 54 (2020), extended to crews, cars, desks and windows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import monotonic

from yunkan_kernel import Search

from scheduler import exact, explain
from scheduler.agenda import Agenda
from scheduler.cost import cost_of
from scheduler.fairness import shared_out
from scheduler.numbering import Numbered
from scheduler.plan import Plan, Unplanned
from scheduler.problem import Problem
from scheduler.settling import settled

#: Iterations a survey repays: a plan that has had as many changes little any more.
ITERATIONS_PER_SURVEY = 2_000

#: How far the search has cooled where it starts from a plan: hotter, it would forget that plan.
COOLED = 0.6

#: More iterations than any time is enough for.
_ENDLESS = 10**12

#: Once cancelled, reasons are looked for no longer than this, in seconds.
_LAST_WORDS = 0.04


@dataclass(frozen=True, slots=True)
class Progress:
    """How far planning has come."""

    seconds: float  # since planning began
    iterations: int  # parts of the plan torn down and built again
    tasks: int
    planned: int  # in the best plan so far
    cost: int | None  # of the best plan so far; None before there is a whole one


def solve(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 0,
    iterations: int | None = None,
    all_seconds: bool = False,
    threads: int = 1,
    start: Plan | None = None,
    draw: Callable[[Plan], Plan] | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """Plan as many surveys as possible, the more important first, at the least cost.

    Stops after ``seconds``, after ``iterations`` (None: as many as a problem of this size
    repays, or with ``all_seconds`` as many as there is time for), or when ``cancelled()`` says
    so, and returns the best plan so far. Surveys there was no time to try are unplanned with the
    cause "stopped". The same seed and number of iterations give the same plan, unless it was the
    clock or the caller that stopped it. Each of several ``threads`` makes a plan of its own, from
    seeds that follow each other; the best one counts. With a plan to ``start`` from, which keeps
    the rules, the answer is one that leaves out no more and costs no more.

    ``draw`` has the last word on who goes (`scheduler.draw`), even if planning was stopped: else
    stopping would be a way around it.
    """
    if all_seconds and iterations is not None:
        raise ValueError("all the time, or so many iterations: not both")
    watch = _Watch(problem, seconds, progress, cancelled)
    numbered = Numbered(problem)
    for task in problem.tasks:
        if watch.stopped():
            plan = _nothing_tried(problem, start)
            return plan if draw is None else draw(plan)
        numbered.add(task)
    numbered.seal()
    search = _begun(numbered, seed, start)
    whole = search.construct(watch.go_on)
    if whole:
        watch.whole = True
        repaid = _ENDLESS if all_seconds else ITERATIONS_PER_SURVEY * len(problem.tasks)
        most = repaid if iterations is None else iterations

        by_count = iterations is not None

        def improve(one: Search, clock: exact.Clock, go_on: exact.GoOn) -> None:
            exact.improve(
                problem, numbered, one, clock=clock, iterations=most, by_count=by_count,
                go_on=go_on, cooled=0.0 if start is None else COOLED,
            )  # fmt: skip

        others = [_begun(numbered, seed + n, start) for n in range(1, threads)]
        search = _best([search, *others], improve, watch)
    plan = numbered.plan(search)
    if start is not None:
        plan = min(start, plan, key=lambda one: _given_up(problem, one))
    plan = settled(problem, plan)
    if not watch.cancelled():
        plan = shared_out(problem, plan)
    if draw is not None:
        plan = draw(plan)
    return replace(plan, unplanned=tuple(_reasons(problem, plan, watch, tried=whole)))


def _begun(numbered: Numbered, seed: int, start: Plan | None) -> Search:
    """A search at the beginning, or at a plan there is."""
    search = Search(numbered.setting, seed)
    if start is not None:
        numbered.keep(search, start)
    return search


def _given_up(problem: Problem, plan: Plan) -> tuple[int, int, int]:
    """What a plan gives up: promises, other surveys that must be made by weight, and money."""
    left = {one.task for one in plan.unplanned}
    tasks = [task for task in problem.tasks if task.key in left and task.penalty is None]
    promises = sum(task.pinned is not None for task in tasks)
    return promises, sum(task.priority for task in tasks), cost_of(problem, plan)


def _best(
    searches: Sequence[Search],
    improve: Callable[[Search, exact.Clock, exact.GoOn], None],
    watch: _Watch,
) -> Search:
    """The best of several searches, each improved in a thread of its own. The first is complete
    already, and the only one the caller hears of."""
    first, *others = searches

    def improve_another(other: Search) -> None:
        if other.construct(watch.others_go_on):
            improve(other, _Others(watch), watch.others_go_on)

    with ThreadPoolExecutor(max(1, len(others))) as pool:
        done = [pool.submit(improve_another, other) for other in others]
        try:
            improve(first, watch, watch.go_on)
        except BaseException:
            watch.ended = True
            raise
        for one in done:
            one.result()
    return min(searches, key=lambda one: one.cost)


class _Watch:
    """Keeps the time, listens for the caller's word to stop, and tells how far things are."""

    def __init__(
        self,
        problem: Problem,
        seconds: float,
        progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._tasks = len(problem.tasks)
        self._began = monotonic()
        self._ends = self._began + seconds
        self._progress = progress
        self.cancelled = cancelled or (lambda: False)
        self.whole = False
        self.ended = False

    def left(self) -> float:
        return max(0.0, self._ends - monotonic())

    def stopped(self) -> bool:
        return not self.left() or self.cancelled()

    def go_on(self, seconds: float, iterations: int, planned: int, cost: int) -> bool:
        """What the kernel calls about twenty times a second."""
        if self._progress is not None:
            elapsed = monotonic() - self._began
            known = cost if self.whole else None
            self._progress(Progress(elapsed, iterations, self._tasks, planned, known))
        self.ended = self.stopped()
        return not self.ended

    def others_go_on(self, *_: float) -> bool:
        """The same for the other threads, which the caller does not hear of."""
        return not self.ended and self.left() > 0


class _Others:
    """The clock of the other threads."""

    def __init__(self, watch: _Watch) -> None:
        self.left = watch.left
        self._watch = watch

    def stopped(self) -> bool:
        return not self._watch.others_go_on()


def _nothing_tried(problem: Problem, start: Plan | None) -> Plan:
    planned = start.appointments() if start is not None else {}
    left = (task for task in problem.tasks if task.key not in planned)
    unplanned = tuple(explain.stopped(problem, task) for task in left)
    return replace(start or Plan(), unplanned=unplanned)


def _reasons(problem: Problem, plan: Plan, watch: _Watch, *, tried: bool) -> list[Unplanned]:
    """Why surveys are left out of the plan."""
    agenda = Agenda(problem, plan)
    tasks = {task.key: task for task in problem.tasks}
    ends: float | None = None
    unplanned = []
    for left in plan.unplanned:
        task = tasks[left.task]
        if ends is None and watch.cancelled():
            ends = monotonic() + _LAST_WORDS
        if not tried or (ends is not None and monotonic() > ends):
            unplanned.append(explain.stopped(problem, task))
        else:
            unplanned.append(explain.why_no_place(problem, agenda, task))
    return unplanned
