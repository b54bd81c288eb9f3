"""Repairing a plan that was published: keep what was promised, change as little as possible.

An officer falls ill, an urgent case comes in, a survey takes longer: the problem has changed, the
plan has not. `repair` proposes another plan and says what differs; a coordinator accepts it.
"""

from __future__ import annotations

from dataclasses import dataclass

from yunkan_kernel import Search

from scheduler.numbering import Numbered
from scheduler.plan import Appointment, Plan
from scheduler.problem import Problem
from scheduler.task import Kind


@dataclass(frozen=True, slots=True)
class Repair:
    """A proposed plan, and by survey what it would change.

    ``moved`` appointments are at another time or carried out in another way, ``other_crew`` are
    when they were but somebody else comes, ``lost`` ones find no place any more, ``added`` are
    surveys that had none.
    """

    plan: Plan
    moved: tuple[str, ...]
    other_crew: tuple[str, ...]
    lost: tuple[str, ...]
    added: tuple[str, ...]


def repair(
    problem: Problem,
    plan: Plan,
    *,
    seconds: float = 0.5,
    seed: int = 0,
    iterations: int | None = None,
) -> Repair:
    """Propose how a plan goes on where the problem is not what it was.

    ``problem`` is the present one, ``plan`` was made before. What it says of surveys, officers
    and cars that are gone is forgotten. Takes ``seconds`` or as many ``iterations``; the same
    seed and number of iterations propose the same.
    """
    before = plan.appointments()
    numbered = Numbered.of(problem, before)
    search = Search(numbered.setting, seed)
    numbered.keep(search, plan)
    search.construct(None)
    most = 10**9 if iterations is None else iterations
    search.improve(seconds, most, iterations is not None, None)
    proposed = numbered.plan(search)
    return _compared(problem, proposed, before, proposed.appointments())


def _compared(
    problem: Problem,
    plan: Plan,
    before: dict[str, Appointment],
    after: dict[str, Appointment],
) -> Repair:
    moved, other_crew, lost, added = [], [], [], []
    for task in problem.tasks:
        old, new = before.get(task.key), after.get(task.key)
        if old is None or new is None:
            if old is not None:
                lost.append(task.key)
            elif new is not None:
                added.append(task.key)
            continue
        on_site = task.modes[new.mode].kind is Kind.ON_SITE
        leeway = problem.policy.leeway_minutes if on_site else 0
        if (old.mode, old.day) != (new.mode, new.day) or abs(old.start - new.start) > leeway:
            moved.append(task.key)
        elif old.officers != new.officers:
            other_crew.append(task.key)
    return Repair(plan, tuple(moved), tuple(other_crew), tuple(lost), tuple(added))
