"""The solves of one benchmark: whoever plans, each with the same care, and what holds for all."""

from __future__ import annotations

import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import planning_ours
import planning_peers
from planning_children import NoAnswer, ask
from rows import Row

from scheduler.check import violations
from scheduler.instances import plan_from_json
from scheduler.plan import Plan
from scheduler.problem import Problem
from tests.scheduler.benchmark_problems import DATA


@dataclass
class Solves:
    """Asks for plans, one at a time. A plan that is missing or breaks a rule counts as failed."""

    part: str  # of the benchmark
    peers: Path | None = None  # the peers' Python
    failed: dict[str, int] = field(default_factory=dict)  # by whom
    late: dict[str, float] = field(default_factory=dict)  # the most seconds beyond those given
    shares: list[float] = field(default_factory=list)  # of the core, by solve: others may use it

    def ours(
        self, kind: str, instance: Path, *, seed: int, seconds: float | None, **options: int
    ) -> dict[str, Any] | None:
        """What planning_ours.py answers."""
        request = {
            "kind": kind,
            "instance": str(instance),
            "seed": seed,
            "seconds": seconds,
            "options": options,
        }
        script = Path(planning_ours.__file__)
        return self._ask("ours", Path(sys.executable), script, request)

    def our_plan(
        self, problem: Problem, kind: str, instance: Path, *, seed: int, seconds: float
    ) -> Plan | None:
        answer = self.ours(kind, instance, seed=seed, seconds=seconds)
        return self.judged("ours", problem, plan_from_json(answer["plan"])) if answer else None

    def routes(
        self, engine: str, routing: dict[str, Any], *, seed: int, seconds: float
    ) -> list[tuple[int, list[int]]] | None:
        """A peer's routes: numbers of the vehicle and of its jobs."""
        assert self.peers is not None
        request = {"engine": engine, "routing": routing, "seed": seed, "seconds": seconds}
        answer = self._ask(engine, self.peers, Path(planning_peers.__file__), request)
        return answer["routes"] if answer else None

    def judged(self, engine: str, problem: Problem, plan: Plan) -> Plan | None:
        """The plan, if it breaks no rule."""
        if broken := violations(problem, plan):
            self.fail(engine, f"breaks {len(broken)} rules, first {broken[0]}")
            return None
        return plan

    def fail(self, engine: str, why: str) -> None:
        self.failed[engine] = self.failed.get(engine, 0) + 1
        print(f"{self.part}, {engine}: {why}", file=sys.stderr)

    def rows(self) -> list[Row]:
        """What holds for all of them."""
        told = [
            Row(f"{self.part}, answers of {engine} missing or wrong", self.failed.get(engine, 0),
                "answers", "<= 0" if engine == "ours" else "")
            for engine in dict.fromkeys(("ours", *self.late, *self.failed))
        ]  # fmt: skip
        told += [
            Row(f"{self.part}, {engine} took longer than given by at most", late, "s")
            for engine, late in self.late.items()
        ]
        if self.shares:
            told += [
                Row(f"{self.part}, share of the core a solve got, median",
                    statistics.median(self.shares), "share"),
                Row(f"{self.part}, share of the core a solve got, least",
                    min(self.shares), "share"),
            ]  # fmt: skip
        return told

    def _ask(
        self, engine: str, python: Path, script: Path, request: dict[str, Any]
    ) -> dict[str, Any] | None:
        given = request["seconds"]
        try:
            answer = ask(python, script, request, seconds=given or 0)
        except NoAnswer as why:
            self.fail(engine, str(why))
            return None
        if given is not None:
            taken = answer["seconds"]
            self.late[engine] = max(self.late.get(engine, 0.0), taken - given)
            self.shares.append(answer["core_seconds"] / taken)
        return answer


def missing(part: str, folder: str) -> list[Row]:
    """The row that fails where instances are missing, and a word on what to do; or none."""
    if (DATA / folder).is_dir():
        return []
    print(
        f"{part}: no instances in {DATA / folder}. Put them there, or set YUNKAN_INSTANCES to the "
        "folder that holds them.",
        file=sys.stderr,
    )
    return [Row(f"{part}, instances found", 0, "folders", ">= 1")]
