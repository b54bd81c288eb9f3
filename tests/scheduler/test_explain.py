"""Every survey that is left out says, officer by officer, what keeps everybody from it."""

from __future__ import annotations

from scheduler.agenda import Agenda
from scheduler.explain import why_not
from scheduler.plan import Cause, Plan, Reason, Stop, Trip
from scheduler.problem import Car, Kind, Policy, Room, Span
from scheduler.solver import solve

MORNING = (Span(0, 540, 600),)


def why(problem, task: str) -> dict[Cause, int]:
    plan = solve(problem, seconds=5, iterations=2000)
    [left] = [left for left in plan.unplanned if left.task == task]
    return {reason.cause: reason.officers for reason in left.reasons}


def test_nobody_is_qualified(bureau):
    problem = bureau.problem(bureau.video("锅炉", types=frozenset({"boiler"})))

    [left] = solve(problem, seconds=5).unplanned

    assert left.reasons == (Reason(Kind.VIDEO, Cause.NOT_QUALIFIED, 4),)


def test_each_officer_is_counted_under_the_first_cause_that_stops_him(bureau):
    officers = (
        bureau.officer("wang", qualifications=frozenset(), home="洪山"),
        bureau.officer("li", home="洪山"),
        bureau.officer("zhao"),
        bureau.officer("chen", away=(Span(0, 540, 720),)),
    )
    task = bureau.video("奶茶店", recused=frozenset({"zhao"}), windows=MORNING)

    assert why(bureau.problem(task, officers=officers), "奶茶店") == {
        Cause.NOT_QUALIFIED: 1,
        Cause.DISTRICT: 1,
        Cause.RECUSED: 1,
        Cause.AWAY: 1,
    }


def test_nobody_works_in_the_applicants_window(bureau):
    assert why(
        bureau.problem(bureau.video("奶茶店", windows=(Span(0, 1100, 1200),))), "奶茶店"
    ) == {Cause.WINDOW: 4}


def test_the_window_leaves_no_time_for_the_way(bureau):
    # one hour to the site: the crew could only be there from 10:10
    task = bureau.on_site("面包店", windows=MORNING)
    travel = ((0, 3600), (3600, 0))

    assert why(bureau.problem(task, travel=travel), "面包店") == {Cause.WINDOW: 4}


def test_the_window_comes_after_the_deadline(bureau):
    task = bureau.video("奶茶店", windows=(Span(1, 540, 600),), deadline=0)

    assert why(bureau.problem(task), "奶茶店") == {Cause.DEADLINE: 4}


def test_the_calendar_is_full(bureau):
    tasks = [bureau.video(key, minutes=60, windows=MORNING, priority=2) for key in ("甲", "乙")]
    last = bureau.video("奶茶店", windows=MORNING)
    officers = (bureau.officer("wang"), bureau.officer("li"))

    assert why(bureau.problem(*tasks, last, officers=officers), "奶茶店") == {
        Cause.CALENDAR_FULL: 2
    }


def test_the_room_is_full(bureau):
    tasks = [bureau.video(key, minutes=60, windows=MORNING, priority=2) for key in ("甲", "乙")]
    last = bureau.video("奶茶店", windows=MORNING)

    assert why(bureau.problem(*tasks, last), "奶茶店") == {
        Cause.CALENDAR_FULL: 2,
        Cause.ROOM_FULL: 2,
    }


def test_there_is_nobody_to_go_with(bureau):
    problem = bureau.problem(bureau.on_site("面包店"), officers=(bureau.officer("wang"),))

    assert why(problem, "面包店") == {Cause.CREW: 1}


def test_all_cars_are_out(bureau):
    whole = (Span(0, 550, 610),)
    tasks = [
        bureau.on_site("面包店", windows=whole, priority=2, minutes=45),
        bureau.on_site("火锅店", windows=whole, site=2, minutes=30),
    ]
    problem = bureau.problem(*tasks, cars=(Car("鄂A1", 0),))

    assert why(problem, "火锅店") == {Cause.CALENDAR_FULL: 2, Cause.NO_CAR: 2}


