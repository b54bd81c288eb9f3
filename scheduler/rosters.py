"""A fixed roster (固定搭档): who goes with whom in these weeks, so that the pairs can judge most.

Pairs made up anew for every round cost less; a bureau that wants the same two officers to go
together all month says so (`Policy.fixed_roster`), and here it is worked out who they should be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from scheduler import rules
from scheduler.problem import Problem
from scheduler.staff import Officer
from scheduler.task import Kind, Mode, Task

#: Minutes of work that one would give up to leave usual partners together, and to keep apart those
#: who have just gone together.
KEPT, REPEATED = 30, 60

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Work:
    """Surveys alike in who may carry them out, and the minutes they take with their ways."""

    task: Task
    mode: Mode
    minutes: int


def paired(problem: Problem, *, seconds: float = 10.0) -> tuple[Pair, ...]:
    """The pairs, by key, that can do most of the work on site; whoever is left over has none.

    Everybody is in one pair at most, and in one if there is somebody for him. A pair works when
    both do, cars are out no longer than there are cars, and important surveys count as often as
    their priority. What each pair drives, and when, is left to the planner. Solved by CP-SAT; the
    same problem has the same pairs, unless there were not enough ``seconds``.
    """
    pairs: list[Pair] = []
    share = seconds / max(1, len({officer.base for officer in problem.officers}))
    for base in sorted({officer.base for officer in problem.officers}):
        officers = [officer for officer in problem.officers if officer.base == base]
        pairs += _paired_at(problem, base, officers, share)
    return tuple(pairs)


def rostered(problem: Problem, pairs: Iterable[Pair]) -> Problem:
    """The problem with these pairs as its fixed roster."""
    partners = {key: other for one, two in pairs for key, other in ((one, two), (two, one))}
    officers = tuple(
        replace(officer, usual_partners=frozenset({partners[officer.key]} & partners.keys()))
        if officer.key in partners
        else replace(officer, usual_partners=frozenset())
        for officer in problem.officers
    )
    return replace(problem, officers=officers, policy=replace(problem.policy, fixed_roster=True))


def _paired_at(
    problem: Problem, base: int, officers: list[Officer], seconds: float
) -> Iterator[Pair]:
    # loading it takes more than a second, which nobody should pay who wants no roster
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    works = list(_works(problem, base, officers))
    worth: list[cp_model.LinearExpr] = []
    out: list[cp_model.LinearExpr] = []
    together: dict[Pair, cp_model.IntVar] = {}
    done: list[list[cp_model.IntVar]] = [[] for _ in works]
    for one, other in combinations(officers, 2):
        able = [n for n, work in enumerate(works) if _may(problem, work, one, other)]
        most = _common_minutes(problem, one, other)
        if not able or not most:
            continue
        pair = together[one.key, other.key] = model.new_bool_var("")
        minutes = [model.new_int_var(0, min(most, works[n].minutes), "") for n in able]
        model.add(sum(minutes) <= most * pair)
        for n, some in zip(able, minutes, strict=True):
            done[n].append(some)
            worth.append(works[n].task.priority * some)
        worth.append((1 + _liking(one, other)) * pair)
        out += minutes
    for officer in officers:
        model.add_at_most_one(pair for keys, pair in together.items() if officer.key in keys)
    for work, shares in zip(works, done, strict=True):
        model.add(sum(shares) <= work.minutes)
    model.add(sum(out) <= _car_minutes(problem, base, officers))
    model.maximize(sum(worth))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1  # several would not come to the same pairs twice
    solver.parameters.max_time_in_seconds = seconds
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return iter(())
    return (keys for keys, pair in together.items() if solver.boolean_value(pair))


def _works(problem: Problem, base: int, officers: list[Officer]) -> Iterator[_Work]:
    """The work on site that somebody of the base may do, alike surveys together."""
    alike: dict[tuple[object, ...], _Work] = {}
    for task in problem.tasks:
        mode = next((one for one in task.modes if one.kind is Kind.ON_SITE), None)
        if mode is None or mode.site is None:
            continue
        if not any(rules.may_go(task, mode, officer) for officer in officers):
            continue
        there, back = problem.travel[base][mode.site], problem.travel[mode.site][base]
        # about half the way: rounds have several stops
        taken = mode.minutes + problem.policy.setup_minutes + rules.way(there + back) // 2
        who = (task.district, task.recused, task.priority, mode.required_types, mode.qualified)
        before = alike.get(who)
        alike[who] = _Work(task, mode, taken + (before.minutes if before else 0))
    return iter(alike.values())


def _may(problem: Problem, work: _Work, one: Officer, other: Officer) -> bool:
    """Whether the two may do it by themselves, were they each other's usual partners."""
    anybody = replace(problem.policy, fixed_roster=False)
    parts = work.mode.parts
    asked = replace(work.task, pinned=None)
    return any(rules.crew_may(asked, part, (one, other), anybody) for part in parts)


def _common_minutes(problem: Problem, one: Officer, other: Officer) -> int:
    days = range(len(problem.days))
    return sum((rules.duty(one, day) & rules.duty(other, day)).bit_count() for day in days)


def _car_minutes(problem: Problem, base: int, officers: list[Officer]) -> int:
    """How long the base's cars can be out while anybody works."""
    minutes = 0
    for day in range(len(problem.days)):
        working = 0
        for officer in officers:
            working |= rules.duty(officer, day)
        for car in problem.cars:
            if car.base == base:
                minutes += (working & rules.car_free(car, day)).bit_count()
    return minutes


def _liking(one: Officer, other: Officer) -> int:
    recent = one.key in other.recent_partners or other.key in one.recent_partners
    return KEPT * rules.usual((one, other)) - REPEATED * recent
