"""Random sessions with a script: answers that fit and answers that do not, in any order, changed,
taken back by others, with photos or without; and what the server says after each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from inspection.checklist.answers import Answer, AnswerRefused
from inspection.checklist.point import AnswerKind, Point
from inspection.checklist.run import ChecklistRun
from inspection.checklist.script import Script

BEGUN = datetime(2026, 11, 26, 1, tzinfo=UTC)
MOST_OF_ONE = 3  # of what is looked at several times; now and then as many as can be
NONSENSE = ("", "maybe", "1e3", "-", "１２", "99999", "-41", "3.14159", "0x10", " 4")


def session(script: Script, random: Random) -> Iterator[dict[str, Any]]:
    """Steps of one session: the answer tried, the fault it was refused for, and the state after."""
    photos: dict[str, int] = {}
    run = ChecklistRun(script, (), photos)
    care = random.choice((0.6, 0.9, 0.98))
    for step in range(random.randint(1, 2 * len(script.points))):
        point = _pick(run, random)
        value = _value(point, random, care)
        note = random.choice(("", "", "看过"))
        at = BEGUN + timedelta(seconds=step)
        fault = ""
        try:
            run = run.with_answer(Answer(point.name, value, note, "wang", at))
        except AnswerRefused as refused:
            fault = str(refused.fault)
        if random.random() < care:
            photos[point.name] = random.randint(0, 4)
        tried = {"point": point.name, "value": value, "note": note, "fault": fault}
        yield {**tried, "photos": dict(photos), **state(run)}


def state(run: ChecklistRun) -> dict[str, Any]:
    """All that follows from the answers, as plain values."""
    return {
        "asked": [point.name for point in run.asked],
        "values": {name: given.answer.value for name, given in run.given.items()},
        "labels": [[point.label.zh, point.label.en] for point in run.asked if "[" in point.name],
        "marks": {point.name: run.mark(point) for point in run.asked},
        "remaining": [
            [one.point.name, list(one.lacks), one.photos_missing] for one in run.remaining()
        ],
        "suggested": run.suggested(),
        "score": run.score,
    }


def _pick(run: ChecklistRun, random: Random) -> Point:
    """Mostly the next one without an answer, as an officer would."""
    open_ones = [point for point in run.asked if point.name not in run.given]
    if open_ones and random.random() < 0.8:
        return open_ones[0]
    return random.choice(run.asked)


def _value(point: Point, random: Random, care: float) -> str:
    if random.random() > 0.97:
        return random.choice(NONSENSE)
    if point.kind is not AnswerKind.NUMBER:
        if random.random() < care:
            return point.choices[0].name
        return random.choice(point.choices).name
    if point.severity is None:
        lowest, highest = _bounds(point)
        return str(random.randint(lowest, min(highest, lowest + MOST_OF_ONE)))
    return _reading(point, random, care)


def _bounds(point: Point) -> tuple[int, int]:
    limits = point.accepted
    lowest = limits.lowest if limits else None
    highest = limits.highest if limits else None
    return int(lowest or 0), int(highest if highest is not None else 100)


def _reading(point: Point, random: Random, care: float) -> str:
    """Near the limits, where the difference is made."""
    limits = point.passes if random.random() < care and point.passes else point.accepted
    edges = [one for one in (limits.lowest, limits.highest) if one is not None] if limits else []
    near = float(random.choice(edges)) if edges else 5.0
    value = near + random.choice((0, 0, 0.1, -0.1, 1, -1, 2.5))
    return f"{value:.0f}" if point.whole or value == int(value) else f"{value:.2f}".rstrip("0")