def test_a_car_with_too_few_seats_is_no_car(bureau):
    problem = bureau.problem(bureau.on_site("面包店"), cars=(Car("鄂A1", 0, seats=1),))

    assert why(problem, "面包店") == {Cause.NO_CAR: 4}


def test_a_bureau_without_a_room_surveys_nothing_by_video(bureau):
    assert why(bureau.problem(bureau.video("奶茶店"), rooms=()), "奶茶店") == {Cause.ROOM_FULL: 4}


def test_a_room_at_another_base_is_no_room(bureau):
    problem = bureau.problem(
        bureau.video("奶茶店"), rooms=(Room("别处", 1),), policy=Policy(video_grid=30)
    )

    assert why(problem, "奶茶店") == {Cause.ROOM_FULL: 4}


def test_a_survey_that_needs_more_than_any_car_holds_has_no_car(bureau):
    task = bureau.on_site("面包店", load=3)

    [left] = solve(bureau.problem(task, cars=(Car("鄂A1", 0, load=2),)), seconds=5).unplanned

    assert left.reasons == (Reason(Kind.ON_SITE, Cause.NO_CAR, 4),)


def test_who_has_worked_as_long_as_he_may_is_not_sent_again(bureau):
    task = bureau.on_site("面包店", site=2)
    officers = tuple(bureau.officer(key, most_minutes=100) for key in ("wang", "li"))
    trip = Trip("鄂A1", ("wang", "li"), 0, 540, 590, (Stop("火锅店", 0, 550, 560, 580),), 1200)
    problem = bureau.problem(
        task, bureau.on_site("火锅店", minutes=20), bureau.video("奶茶店"), officers=officers
    )
    video = problem.tasks[2]

    assert why_not(problem, Plan((trip,)), task).reasons == (
        Reason(Kind.ON_SITE, Cause.OVERTIME, 2),
    )
    assert why_not(problem, Plan((trip,)), video).reasons == (Reason(Kind.VIDEO, Cause.STOPPED, 2),)


def test_a_round_that_takes_the_whole_shift_leaves_no_time_for_another(bureau):
    early = bureau.on_site("面包店", windows=MORNING, priority=2, minutes=20)
    late = bureau.on_site("火锅店", windows=(Span(0, 900, 1000),))
    both_shifts = (Span(0, 540, 1020),)
    officers = tuple(bureau.officer(key, shifts=both_shifts) for key in ("wang", "li"))

    def left(whole_shift: bool) -> list[tuple[Cause, int]]:
        problem = bureau.problem(
            early, late, officers=officers, policy=Policy(whole_shift=whole_shift)
        )
        trip = Trip("鄂A1", ("wang", "li"), 0, 540, 590, (Stop("面包店", 0, 550, 560, 580),), 1200)
        reasons = why_not(problem, Plan((trip,)), late).reasons
        return [(reason.cause, reason.officers) for reason in reasons]

    assert left(whole_shift=True) == [(Cause.WHOLE_SHIFT, 2)]
    assert left(whole_shift=False) == [(Cause.STOPPED, 2)]  # there is time: nothing keeps them


def test_a_round_takes_one_shift_and_leaves_the_other(bureau):
    half_days = (Span(0, 540, 720), Span(0, 840, 1020))
    officers = (bureau.officer("wang", shifts=half_days), bureau.officer("li", shifts=half_days))
    early = bureau.on_site("面包店", windows=MORNING, minutes=20)
    problem = bureau.problem(early, officers=officers, policy=Policy(whole_shift=True))
    trip = Trip("鄂A1", ("wang", "li"), 0, 540, 590, (Stop("面包店", 0, 550, 560, 580),), 1200)

    agenda = Agenda(problem, Plan((trip,)))

    assert agenda.crew(["wang"], 0) == Span(0, 590, 720).minutes | Span(0, 840, 1020).minutes
    assert agenda.crew_left(["wang"], 0) == Span(0, 840, 1020).minutes
