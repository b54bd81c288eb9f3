"""What is reported of the runs of one case: medians, how they differ, and ours to each peer."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from media_run import Measured
from rows import Row

#: Our own server, and the same where its packets go through Python alone.
OURS = "ours"
IN_PYTHON = "ours in Python"

Figure = Literal["core", "packet", "lost", "unread", "megabytes", "delays"]

#: How the name of a row ends, and its unit.
PLAIN: dict[Figure, tuple[str, str]] = {
    "core": ("", "% of a core"),
    "packet": ("", "µs a packet"),
    "lost": (", lost", "%"),
    "unread": (", not read by the bench", "%"),
    "megabytes": (", memory", "MB"),
}

#: What a server is chosen for: here runs must not differ much, and servers are compared.
COSTS: tuple[Figure, ...] = ("core", "packet")


def rows_of(
    title: str, figures: Sequence[Figure], runs: Mapping[str, Sequence[Measured]]
) -> Iterator[Row]:
    """`runs` by server."""
    for figure in figures:
        for server in runs:
            yield from _figure(figure, f"{title}, {server}", runs[server])
    peers = [server for server in runs if server not in (OURS, IN_PYTHON)]
    for figure in COSTS:
        for own in (OURS, IN_PYTHON) if figure in figures else ():
            for peer in peers if own in runs else ():
                times = _median(figure, runs[own]) / _median(figure, runs[peer])
                yield Row(f"{title}, {own} to {peer}, {PLAIN[figure][1]}", times, "times")


def _figure(figure: Figure, name: str, runs: Sequence[Measured]) -> Iterator[Row]:
    if figure == "delays":
        yield from _delays(name, runs)
        return
    ending, unit = PLAIN[figure]
    yield Row(name + ending, _median(figure, runs), unit)
    if figure in COSTS and len(runs) > 1:
        each: list[float] = [getattr(run, figure) for run in runs]
        yield Row(f"{name}, dearest to cheapest", max(each) / min(each), "times")


def _delays(name: str, runs: Sequence[Measured]) -> Iterator[Row]:
    """Over the pictures of all runs."""
    delays = [delay for run in runs for delay in run.delays]
    if len(delays) > 1:
        hundredths = statistics.quantiles(delays, n=100, method="inclusive")
        for which in (50, 95, 99):
            yield Row(f"{name}, p{which}", hundredths[which - 1], "ms")


def _median(figure: Figure, runs: Sequence[Measured]) -> float:
    return float(statistics.median(getattr(run, figure) for run in runs))
