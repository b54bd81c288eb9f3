"""Judges answers to routing instances with windows from the instance alone, not by our rules."""

from __future__ import annotations

from collections.abc import Sequence

from tests.scheduler.benchmark_problems import Vrptw


def length(told: Vrptw, routes: Sequence[Sequence[int]]) -> int:
    """The length of routes (customers in order, from 1) in tenths.

    Raises:
        ValueError: they break a rule of the instance; says which.
    """
    served = sorted(customer for route in routes for customer in route)
    if served != list(range(1, len(told.customers))):
        raise ValueError("not every customer is served once")
    if sum(bool(route) for route in routes) > told.vehicles:
        raise ValueError("more routes than vehicles")
    return sum(_route(told, route) for route in routes if route)


def _route(told: Vrptw, route: Sequence[int]) -> int:
    if sum(told.customers[customer][0] for customer in route) > told.capacity:
        raise ValueError(f"too much for one vehicle: {route}")
    tenths = clock = place = 0
    for customer in (*route, 0):
        _, ready, due, service = told.customers[customer]
        way = told.distance[place][customer]
        clock = max(clock + way, ready)
        if clock > due:
            raise ValueError(f"late at {customer}: {clock} after {due}")
        clock += service
        tenths += way
        place = customer
    return tenths
