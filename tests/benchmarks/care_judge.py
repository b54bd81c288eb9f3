"""Judges home care plans from the instance alone: what they cost when everybody hurries.

Only who goes where, in which order, is taken from a plan; times are worked out anew: each visit as
early as its carers, its window and the other half of a double visit allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

Visit = tuple[str, str]  # patient, service


def cost(told: dict[str, Any], routes: Mapping[str, Sequence[Visit]]) -> float:
    """(Ways + minutes too late + minutes the latest is too late) / 3, as the authors have it.

    Raises:
        ValueError: the routes break a rule of the instance; says which.
    """
    abilities = {carer["id"]: set(carer["abilities"]) for carer in told["caregivers"]}
    patients = {patient["id"]: patient for patient in told["patients"]}
    wanted = sorted(
        (patient["id"], visit["service"])
        for patient in told["patients"]
        for visit in patient["required_caregivers"]
    )
    if sorted(visit for route in routes.values() for visit in route) != wanted:
        raise ValueError("not every service is given once")
    for carer, route in routes.items():
        if unable := {service for _, service in route} - abilities[carer]:
            raise ValueError(f"{carer} cannot give {unable}")
    starts = _earliest(told, patients, routes)
    late = [
        max(0.0, start - patients[patient]["time_window"][1])
        for (patient, _), start in starts.items()
    ]
    place = {patient["id"]: number for number, patient in enumerate(told["patients"], 1)}
    ways = 0.0
    for route in routes.values():
        stops = [0, *(place[patient] for patient, _ in route), 0]
        ways += sum(told["distances"][a][b] for a, b in pairwise(stops))
    return (ways + sum(late) + max(late)) / 3


def _earliest(
    told: dict[str, Any],
    patients: Mapping[str, dict[str, Any]],
    routes: Mapping[str, Sequence[Visit]],
) -> dict[Visit, float]:
    """Each visit's earliest start: put off until nothing has to be put off any more."""
    place = {patient["id"]: number for number, patient in enumerate(told["patients"], 1)}
    starts = {
        (patient["id"], visit["service"]): float(patient["time_window"][0])
        for patient in told["patients"]
        for visit in patient["required_caregivers"]
    }
    for _ in range(len(starts) + 2):
        before = dict(starts)
        for route in routes.values():
            clock, at = 0.0, 0
            for patient, service in route:
                clock += told["distances"][at][place[patient]]
                starts[patient, service] = clock = max(clock, starts[patient, service])
                clock += patients[patient]["required_caregivers"][0]["duration"]
                at = place[patient]
        for key, patient in patients.items():
            if "synchronization" in patient:
                one, two = ((key, visit["service"]) for visit in patient["required_caregivers"])
                least, most = patient["synchronization"].get("distance", (0, 0))
                starts[two] = max(starts[two], starts[one] + least)
                starts[one] = max(starts[one], starts[two] - most)
        if starts == before:
            return starts
    raise ValueError("two wait for each other")
