"""The best plan of a small problem there is, proven: what the planner's answers are measured by.

The whole problem as one model for OR-Tools' CP-SAT, written from `scheduler.rules` alone and not
from anything the planner does. A crew's part of a survey is a piece; what follows what on a round
are literals between pieces, as in a circuit; a piece takes its officers and its car from the minute
they set out for it, or begin it, to the minute they begin the next, or are back. So a round is
pieces that touch, and nobody being in two places is a plain "no overlap".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, product
from typing import TypeVar

from ortools.sat.python import cp_model

from scheduler import minutes, rules
from scheduler.cost import cost_of, left_out_cost, way_cost
from scheduler.numbering import PROMISED
from scheduler.plan import DeskVisit, Plan, Stop, Trip, Unplanned
from scheduler.problem import Problem
from scheduler.task import Kind, Mode, Task

#: Minutes from one day to the next: two days, as a shift past midnight goes on counting.
DAY = 2 * 24 * 60

Literal = cp_model.IntVar
Place = tuple[int, int]  # day and site of the base
Key = TypeVar("Key")


class Undecided(Exception):
    """It took too long to prove that a plan is the best."""


def judged_cost(problem: Problem, plan: Plan) -> int:
    """What a plan costs when no promise is given up for others (see `numbering.PROMISED`)."""
    left = {one.task for one in plan.unplanned}
    broken = [task for task in problem.tasks if task.pinned and task.key in left]
    lost = sum(left_out_cost(problem.policy, task) for task in broken)
    return cost_of(problem, plan) + (PROMISED - 1) * lost


def best_plan(problem: Problem, *, work: float = 60) -> Plan:
    """A plan than which none is cheaper; crews may be larger than they have to be.

    Raises:
        Undecided: that could not be proven with so much work, in CP-SAT's deterministic seconds.
    """
    if problem.policy.whole_shift:
        raise ValueError("rounds that take a whole shift are not modelled")
    model = _Whole(problem)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.cp_model_probing_level = 0  # takes longer than it saves on so few surveys
    solver.parameters.max_deterministic_time = work
    if solver.solve(model.model) != cp_model.OPTIMAL:
        raise Undecided
    plan = model.plan(solver)
    if judged_cost(problem, plan) != round(solver.objective_value):
        raise AssertionError("the model counts another cost than scheduler.cost")
    return plan


@dataclass(eq=False)
class _Piece:
    """What one crew does of a survey in one of its ways."""

    task: Task
    mode: int
    part: int
    done: Literal
    start: Literal  # minutes from 00:00 of the first day, as `begin` and `end`
    begin: Literal
    end: Literal
    place: dict[Place, Literal]
    officers: dict[str, Literal]
    cars: dict[str, Literal] = field(default_factory=dict)
    leads: dict[str, Literal] = field(default_factory=dict)
    first: dict[int, Literal] = field(default_factory=dict)  # by base: the round sets out for it
    last: dict[int, Literal] = field(default_factory=dict)
    then: dict[int, Literal] = field(default_factory=dict)  # by number: the next of the round
    load: Literal | None = None  # of the round so far

    @property
    def way(self) -> Mode:
        return self.task.modes[self.mode]

    @property
    def own(self) -> Mode:
        """The piece as a way of its own."""
        return self.way.parts[self.part]

    @cached_property
    def site(self) -> int:
        assert self.way.site is not None
        return self.way.site


class _Whole:
    """The model of a whole problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.policy = problem, problem.policy
        self.officers = {officer.key: officer for officer in problem.officers}
        self.model = cp_model.CpModel()
        self.horizon = DAY * len(problem.days)
        self.costs: list[cp_model.LinearExprT] = []
        self.pieces: list[_Piece] = []
        for task in problem.tasks:
            self._add_survey(task)
        self._add_rounds()
        for officer in problem.officers:
            taken = [(one, one.officers[officer.key]) for one in self.pieces]
            free = [rules.duty(officer, day) for day in range(len(problem.days))]
            self._one_at_a_time(taken, free)
        for car in problem.cars:
            taken = [(one, one.cars[car.key]) for one in self.pieces if car.key in one.cars]
            away = [rules.car_free(car, day) for day in range(len(problem.days))]
            self._one_at_a_time(taken, away)
        self._fill_rooms()
        self._charge_crews()
        self.model.minimize(sum(self.costs))

    # What is to be done.

    def _add_survey(self, task: Task) -> None:
        ways = []
        for index, mode in enumerate(task.modes):
            done = self._literal()
            pieces = [self._piece(task, index, part, done) for part in range(len(mode.parts))]
            for one, other in combinations(pieces, 2):
                self.model.add(one.start == other.start).only_enforce_if(done)
            for key in task.pinned.officers if task.pinned else ():
                self.model.add_bool_or(one.officers[key] for one in pieces).only_enforce_if(done)
            self.pieces += pieces
            ways.append(done)
        left = self._literal()
        self.model.add_exactly_one(*ways, left)
        weight = PROMISED if task.pinned else 1
        self.costs.append(left_out_cost(self.policy, task) * weight * left)

    def _piece(self, task: Task, mode: int, part: int, done: Literal) -> _Piece:
        piece = _Piece(
            task,
            mode,
            part,
            done,
            start=self._minute(),
            begin=self._minute(),
            end=self._minute(),
            place={
                (day, base): self._literal()
                for day in range(len(self.problem.days))
                for base in sorted({officer.base for officer in self.problem.officers})
            },
            officers={key: self._literal() for key in self.officers},
        )
        self.model.add(sum(piece.place.values()) == done)
        for (day, _), here in piece.place.items():
            allowed = rules.starts_allowed(task, piece.way, day, self.policy)
            allowed &= minutes.between(0, DAY)
            stretches = [[DAY * day + a, DAY * day + b - 1] for a, b in minutes.gaps(allowed)]
            self.model.add_linear_expression_in_domain(
                piece.start, cp_model.Domain.from_intervals(stretches)
            ).only_enforce_if(here)
        self._send_crew(piece)
        if piece.own.kind is Kind.VIDEO:
            self._sit_down(piece)
        else:
            self._take_car(piece)
        return piece

    def _send_crew(self, piece: _Piece) -> None:
        task, own = piece.task, piece.own
        for key, goes in piece.officers.items():
            self.model.add_implication(goes, piece.done)
            if not rules.may_go(task, own, self.officers[key]):
                self.model.add(goes == 0)
            for (_, base), here in piece.place.items():
                if base != self.officers[key].base:
                    self.model.add_bool_or(~here, ~goes)
        enough = self.policy.officers_for(own)
        self.model.add(sum(piece.officers.values()) >= enough).only_enforce_if(piece.done)
        for item_type in own.required_types:
            judges = [
                goes
                for key, goes in piece.officers.items()
                if rules.may_judge(task, item_type, self.officers[key])
            ]
            self.model.add(sum(judges) >= own.qualified).only_enforce_if(piece.done)
        for (day, _), here in piece.place.items():
            self.costs.append(self.policy.waiting_cost * day * here)
            if piece.part == 0:
                self.costs.append(way_cost(self.policy, task, piece.way, day) * here)
        for key, goes in piece.officers.items():
            if rules.foreign(task, self.officers[key]):
                self.costs.append(self.policy.cross_district_cost * goes)

    def _sit_down(self, piece: _Piece) -> None:
        """At a desk sit a lead and perhaps a second, while the survey lasts."""
        self.model.add(piece.begin == piece.start)
        self.model.add(piece.end == piece.start + piece.own.minutes)
        self.model.add(sum(piece.officers.values()) <= 2)
        for key, goes in piece.officers.items():
            piece.leads[key] = leads = self._literal()
            self.model.add_implication(leads, goes)
            if not rules.may_lead(piece.task, piece.own, self.officers[key]):
                self.model.add(leads == 0)
        self.model.add(sum(piece.leads.values()) == piece.done)

    def _take_car(self, piece: _Piece) -> None:
        for car in self.problem.cars:
            piece.cars[car.key] = taken = self._literal()
            self.model.add(sum(piece.officers.values()) <= car.seats).only_enforce_if(taken)
            for (_, base), here in piece.place.items():
                if base != car.base:
                    self.model.add_bool_or(~here, ~taken)
        self.model.add(sum(piece.cars.values()) == piece.done)

    # Rounds.

    def _add_rounds(self) -> None:
        out = [piece for piece in self.pieces if piece.own.kind is Kind.ON_SITE]
        for piece in out:
            piece.load = self.model.new_int_var(
                piece.task.load, sum(task.load for task in self.problem.tasks), ""
            )
            for car in self.problem.cars:
                if car.load is not None:
                    self.model.add(piece.load <= car.load).only_enforce_if(piece.cars[car.key])
            for base in {base for _, base in piece.place}:
                self._set_out_or_return(piece, base)
            for other, after in enumerate(out):
                if after.task is not piece.task:
                    piece.then[other] = self._literal()
            self.model.add(sum(piece.then.values()) + sum(piece.last.values()) == piece.done)
        for number, piece in enumerate(out):
            for other, follows in piece.then.items():
                self._go_on(piece, out[other], follows)
            came = [before.then[number] for before in out if number in before.then]
            self.model.add(sum(came) + sum(piece.first.values()) == piece.done)

    def _set_out_or_return(self, piece: _Piece, base: int) -> None:
        travel, policy = self.problem.travel, self.policy
        here = [literal for (_, other), literal in piece.place.items() if other == base]
        piece.first[base], piece.last[base] = first, last = self._literal(), self._literal()
        for literal in (first, last):
            self.model.add_bool_or(*here, ~literal)
        there, back = travel[base][piece.site], travel[piece.site][base]
        lead = rules.way(there) + rules.setup(policy, came_from=None, site=piece.site)
        self.model.add(piece.begin == piece.start - lead).only_enforce_if(first)
        end = piece.start + piece.own.minutes + rules.way(back)
        self.model.add(piece.end == end).only_enforce_if(last)
        self.costs.append((policy.trip_cost + there + policy.arrival_cost) * first + back * last)

    def _go_on(self, piece: _Piece, after: _Piece, follows: Literal) -> None:
        way = self.problem.travel[piece.site][after.site]
        setup = rules.setup(self.policy, came_from=piece.site, site=after.site)
        ready = piece.start + piece.own.minutes + rules.way(way) + setup
        for truth in (
            after.start >= ready,
            after.begin == after.start,
            piece.end == after.start,
            *(piece.place[place] == after.place[place] for place in piece.place),
            *(piece.officers[key] == after.officers[key] for key in piece.officers),
            *(piece.cars[key] == after.cars[key] for key in piece.cars),
            after.load >= piece.load + after.task.load,
        ):
            self.model.add(truth).only_enforce_if(follows)
        arrival = 0 if piece.site == after.site else self.policy.arrival_cost
        self.costs.append((way + arrival) * follows)

    # What there is of everybody and everything.

    def _one_at_a_time(self, taken: list[tuple[_Piece, Literal]], free: list[int]) -> None:
        """An officer or a car, with the minutes of each day in which there is one to send."""
        intervals = [self._interval(piece, literal) for piece, literal in taken]
        for day, stretches in enumerate(free):
            for start, end in minutes.gaps(minutes.between(0, DAY) & ~stretches):
                intervals.append(
                    self.model.new_fixed_size_interval_var(DAY * day + start, end - start, "")
                )
        self.model.add_no_overlap(intervals)

    def _fill_rooms(self) -> None:
        """Surveys of one base can always be dealt out to its rooms if desks suffice throughout."""
        for base in {base for piece in self.pieces for _, base in piece.place}:
            desks = sum(room.capacity for room in self.problem.rooms if room.base == base)
            sat = []
            for piece in self.pieces:
                here = [literal for (_, other), literal in piece.place.items() if other == base]
                if piece.own.kind is Kind.VIDEO:
                    at_base = self._literal()
                    self.model.add(sum(here) == at_base)
                    sat.append(self._interval(piece, at_base))
            self.model.add_cumulative(sat, [1] * len(sat), desks)

    def _charge_crews(self) -> None:
        """Who goes with whom may cost, once a round, or not be allowed at all."""
        policy = self.policy
        for piece, (one, other) in product(self.pieces, combinations(self.problem.officers, 2)):
            both = (piece.officers[one.key], piece.officers[other.key])
            if policy.fixed_roster and not rules.usual((one, other)):
                self.model.add_at_most_one(both)
        for piece in self.pieces:
            once = piece.first.values() if piece.first else [piece.done]
            unusual = self._literal()
            self.costs.append(policy.unusual_pair_cost * unusual)
            for one, other in combinations(self.problem.officers, 2):
                both = (~piece.officers[one.key], ~piece.officers[other.key])
                if not rules.usual((one, other)):
                    for begun in once:
                        self.model.add_bool_or(*both, ~begun, unusual)
                if one.key in other.recent_partners or other.key in one.recent_partners:
                    repeated = self._literal()
                    self.costs.append(policy.repeated_pair_cost * repeated)
                    for begun in once:
                        self.model.add_bool_or(*both, ~begun, repeated)

    def _interval(self, piece: _Piece, present: Literal) -> cp_model.IntervalVar:
        length = self.model.new_int_var(1, self.horizon, "")
        return self.model.new_optional_interval_var(piece.begin, length, piece.end, present, "")

    def _literal(self) -> Literal:
        return self.model.new_bool_var("")

    def _minute(self) -> Literal:
        return self.model.new_int_var(0, self.horizon, "")

    # The answer.

    def plan(self, solver: cp_model.CpSolver) -> Plan:
        done = [piece for piece in self.pieces if solver.boolean_value(piece.done)]
        out = [piece for piece in self.pieces if piece.own.kind is Kind.ON_SITE]
        trips = [
            self._trip(solver, out, piece)
            for piece in done
            if any(map(solver.boolean_value, piece.first.values()))
        ]
        visits = self._desk_visits(solver, [piece for piece in done if piece.leads])
        planned = {piece.task.key for piece in done}
        left = (task.key for task in self.problem.tasks if task.key not in planned)
        return Plan(tuple(trips), tuple(visits), tuple(Unplanned(key, ()) for key in left))

    def _trip(self, solver: cp_model.CpSolver, out: list[_Piece], first: _Piece) -> Trip:
        day, base = _chosen(solver, first.place)
        depart = solver.value(first.begin) - DAY * day
        clock, place, seconds = depart, base, 0
        stops: list[Stop] = []
        piece: _Piece | None = first
        while piece is not None:
            way = self.problem.travel[place][piece.site]
            arrive = clock + rules.way(way)
            start = solver.value(piece.start) - DAY * day
            clock, place = start + piece.own.minutes, piece.site
            stops.append(Stop(piece.task.key, piece.mode, arrive, start, clock, piece.part))
            seconds += way
            after = [n for n, literal in piece.then.items() if solver.boolean_value(literal)]
            piece = out[after[0]] if after else None
        back = self.problem.travel[place][base]
        crew = tuple(key for key, goes in first.officers.items() if solver.boolean_value(goes))
        return Trip(
            car=_chosen(solver, first.cars),
            officers=crew,
            day=day,
            depart=depart,
            back=clock + rules.way(back),
            stops=tuple(stops),
            travel_seconds=seconds + back,
        )

    def _desk_visits(self, solver: cp_model.CpSolver, sat: Iterable[_Piece]) -> Iterable[DeskVisit]:
        until: dict[tuple[int, str, int], int] = {}  # by day, room and desk: until when it is taken
        for piece in sorted(sat, key=lambda one: solver.value(one.start)):
            day, base = _chosen(solver, piece.place)
            start = solver.value(piece.start) - DAY * day
            lead = _chosen(solver, piece.leads)
            others = [
                key
                for key, goes in piece.officers.items()
                if key != lead and solver.boolean_value(goes)
            ]
            room, desk = next(
                (room.key, desk)
                for room in self.problem.rooms
                if room.base == base
                for desk in range(room.capacity)
                if until.get((day, room.key, desk), 0) <= start
            )
            end = until[day, room, desk] = start + piece.own.minutes
            second = others[0] if others else None
            yield DeskVisit(piece.task.key, piece.mode, lead, second, room, day, start, end)


def _chosen(solver: cp_model.CpSolver, literals: dict[Key, Literal]) -> Key:
    return next(key for key, literal in literals.items() if solver.boolean_value(literal))
