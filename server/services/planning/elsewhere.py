"""What other districts were promised: when it takes an officer or a desk, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scheduler import rules
from scheduler.minutes import Span
from scheduler.policy import Policy
from scheduler.staff import Officer
from scheduler.task import Kind, Mode, Pin, Task
from server.clock import local_day, local_minute
from server.models.round import Round


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """`taken` keep a desk and its officers for an appointment nobody here is told of.

    `desks`: how many the officers of other districts take at one moment, at most; the planner
    cannot be told when, as it does not know these officers.
    """

    officers: tuple[Officer, ...]
    taken: tuple[Task, ...]
    desks: int


def set_aside(
    rounds: Sequence[Round], officers: Iterable[Officer], days: Sequence[date], policy: Policy
) -> Elsewhere:
    """Set aside what video appointments of other districts take.

    One that cannot be kept any more, because an officer fell ill, is for those who promised it
    to move: here it just takes its time.
    """
    known = {officer.key: officer for officer in officers}
    taken: list[Task] = []
    strangers: list[Span] = []
    for round_ in rounds:
        busy = _span(round_, days)
        crew = [known[key] for key in _crew(round_) if key in known]
        if busy is None:
            continue
        if crew and _can_be_kept(busy, crew, policy):
            taken.append(_taken(round_, busy, crew))
            continue
        strangers.append(busy)
        for officer in crew:
            known[officer.key] = replace(officer, away=(*officer.away, busy))
    at_work = tuple(
        officer
        for officer in known.values()
        if any(rules.duty(officer, day) for day in range(len(days)))
    )
    return Elsewhere(at_work, tuple(taken), _at_most_together(strangers))


def _taken(round_: Round, busy: Span, crew: list[Officer]) -> Task:
    """A stand-in for the appointment: whatever its first officer may judge, in his own district."""
    judge = crew[0]
    mode = Mode(
        Kind.VIDEO,
        busy.end - busy.start,
        frozenset({min(judge.qualifications)}),
        officers=len(crew),
    )
    pin = Pin(0, frozenset(officer.key for officer in crew), busy.day, busy.start)
    return Task(key=f"taken {round_.id}", district=judge.home, modes=(mode,), pinned=pin)


def _can_be_kept(busy: Span, crew: list[Officer], policy: Policy) -> bool:
    on_grid = rules.grid(policy) >> busy.start & 1
    return bool(on_grid) and all(
        busy.minutes & ~rules.duty(officer, busy.day) == 0 for officer in crew
    )


def _crew(round_: Round) -> list[str]:
    return [str(key) for key in (round_.lead_id, round_.second_id) if key is not None]


def _span(round_: Round, days: Sequence[date]) -> Span | None:
    day = local_day(round_.leaves_at)
    if day not in days:
        return None
    start = local_minute(round_.leaves_at)
    length = -(-int((round_.back_at - round_.leaves_at).total_seconds()) // 60)
    return Span((day - days[0]).days, start, start + length)


def _at_most_together(spans: list[Span]) -> int:
    return max(
        (
            sum(one.day == other.day and other.start <= one.start < other.end for other in spans)
            for one in spans
        ),
        default=0,
    )
