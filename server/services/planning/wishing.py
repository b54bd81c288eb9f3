"""A coordinator wants one appointment at another time, or in other hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from scheduler import rules
from scheduler.minutes import between
from scheduler.policy import Policy
from scheduler.problem import Problem
from scheduler.refusals import ProblemRefused
from scheduler.staff import Officer
from scheduler.task import Pin, Task
from server.clock import local_day, local_minute, moment_of
from server.errors import CannotBeThere
from server.models.bureau import Mode
from server.models.round import Visit
from server.services.planning.staffing import BUREAU_SITE

#: The first rule that stands against a wish, by the planner's name for it.
CAUSES = {
    "shift or leave": "away",
    "recused": "recused",
    "qualification or district": "not_qualified",
    "officers": "crew",
    "deadline": "deadline",
    "window or start": "start",
    "base": "crew",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """``lead_id``: who shall come in place of who leads now; None: the same crew."""

    survey_id: int
    starts_at: datetime
    lead_id: int | None = None


def wished(
    wish: Wish,
    tasks: Sequence[Task],
    visits: Sequence[Visit],
    officers: Sequence[Officer],
    days: Sequence[date],
    policy: Policy,
) -> list[Task]:
    """The tasks, with the appointment pinned where it is wanted.

    Raises:
        CannotBeThere: it may not move any more, or it would break a rule: `cause` says which.
    """
    visit = next((one for one in visits if one.survey_id == wish.survey_id), None)
    if visit is None:
        raise CannotBeThere(f"survey {wish.survey_id} may not move", cause="settled")
    if not moment_of(days[0], 0) <= wish.starts_at < moment_of(days[-1], 24 * 60):
        raise CannotBeThere("another day", cause="day")
    day = local_day(wish.starts_at)
    key = str(wish.survey_id)
    pin = Pin(0, _crew(visit, wish), (day - days[0]).days, local_minute(wish.starts_at))
    _refuse_beside_grid(wish, visit, pin, policy)
    pinned = [replace(task, pinned=pin) if task.key == key else task for task in tasks]
    _refuse_what_breaks_a_rule(
        next(one for one in pinned if one.key == key), officers, days, policy
    )
    return pinned


def why_not_there(problem: Problem, task: Task) -> str:
    """Why a pinned visit found no place although it breaks no rule by itself."""
    assert task.pinned is not None
    mode, day, start = task.modes[task.pinned.mode], task.pinned.day, task.pinned.start
    if mode.site is not None:
        ways = problem.travel
        leave = start - rules.way(ways[BUREAU_SITE][mode.site])
        leave -= rules.setup(problem.policy, came_from=None, site=mode.site)
        back = start + mode.minutes + rules.way(ways[mode.site][BUREAU_SITE])
        crew = [one for one in problem.officers if one.key in task.pinned.officers]
        if leave < 0 or any(between(leave, back) & ~rules.duty(one, day) for one in crew):
            return "way"
    return "taken"


def _crew(visit: Visit, wish: Wish) -> frozenset[str]:
    crew = {visit.round.lead_id, visit.round.second_id} - {None}
    if wish.lead_id is not None and wish.lead_id not in crew:
        crew = (crew - {visit.round.lead_id}) | {wish.lead_id}
    return frozenset(map(str, crew))


def _refuse_beside_grid(wish: Wish, visit: Visit, pin: Pin, policy: Policy) -> None:
    """A visit whose time was promised beside the grid may keep it, in other hands; where it is put
    anew it starts on the grid."""
    if visit.round.mode is Mode.VIDEO or visit.starts_at == wish.starts_at:
        return
    if not rules.on_site_grid(policy) >> pin.start & 1:
        raise CannotBeThere("beside the grid", cause="grid", minutes=policy.on_site_grid)


def _refuse_what_breaks_a_rule(
    task: Task, officers: Sequence[Officer], days: Sequence[date], policy: Policy
) -> None:
    """Ask the planner about this appointment alone."""
    assert task.pinned is not None
    crew = tuple(officer for officer in officers if officer.key in task.pinned.officers)
    if len(crew) < len(task.pinned.officers):
        raise CannotBeThere("somebody does not work on these days", cause="away")
    sites = max((mode.site or 0 for mode in task.modes), default=0) + 1
    try:
        Problem(
            days=tuple(days),
            officers=crew,
            tasks=(task,),
            travel=[[0] * sites] * sites,
            policy=policy,
        )
    except ProblemRefused as refused:
        broken = str(refused.values.get("rules", ""))
        cause = next((cause for rule, cause in CAUSES.items() if rule in broken), "start")
        raise CannotBeThere(broken, cause=cause) from refused
