"""One solve of ours, in a process of its own so that its memory can be told.

Reads a request as JSON: "kind" and "instance" of the problem, "seed", and "seconds" (None: only
the first complete plan). Prints the plan and what making it took.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from yunkan_kernel import Search

from scheduler.instances import plan_to_json
from scheduler.numbering import Numbered
from scheduler.problem import Problem
from scheduler.solver import Progress, solve
from tests.scheduler.benchmark_problems import (
    bureau_problem,
    care_problem,
    crew_problem,
    read_vrptw,
    vrptw_problem,
)

PROBLEMS: dict[str, Callable[..., Problem]] = {
    "vrptw": lambda path: vrptw_problem(read_vrptw(path)),
    "bureau": bureau_problem,
    "full": partial(bureau_problem, full=True),
    "crews": crew_problem,
    "care": care_problem,
}


def main() -> None:
    request = json.load(sys.stdin)
    path = Path(request["instance"])
    problem = PROBLEMS[request["kind"]](path, **request.get("options", {}))
    seed, seconds = request["seed"], request["seconds"]
    made = first_plan(problem, seed) if seconds is None else plan(problem, seed, seconds)
    print(json.dumps(made | {"megabytes": _megabytes()}))


def plan(problem: Problem, seed: int, seconds: float) -> dict[str, Any]:
    """What the planner answers after so many seconds, and how its cost went down."""
    seen: list[Progress] = []
    began, worked = time.monotonic(), time.process_time()
    made = solve(problem, seconds=seconds, seed=seed, all_seconds=True, progress=seen.append)
    return {
        "seconds": time.monotonic() - began,
        "core_seconds": time.process_time() - worked,
        "plan": plan_to_json(made),
        "costs": [(one.seconds, one.cost) for one in seen if one.cost is not None],
    }


def first_plan(problem: Problem, seed: int) -> dict[str, Any]:
    """What telling the kernel takes, and its first complete plan from then on."""
    began = time.monotonic()
    numbered = Numbered(problem)
    for task in problem.tasks:
        numbered.add(task)
    numbered.seal()
    told = time.monotonic()
    search = Search(numbered.setting, seed)
    if not search.construct(None):
        raise RuntimeError("the first plan is not complete")
    return {"telling": told - began, "first": time.monotonic() - told, "cost": search.cost}


def _megabytes() -> float:
    """The most memory this process ever held; 0 where the system does not tell.

    Linux counts into `ru_maxrss` what the parent held when it started us, so it is asked elsewhere.
    """
    status = Path("/proc/self/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(fields["VmHWM"].split()[0]) / 1024
    try:
        import resource
    except ImportError:  # Windows
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


if __name__ == "__main__":
    main()
