"""What follows from the answers, as calculations of the XForm, so that every tool agrees.

A failed key point fails the survey. Else it is incomplete while something that is asked has no
answer. Else it passes without a failure; failures of few enough of the general points that apply
are put right (整改); more fail. All names that begin with ``ks_`` are worked out here.
"""

from __future__ import annotations

from collections.abc import Sequence

from inspection.checklist.point import Mark, Point, Severity

Row = dict[str, str]

#: What is counted: over the points of a repeat first, then over all.
_COUNTS = ("ks_key_unmet", "ks_unmet", "ks_judged", "ks_open")
VERDICT, SCORE = "ks_verdict", "ks_score"


def mark_name(point: str) -> str:
    """Name of the calculation that says what the answer to a point means."""
    return f"ks_mark_{point}"


def mark_of(point: Point) -> list[Row]:
    """Met, unmet, not applicable, or empty while open. An opening question is not judged."""
    if point.severity is None:
        return []
    value = f"${{{point.name}}}"
    if point.passes is not None:
        met = f"if({point.passes.about(point.name)}, '{Mark.MET}', '{Mark.UNMET}')"
        return [_calculate(mark_name(point.name), f"if({value} = '', '', {met})")]
    by_mark = {
        mark: " or ".join(f"{value} = '{one.name}'" for one in point.choices if one.mark is mark)
        for mark in Mark
    }
    text = "''"
    for mark, chosen in by_mark.items():
        text = f"if({chosen}, '{mark}', {text})" if chosen else text
    return [_calculate(mark_name(point.name), text)]


def counts_of_repeat(repeat: str, points: Sequence[Point]) -> list[Row]:
    """The counts over the points of one of what a repeat looks at."""
    terms = _terms(points)
    return [
        _calculate(f"{count}_{repeat}", _sum(own))
        for count, own in zip(_COUNTS, terms, strict=True)
    ]


def results_of(points: Sequence[Point], repeats: Sequence[str], rectify_up_to: int) -> list[Row]:
    """Counts, score and verdict of a script.

    `points` are those outside of its `repeats`. `rectify_up_to` per cent of the general points
    that apply may fail and be put right. The score is the share of them that is met, in per cent
    with one decimal; 100 where none applies.
    """
    terms = _terms(points)
    counts = [
        _calculate(count, _sum([*own, *(_over(f"{count}_{repeat}") for repeat in repeats)]))
        for count, own in zip(_COUNTS, terms, strict=True)
    ]
    met = "1000 * (${ks_judged} - ${ks_unmet}) div ${ks_judged}"
    few = f"${{ks_unmet}} * 100 <= {rectify_up_to} * ${{ks_judged}}"
    decided = f"if(${{ks_unmet}} = 0, 'pass', if({few}, 'rectify', 'fail'))"
    unless_open = f"if(${{ks_open}} > 0, 'incomplete', {decided})"
    return [
        *counts,
        _calculate(SCORE, f"if(${{ks_judged}} = 0, 100, round({met}) div 10)"),
        _calculate(VERDICT, f"if(${{ks_key_unmet}} > 0, 'fail', {unless_open})"),
    ]


def _over(count: str) -> str:
    """The sum over a repeat; of nothing at all it is NaN in some tools, though XPath says 0."""
    return f"if(count-non-empty(${{{count}}}) > 0, sum(${{{count}}}), 0)"


def _terms(points: Sequence[Point]) -> tuple[list[str], ...]:
    """What is added up for each of `_COUNTS`."""
    key = [_is(point, Mark.UNMET) for point in points if point.severity is Severity.KEY]
    general = [point for point in points if point.severity is Severity.GENERAL]
    unmet = [_is(point, Mark.UNMET) for point in general]
    judged = [*unmet, *(_is(point, Mark.MET) for point in general)]
    return key, unmet, judged, [_is_open(point) for point in points]


def _is(point: Point, mark: Mark) -> str:
    return f"number(${{{mark_name(point.name)}}} = '{mark}')"


def _is_open(point: Point) -> str:
    asked = f"({point.relevant.text}) and " if point.relevant else ""
    return f"number({asked}${{{point.name}}} = '')"


def _sum(terms: Sequence[str]) -> str:
    return " + ".join(terms) or "0"


def _calculate(name: str, calculation: str) -> Row:
    return {"type": "calculate", "name": name, "calculation": calculation}
