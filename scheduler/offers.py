"""When could somebody come? A plan held in memory answers while the applicant waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yunkan_kernel import Search

from scheduler.minutes import Span
from scheduler.numbering import Numbered
from scheduler.plan import Plan
from scheduler.problem import Problem


@dataclass(frozen=True, slots=True)
class Offer:
    """An appointment that could be made beside everything planned.

    ``mode`` is an index into the task's modes, ``day`` into the problem's days, ``start`` minutes
    after 00:00 local time. ``cost`` is what it adds to the plan's, in seconds of driving;
    ``driving`` what of that is really driven. ``on_way``: by a round that is made anyway.
    """

    mode: int
    day: int
    start: int
    cost: int
    driving: int
    on_way: bool


class HeldPlan:
    """A plan that stays in memory for questions; it never changes.

    An offer moves nobody else's appointment: on site by no more than the policy's leeway.
    Surveys of the problem that the plan leaves out can be asked about. What the plan says of
    surveys, officers and cars that are gone is forgotten; `broken` are the surveys of the problem
    whose place in the plan breaks a rule by now, so that it counts as free.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        numbered = Numbered.of(problem, plan.appointments())
        self._search = Search(numbered.setting, 0)
        self.broken = frozenset(numbered.keep(self._search, plan))
        self._numbered = numbered
        self._surveys = {task.key: number for number, task in enumerate(problem.tasks)}

    def offers(self, task: str, periods: Iterable[Span]) -> list[Offer]:
        """The cheapest appointment that begins within each period, where there is one.

        A survey that has its place in the plan is offered no other. Raises KeyError for one that
        the problem does not know.
        """
        survey = self._surveys[task]
        found = []
        for period in periods:
            made = self._numbered.offer(
                self._search, survey, period.day, period.start, period.end - 1
            )
            if made is not None:
                mode, start, cost, driving, on_way = made
                found.append(Offer(mode, period.day, start, cost, driving, on_way))
        return found
