"""What a plan of whole rounds costs at least, if it costs less than one that is known.

A round whose own price is beyond what is left up to the known cost is in no cheaper plan. Of all
others whole ones are chosen (SCIP), within the minutes that officers have together. Where that
leaves a cheaper plan possible and rounds are few, each is given officers with names and a time, and
so is each video (CP-SAT): either there is such a plan, or the known one is the best there is. Crews
are then as large as their surveys ask, as the planner sends them; a car may have room for more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from scheduler import cost, minutes, rules
from scheduler.covering import Covering, Round
from scheduler.crews import officers_needed
from scheduler.stretches import Visit, alone

#: Rounds up to which officers are found for them.
NAMED = 1_000


def of_whole_rounds(
    covering: Covering, rounds: Sequence[Round], bound: float, known: int, seconds: float
) -> float:
    """The higher bound; ``rounds`` are all that a plan cheaper than the known cost could have."""
    bound = max(bound, min(known, _counted(covering, rounds, seconds)))
    if bound < known and len(rounds) <= NAMED and _take_crews(covering):
        named = _Named(covering, rounds)
        bound = max(bound, min(known, named.cost_below(known, seconds)))
    return bound


def _take_crews(covering: Covering) -> bool:
    """Whether names could matter, and it is known who may go on a round: of those that meet the
    same surveys only the cheapest is told, and in another one they might be met in another way.
    """
    return not alone(covering.problem) and all(
        len({visit.survey for visit in stretch.visits}) == len(stretch.visits)
        for stretch in covering.stretches
    )


def _counted(covering: Covering, rounds: Sequence[Round], seconds: float) -> float:
    """What they cost at least, officers, cars and desks counted by their minutes."""
    from ortools.linear_solver import pywraplp

    solver: Any = pywraplp.Solver.CreateSolver("SCIP")
    solver.SetTimeLimit(round(1000 * seconds))
    infinity = solver.infinity()
    rows = [
        solver.Constraint(1, infinity)
        if row < covering.surveys
        else solver.Constraint(-infinity, most)
        for row, (_, most) in enumerate(covering.rows)
    ]
    columns = [*covering.fixed, *((one.cost, one.taken) for one in rounds)]
    for price, taken in columns:
        chosen = solver.BoolVar("")
        solver.Objective().SetCoefficient(chosen, price)
        for row, much in taken.items():
            rows[row].SetCoefficient(chosen, much)
    status = solver.Solve()
    if status not in (solver.OPTIMAL, solver.FEASIBLE, solver.NOT_SOLVED):
        return 0.0
    return float(solver.Objective().BestBound())


class _Named:
    """Rounds and videos, each made or not, by whom and when: less than the rules ask, but with all
    that they ask of who may go and judge, and of nobody and no car being in two places.
    """

    def __init__(self, covering: Covering, rounds: Sequence[Round]) -> None:
        from ortools.sat.python import cp_model

        self.problem, self.model = covering.problem, cp_model.CpModel()
        self.halves = covering.halves
        self.busy: dict[tuple[int, int], list[Any]] = defaultdict(list)  # by day and officer
        self.ways: dict[int, list[Any]] = defaultdict(list)  # by survey, of which one is taken
        self.costs: list[Any] = []
        out: dict[int, list[Any]] = defaultdict(list)  # by half
        desks: dict[int, list[Any]] = defaultdict(list)
        for one in rounds:
            visits = [one.stretch.visits[number] for number in one.visits]
            out[one.stretch.half].append(
                self._made(one.stretch.half, visits, [_begins(one, visits)], one.minutes, one.cost)
            )
        for stretch in covering.stretches:
            for visit in stretch.desk_visits:
                desks[stretch.half].append(
                    self._made(stretch.half, [visit], visit.starts, visit.mode.minutes, visit.cost)
                )
        self._each_once()
        self._in_one_place()
        for number, half in enumerate(self.halves):
            self.model.add_cumulative(out[number], [1] * len(out[number]), half.cars)
            self.model.add_cumulative(desks[number], [1] * len(desks[number]), half.desks)

    def cost_below(self, known: int, seconds: float) -> float:
        """What the cheapest costs at least; the known cost where there is none below it."""
        from ortools.sat.python import cp_model

        self.model.add(sum(self.costs) < known)
        self.model.minimize(sum(self.costs))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(self.model)
        return known if status == cp_model.INFEASIBLE else solver.best_objective_bound

    def _made(
        self,
        half: int,
        visits: Sequence[Visit],
        starts: Iterable[tuple[int, int]],
        length: int,
        price: int,
    ) -> Any:
        """When it is made, if it is: by as many as it takes and no more, of whom enough judge."""
        from ortools.sat.python import cp_model

        model, told = self.model, self.halves[half]
        made = model.new_bool_var("")
        start = model.new_int_var_from_domain(cp_model.Domain.from_intervals(starts), "")
        self.costs.append(price * made)
        going = {}
        for number, officer in enumerate(self.problem.officers):
            if officer.base == told.base and all(
                rules.may_go(self.problem.tasks[visit.survey], visit.mode, officer)
                for visit in visits
            ):
                goes = going[number] = model.new_bool_var("")
                interval = model.new_optional_fixed_size_interval_var(start, length, goes, "")
                self.busy[told.day, number].append(interval)
        crew = max(
            officers_needed(self.problem, self.problem.tasks[visit.survey], visit.mode)
            for visit in visits
        )
        model.add(sum(going.values()) == crew * made)
        for visit in visits:
            task = self.problem.tasks[visit.survey]
            for one in visit.mode.required_types:
                able = [
                    goes
                    for number, goes in going.items()
                    if rules.may_judge(task, one, self.problem.officers[number])
                ]
                model.add(sum(able) >= visit.mode.qualified * made)
        for survey in {visit.survey for visit in visits}:
            self.ways[survey].append(made)
        return model.new_optional_fixed_size_interval_var(start, length, made, "")

    def _each_once(self) -> None:
        for survey, task in enumerate(self.problem.tasks):
            left_out = self.model.new_bool_var("")
            self.costs.append(cost.left_out_cost(self.problem.policy, task) * left_out)
            self.model.add_exactly_one([*self.ways[survey], left_out])

    def _in_one_place(self) -> None:
        for (day, number), busy in self.busy.items():
            officer = self.problem.officers[number]
            off_duty = 0
            for half in self.halves:
                if (half.base, half.day) == (officer.base, day):
                    off_duty |= minutes.between(half.start, half.end) & ~rules.duty(officer, day)
            away = [
                self.model.new_fixed_size_interval_var(start, end - start, "")
                for start, end in minutes.gaps(off_duty)
            ]
            self.model.add_no_overlap([*busy, *away])


def _begins(round: Round, visits: Sequence[Visit]) -> tuple[int, int]:
    """From when to when the minutes begin that a round takes without waiting, in any order: before
    the last moment for one of its surveys, and so that each can be over when they are.
    """
    latest = min(visit.starts[-1][1] for visit in visits)
    over = max(visit.starts[0][0] + visit.mode.minutes for visit in visits)
    earliest = min(latest, over - round.minutes)
    stretch = round.stretch
    return max(earliest, stretch.start), min(latest, stretch.end - round.minutes)
