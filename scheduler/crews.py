"""Which crews could carry out a survey, leaving aside what else they do that day."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

from scheduler import rules
from scheduler.problem import Problem
from scheduler.staff import Officer
from scheduler.task import Mode, Task

#: Crews looked at for one survey and base. Pairs of 200 officers stay below it; only joint
#: surveys that need four or more officers can reach it.
MOST_CREWS = 20_000


def crews_for(problem: Problem, task: Task, mode: Mode) -> Iterator[tuple[Officer, ...]]:
    """Each crew of one base that may survey the task this way, the lead first."""
    policy = problem.policy
    size = policy.officers_for(mode)
    for base in sorted({officer.base for officer in problem.officers}):
        staff = [officer for officer in problem.officers if officer.base == base]
        staff = [officer for officer in staff if not rules.recused(task, (officer,))]
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
