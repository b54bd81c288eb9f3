"""Nonsense is refused when a problem is written down, naming the thing."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler.problem import Car, Kind, Mode, Pin, Policy, Room, Span
from scheduler.refusals import Nonsense, ProblemRefused

NAN = float("nan")


def refused(code: Nonsense, thing: str, make) -> ProblemRefused:
    with pytest.raises(ProblemRefused, match=thing) as refusal:
        make()
    assert refusal.value.code is code
    return refusal.value


def test_a_window_that_ends_before_it_starts(bureau):
    refusal = refused(
        Nonsense.BACKWARDS,
        "survey 面包店",
        lambda: bureau.on_site("面包店", windows=(Span(0, 600, 570),)),
    )

    assert str(refusal) == "survey 面包店: window ends at 09:30, before it starts at 10:00"


def test_leave_that_ends_before_it_starts(bureau):
    refused(
        Nonsense.BACKWARDS, "officer wang", lambda: bureau.officer("wang", away=(Span(0, 9, 9),))
    )


@pytest.mark.parametrize("minutes", [0, -5])
def test_a_survey_of_no_or_negative_minutes(bureau, minutes):
    refused(Nonsense.TOO_LITTLE, "survey 面包店", lambda: bureau.on_site("面包店", minutes=minutes))


@pytest.mark.parametrize("minutes", [NAN, 30.5, "30", True])
def test_minutes_that_are_no_whole_number(bureau, minutes):
    refused(
        Nonsense.NOT_A_NUMBER, "survey 面包店", lambda: bureau.on_site("面包店", minutes=minutes)
    )


@pytest.mark.parametrize("seconds", [NAN, float("inf"), -1, None])
def test_a_way_that_cannot_be_driven(bureau, seconds):
    refused(
        Nonsense.UNREACHABLE,
        "travel times: no way from site 0 to site 1",
        lambda: bureau.problem(travel=((0, seconds), (60, 0))),
    )


def test_a_way_from_a_site_to_itself(bureau):
    refused(
        Nonsense.UNREACHABLE, "site 1 to site 1", lambda: bureau.problem(travel=((0, 1), (1, 7)))
    )


def test_a_table_of_ways_that_is_not_square(bureau):
    refused(Nonsense.TABLE_NOT_SQUARE, "row 1", lambda: bureau.problem(travel=((0, 1), (1,))))


def test_a_site_without_ways(bureau):
    refused(
        Nonsense.UNKNOWN_SITE,
        "survey 面包店: site 9",
        lambda: bureau.problem(bureau.on_site("面包店", site=9)),
    )
    refused(Nonsense.UNKNOWN_SITE, "car 鄂A1", lambda: bureau.problem(cars=(Car("鄂A1", 9),)))
    refused(Nonsense.UNKNOWN_SITE, "room 一室", lambda: bureau.problem(rooms=(Room("一室", 9),)))


def test_the_same_key_twice(bureau):
    wang = bureau.officer("wang")
    task = bureau.on_site("面包店")

    refused(Nonsense.TWICE, "officer wang", lambda: bureau.problem(officers=(wang, wang)))
    refused(Nonsense.TWICE, "survey 面包店", lambda: bureau.problem(task, task))
    refused(Nonsense.TWICE, "car 鄂A1", lambda: bureau.problem(cars=(Car("鄂A1", 0),) * 2))
    refused(Nonsense.TWICE, "room 一室", lambda: bureau.problem(rooms=(Room("一室", 0),) * 2))


def test_an_empty_key(bureau):
    refused(Nonsense.NAMELESS, "an officer", lambda: bureau.officer(" "))


def test_a_window_on_a_day_that_is_not_planned(bureau):
    refused(
        Nonsense.OTHER_DAY,
        "survey 面包店",
        lambda: bureau.problem(bureau.on_site("面包店", windows=(Span(2, 540, 600),))),
    )


def test_days_out_of_order(bureau):
    days = (date(2026, 11, 24), date(2026, 11, 23))

    refused(Nonsense.DAYS_OUT_OF_ORDER, "days", lambda: bureau.problem(days=days))


def test_an_officer_without_working_time(bureau):
    refused(Nonsense.NO_WORKING_TIME, "officer li", lambda: bureau.officer("li", shifts=()))
    on_leave = bureau.officer("li", shifts=(Span(0, 540, 720),), away=(Span(0, 0, 1440),))
    refused(Nonsense.NO_WORKING_TIME, "officer li", lambda: bureau.problem(officers=(on_leave,)))


def test_a_survey_that_cannot_be_carried_out(bureau):
    video_at_a_site = Mode(Kind.VIDEO, 20, frozenset({"bakery"}), site=1)
    crowded = Mode(Kind.VIDEO, 20, frozenset({"bakery"}), officers=3)
    task = type(bureau.on_site("面包店"))

    refused(Nonsense.NO_MODE, "survey 甲", lambda: task("甲", "武昌", ()))
    refused(Nonsense.NO_SITE, "survey 甲", lambda: task("甲", "武昌", (video_at_a_site,)))
    refused(Nonsense.DESK_CROWDED, "survey 甲", lambda: task("甲", "武昌", (crowded,)))


def test_a_policy_with_negative_costs():
    refused(Nonsense.TOO_LITTLE, "policy: trip cost", lambda: Policy(trip_cost=-1))
    refused(Nonsense.TOO_LITTLE, "policy: video grid", lambda: Policy(video_grid=0))


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("recused", {"recused": frozenset({"wang"})}),
        ("qualification or district", {"types": frozenset({"fire"})}),
        ("qualification or district", {"district": "洪山"}),
        ("deadline", {"deadline": 0}),
        ("window or start", {"windows": (Span(1, 600, 700),)}),
    ],
)
def test_a_promise_that_breaks_a_rule(bureau, rule, fields):
    pin = Pin(mode=0, officers=frozenset({"wang", "li"}), day=1, start=570)

    refusal = refused(
        Nonsense.PIN_IMPOSSIBLE,
        "survey 面包店",
        lambda: bureau.problem(bureau.on_site("面包店", pinned=pin, **fields)),
    )

    assert rule in str(refusal)


def test_a_promise_of_one_officer_where_two_must_come(bureau):
    pin = Pin(mode=0, officers=frozenset({"wang"}), day=0, start=570)

    refused(
        Nonsense.PIN_IMPOSSIBLE,
        "officers",
        lambda: bureau.problem(bureau.on_site("面包店", pinned=pin)),
    )


def test_a_promise_while_the_officer_is_on_leave(bureau):
    pin = Pin(mode=0, officers=frozenset({"wang"}), day=0, start=570)
    wang = bureau.officer("wang", away=(Span(0, 580, 600),))

    refused(
        Nonsense.PIN_IMPOSSIBLE,
        "shift or leave",
        lambda: bureau.problem(bureau.video("奶茶店", pinned=pin), officers=(wang,)),
    )


def test_a_promise_by_an_officer_nobody_knows(bureau):
    pin = Pin(mode=0, officers=frozenset({"wang", "ma"}), day=0, start=570)

    refused(
        Nonsense.UNKNOWN_OFFICER,
        "survey 面包店: officer ma",
        lambda: bureau.problem(bureau.on_site("面包店", pinned=pin)),
    )


def test_two_promises_of_one_officer_at_the_same_time(bureau):
    pin = Pin(mode=0, officers=frozenset({"wang"}), day=0, start=570)
    tasks = [bureau.video(key, pinned=pin) for key in ("奶茶店", "药店")]

    refused(Nonsense.PIN_DOUBLE, "survey 药店", lambda: bureau.problem(*tasks))


def test_a_video_survey_promised_with_three_officers(bureau):
    pin = Pin(mode=0, officers=frozenset({"wang", "li", "zhao"}), day=0, start=570)

    refused(Nonsense.DESK_CROWDED, "survey 奶茶店", lambda: bureau.video("奶茶店", pinned=pin))


def test_a_promise_of_a_way_the_survey_does_not_have(bureau):
    pin = Pin(mode=1, officers=frozenset({"wang", "li"}), day=0, start=570)

    refused(Nonsense.NO_MODE, "survey 面包店", lambda: bureau.on_site("面包店", pinned=pin))
