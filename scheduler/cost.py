"""What a plan costs the bureau, in seconds of driving (see `Policy`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from scheduler import rules
from scheduler.plan import Plan
from scheduler.policy import Policy
from scheduler.problem import Problem
from scheduler.staff import Officer
from scheduler.task import Mode, Task


def cost_of(problem: Problem, plan: Plan) -> int:
    """The whole price of a plan; the lower, the better."""
    officers = {officer.key: officer for officer in problem.officers}
    tasks = {task.key: task for task in problem.tasks}
    policy = problem.policy
    cost = sum(left_out_cost(policy, tasks[left.task]) for left in plan.unplanned)
    cost += tardy_cost(problem, plan)
    for visit in plan.desk_visits:
        crew = [officers[key] for key in visit.officers]
        task = tasks[visit.task]
        cost += help_cost(policy, task, crew) + pair_cost(policy, crew)
        cost += policy.waiting_cost * visit.day
        cost += way_cost(policy, task, task.modes[visit.mode], visit.day)
    for trip in plan.trips:
        crew = [officers[key] for key in trip.officers]
        cost += policy.trip_cost + pair_cost(policy, crew)
        cost += policy.waiting_cost * trip.day * len(trip.stops)
        base = crew[0].base
        sites = [tasks[stop.task].modes[stop.mode].site for stop in trip.stops]
        cost += route_cost(problem, base, [site for site in sites if site is not None])
        for stop in trip.stops:
            task = tasks[stop.task]
            cost += help_cost(policy, task, crew)
            if stop.part == 0:  # of crews that meet the first stands for the survey
                cost += way_cost(policy, task, task.modes[stop.mode], trip.day)
    return cost


def tardy_cost(problem: Problem, plan: Plan) -> int:
    """What it costs that surveys begin later than they should; where crews meet, each of them."""
    tasks = {task.key: task for task in problem.tasks}
    begun = [(stop.task, stop.start) for trip in plan.trips for stop in trip.stops]
    begun += [(visit.task, visit.start) for visit in plan.desk_visits]
    tardy = [(tasks[key], rules.minutes_tardy(tasks[key], start)) for key, start in begun]
    worst = max((minutes for _, minutes in tardy), default=0)
    policy = problem.policy
    return policy.worst_tardy_cost * worst + policy.tardy_cost * sum(
        task.priority * minutes for task, minutes in tardy
    )


def left_out_cost(policy: Policy, task: Task) -> int:
    """What leaving a survey out costs."""
    return policy.unplanned_cost * task.priority if task.penalty is None else task.penalty


def way_cost(policy: Policy, task: Task, mode: Mode, day: int) -> int:
    """What it costs that a survey is carried out this way, on this day, whoever does it."""
    return mode.cost + policy.late_cost * task.priority * rules.days_late(task, day)


def route_cost(problem: Problem, base: int, sites: Sequence[int]) -> int:
    """Driving through the sites in order and back to the base, and arriving at each."""
    return travel_seconds(problem, base, sites) + problem.policy.arrival_cost * arrivals(sites)


def travel_seconds(problem: Problem, base: int, sites: Iterable[int]) -> int:
    """Driving time from the base through the sites in order and back."""
    seconds, place = 0, base
    for site in sites:
        seconds += problem.travel[place][site]
        place = site
    return seconds + problem.travel[place][base]


def arrivals(sites: Sequence[int]) -> int:
    """How often the crew arrives somewhere; the next survey at the same site is no arrival."""
    return sum(place != before for place, before in zip(sites, (None, *sites), strict=False))


def help_cost(policy: Policy, task: Task, crew: Sequence[Officer]) -> int:
    """What a survey costs because of who is sent to it: help from other districts."""
    return policy.cross_district_cost * sum(rules.foreign(task, officer) for officer in crew)


def pair_cost(policy: Policy, crew: Sequence[Officer]) -> int:
    """What a crew costs because its officers do not usually work together, or have just done so."""
    cost = 0
    if policy.unusual_pair_cost and not rules.usual(crew):
        cost += policy.unusual_pair_cost
    if policy.repeated_pair_cost:
        cost += policy.repeated_pair_cost * sum(
            one.key in other.recent_partners or other.key in one.recent_partners
            for one, other in combinations(crew, 2)
        )
    return cost
