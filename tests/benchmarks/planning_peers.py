"""One solve of a peer, in the peers' environment: PyVRP, VROOM or OR-Tools, on one thread.

Reads a request as JSON: "engine", "routing" (see planning_routing.py), "seconds" and "seed".
Prints routes: the number of the vehicle, and its jobs in order. What is said here of windows, kinds
and prizes is the same for each; building the peer's model does not count as its time.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

Routes = list[tuple[int, list[int]]]
Solve = Callable[[], Routes]


def main() -> None:
    request = json.load(sys.stdin)
    solve = ENGINES[request["engine"]](request["routing"], request["seconds"], request["seed"])
    began, worked = time.monotonic(), time.process_time()
    routes = solve()
    answer = {
        "seconds": time.monotonic() - began,
        "core_seconds": time.process_time() - worked,
        "routes": routes,
    }
    print(json.dumps(answer))


def pyvrp(routing: dict[str, Any], seconds: float, seed: int) -> Solve:
    import numpy as np
    from pyvrp import (
        Client,
        ClientGroup,
        Depot,
        Location,
        ProblemData,
        VehicleType,
        solve,
    )
    from pyvrp.stop import MaxRuntime

    prize, jobs = routing["prize"], routing["jobs"]
    clients: list[Client] = []
    groups: list[ClientGroup] = []
    own: list[int] = []  # by client: its job
    for number, job in enumerate(jobs):
        # a job with several windows is several clients, of which at most one is served
        several = len(job["starts"]) > 1
        if several:
            first = len(clients)
            groups.append(
                ClientGroup(list(range(first, first + len(job["starts"]))), required=prize is None)
            )
        for earliest, latest in job["starts"]:
            clients.append(
                Client(
                    job["site"],
                    delivery=[job["load"]],
                    service_duration=job["service"],
                    tw_early=earliest,
                    tw_late=latest,
                    prize=prize or 0,
                    required=prize is None and not several,
                    group=len(groups) - 1 if several else None,
                )
            )
            own.append(number)
    bases = sorted({vehicle["base"] for vehicle in routing["vehicles"]})
    cost, duration = np.array(routing["cost"]), np.array(routing["duration"])
    kinds = sorted({vehicle["kind"] for vehicle in routing["vehicles"]})
    costs = []
    for kind in kinds:
        # going where this kind may not is dearer than leaving the job out
        barred = [job["site"] for job in jobs if kind not in job["kinds"]]
        if barred and prize is None:
            raise ValueError("PyVRP bars a vehicle from a job only by its price")
        matrix = cost.copy()
        matrix[:, barred] = 2 * (prize or 0)
        np.fill_diagonal(matrix, 0)
        costs.append(matrix)
    alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for number, one in enumerate(routing["vehicles"]):
        alike[one["kind"], one["base"], one["leaves"], one["back"], one["load"]].append(number)
    types = [
        VehicleType(
            len(numbers),
            [load],
            start_depot=bases.index(base),
            end_depot=bases.index(base),
            tw_early=leaves,
            tw_late=back,
            profile=kinds.index(kind),
        )
        for (kind, base, leaves, back, load), numbers in alike.items()
    ]
    data = ProblemData(
        [Location(x, y) for x, y in routing["places"]],
        clients,
        [Depot(base) for base in bases],
        types,
        costs,
        [duration] * len(kinds),
        groups,
    )

    def run() -> Routes:
        found = solve(data, MaxRuntime(seconds), seed=seed, collect_stats=False, display=False)
        free = [list(numbers) for numbers in alike.values()]
        return [
            (
                free[route.vehicle_type()].pop(),
                [own[stop.idx] for stop in route if stop.is_client()],
            )
            for route in found.best.routes()
        ]

    return run


def vroom(routing: dict[str, Any], seconds: float, seed: int) -> Solve:
    """VROOM takes no seed."""
    import numpy as np
    from vroom import Input, Job, Vehicle

    model = Input()
    duration = np.array(routing["duration"], dtype=np.uint32)
    cost = np.array(routing["cost"], dtype=np.uint32)
    model.set_durations_matrix("car", duration)
    model.set_distances_matrix("car", cost)
    model.set_costs_matrix("car", cost)
    every = {vehicle["kind"] for vehicle in routing["vehicles"]}
    # jobs that the same kinds may do need one skill, which those kinds have
    skills: dict[tuple[int, ...], int] = {}
    for job in routing["jobs"]:
        if set(job["kinds"]) != every:
            skills.setdefault(tuple(job["kinds"]), len(skills))
    for number, one in enumerate(routing["vehicles"]):
        model.add_vehicle(
            Vehicle(
                number,
                start=one["base"],
                end=one["base"],
                capacity=[one["load"]],
                skills={skill for kinds, skill in skills.items() if one["kind"] in kinds},
                time_window=(one["leaves"], one["back"]),
            )
        )
    for number, job in enumerate(routing["jobs"]):
        needed = skills.get(tuple(job["kinds"]))
        model.add_job(
            Job(
                number,
                location=job["site"],
                default_service=job["service"],
                delivery=[job["load"]],
                skills=set() if needed is None else {needed},
                time_windows=[(earliest, latest) for earliest, latest in job["starts"]],
            )
        )

    def run() -> Routes:
        found = model.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
        routes: dict[int, list[int]] = {}
        steps = found.routes
        for vehicle, kind, job in zip(steps["vehicle_id"], steps["type"], steps["id"], strict=True):
            if kind == "job":
                routes.setdefault(int(vehicle), []).append(int(job))
        return list(routes.items())

    return run


def ortools(routing: dict[str, Any], seconds: float, seed: int) -> Solve:
    """OR-Tools' routing library, by guided local search; it takes no seed."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    jobs, vehicles = routing["jobs"], routing["vehicles"]
    bases = sorted({vehicle["base"] for vehicle in vehicles})
    sites = [job["site"] for job in jobs] + bases  # nodes: the jobs, then the bases
    service = [job["service"] for job in jobs] + [0] * len(bases)
    ends = [len(jobs) + bases.index(vehicle["base"]) for vehicle in vehicles]
    manager = pywrapcp.RoutingIndexManager(len(sites), len(vehicles), ends, ends)
    model = pywrapcp.RoutingModel(manager)

    def between(table: list[list[int]], before: list[int]) -> int:
        return int(
            model.RegisterTransitMatrix(
                [
                    [before[start] + table[site][other] for other in sites]
                    for start, site in enumerate(sites)
                ]
            )
        )

    model.SetArcCostEvaluatorOfAllVehicles(between(routing["cost"], [0] * len(sites)))
    latest = max(vehicle["back"] for vehicle in vehicles)
    model.AddDimension(between(routing["duration"], service), latest, latest, False, "time")
    clock = model.GetDimensionOrDie("time")
    for number, vehicle in enumerate(vehicles):
        for end in (model.Start(number), model.End(number)):
            clock.CumulVar(end).SetRange(vehicle["leaves"], vehicle["back"])
    loads = model.RegisterUnaryTransitVector([job["load"] for job in jobs] + [0] * len(bases))
    model.AddDimensionWithVehicleCapacity(loads, 0, [one["load"] for one in vehicles], True, "load")
    by_kind: dict[int, list[int]] = defaultdict(list)
    for number, vehicle in enumerate(vehicles):
        by_kind[vehicle["kind"]].append(number)
    for node, job in enumerate(jobs):
        index = manager.NodeToIndex(node)
        start = clock.CumulVar(index)
        start.SetRange(job["starts"][0][0], job["starts"][-1][1])
        for (_, last), (first, _) in zip(job["starts"], job["starts"][1:], strict=False):
            start.RemoveInterval(last + 1, first - 1)
        if len(job["kinds"]) < len(by_kind):
            may = [number for kind in job["kinds"] for number in by_kind[kind]]
            model.VehicleVar(index).SetValues([-1, *may])
        if routing["prize"] is not None:
            model.AddDisjunction([index], routing["prize"])
    settings = pywrapcp.DefaultRoutingSearchParameters()
    first = routing_enums_pb2.FirstSolutionStrategy
    further = routing_enums_pb2.LocalSearchMetaheuristic
    settings.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION
    settings.local_search_metaheuristic = further.GUIDED_LOCAL_SEARCH
    settings.time_limit.FromMilliseconds(round(seconds * 1000))

    def run() -> Routes:
        found = model.SolveWithParameters(settings)
        if found is None:
            raise RuntimeError("OR-Tools found no solution")
        routes: Routes = []
        for number in range(len(vehicles)):
            index, route = found.Value(model.NextVar(model.Start(number))), []
            while not model.IsEnd(index):
                route.append(manager.IndexToNode(index))
                index = found.Value(model.NextVar(index))
            routes.append((number, route))
        return routes

    return run


ENGINES: dict[str, Callable[[dict[str, Any], float, int], Solve]] = {
    "pyvrp": pyvrp,
    "vroom": vroom,
    "ortools": ortools,
}

if __name__ == "__main__":
    main()
