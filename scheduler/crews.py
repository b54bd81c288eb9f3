"""Which crews could carry out a survey, leaving aside what else they do that day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, combinations, islice

from scheduler import rules
from scheduler.problem import Problem
from scheduler.staff import Officer
from scheduler.task import Kind, Mode, Task

#: Crews looked at for one survey and base. Pairs of 200 officers stay below it; only joint
#: surveys that need four or more officers can reach it.
MOST_CREWS = 20_000

#: Officers the planner sends to one survey together at the most, and to a desk.
MOST_OFFICERS = {Kind.ON_SITE: 8, Kind.VIDEO: 2}


def officers_needed(problem: Problem, task: Task, mode: Mode) -> int:
    """How many officers have to go: more than the policy asks for where fewer never know enough.

    A joint survey (联合踏勘) of two item types takes two officers if no one judges both.
    """
    least, most = problem.policy.officers_for(mode), MOST_OFFICERS[mode.kind]
    if not mode.required_types:
        return least
    least = max(least, min(mode.qualified, most))
    most = min(len(mode.required_types) * mode.qualified, most)
    sizes = range(least, most + 1) if len(mode.required_types) > 1 else ()
    return next((size for size in sizes if _know_enough(problem, task, mode, size)), least)


def _know_enough(problem: Problem, task: Task, mode: Mode, size: int) -> bool:
    """Whether there are so many officers of one base who together judge every item type."""
    by_base: dict[int, list[list[str]]] = {}
    for officer in problem.officers:
        judged = [one for one in mode.required_types if rules.may_judge(task, one, officer)]
        if judged and rules.may_go(task, mode, officer):
            by_base.setdefault(officer.base, []).append(judged)
    for judges in by_base.values():
        for crew in islice(combinations(judges, min(size, len(judges))), MOST_CREWS):
            times = Counter(chain.from_iterable(crew))
            if all(times[one] >= mode.qualified for one in mode.required_types):
                return True
    return False


def crews_for(
    problem: Problem, task: Task, mode: Mode, among: Iterable[Officer]
) -> Iterator[tuple[Officer, ...]]:
    """Each crew of one base that may survey the task this way, the lead first."""
    able = [officer for officer in among if rules.may_go(task, mode, officer)]
    policy = problem.policy
    size = officers_needed(problem, task, mode)
    for base in sorted({officer.base for officer in able}):
        staff = [officer for officer in able if officer.base == base]
        if task.pinned:
            staff = [officer for officer in staff if officer.key in task.pinned.officers]
            size = max(size, len(task.pinned.officers))
        for crew in islice(combinations(staff, size), MOST_CREWS):
            ordered = _lead_first(task, mode, crew)
            if rules.crew_may(task, mode, ordered, policy):
                yield ordered


def _lead_first(task: Task, mode: Mode, crew: tuple[Officer, ...]) -> tuple[Officer, ...]:
    """The officer who can judge most goes first; the others keep their order."""

    def cannot_judge(officer: Officer) -> tuple[bool, int]:
        known = len(mode.required_types & officer.qualifications)
        return not rules.may_enter(officer, task), -known

    return tuple(sorted(crew, key=cannot_judge))
