"""What is said of a survey that is left out is true, and each change that is offered lets it in."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings

from scheduler.change import (
    BackFromLeave,
    ByVideo,
    Change,
    GiveWay,
    LaterDeadline,
    MoreCars,
    MoreDesks,
    Nothing,
    OpenDistrict,
    Overtime,
    WiderWindow,
)
from scheduler.changes import changes
from scheduler.plan import DeskVisit, Plan
from scheduler.problem import Car, Kind, Mode, Pin, Problem, Room, Span
from scheduler.solver import solve
from tests.scheduler.explanations import unhelpful, untrue
from tests.scheduler.test_solver import problems

MORNING = (Span(0, 540, 600),)


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a smaller example takes minutes to find
    suppress_health_check=list(HealthCheck),
)
@given(problem=problems())
def test_every_cause_is_true_and_every_change_lets_the_survey_in(problem: Problem):
    plan = solve(problem, seconds=10, iterations=4000)
    tasks = {task.key: task for task in problem.tasks}

    for left in plan.unplanned:
        assert untrue(problem, plan, left) == ""
        for change in changes(problem, plan, tasks[left.task]):
            assert unhelpful(problem, plan, tasks[left.task], change) == "", change


def offered(problem: Problem, key: str, **more: object) -> tuple[Change, ...]:
    """What is offered for a survey, each change tried out once more."""
    plan = solve(problem, seconds=5, iterations=2000)
    [task] = [task for task in problem.tasks if task.key == key]
    found = changes(problem, plan, task, **more)
    assert [unhelpful(problem, plan, task, change) for change in found] == [""] * len(found)
    return found


def test_the_applicant_is_asked_for_another_time(bureau):
    problem = bureau.problem(bureau.video("奶茶店", windows=(Span(0, 1100, 1200),)))

    [asked, *_] = offered(problem, "奶茶店")

    assert isinstance(asked, WiderWindow)
    assert asked.span.end - asked.span.start == 20  # no longer than the survey


def test_an_officer_works_as_long_as_it_takes_and_no_longer(bureau):
    problem = bureau.problem(
        bureau.video("奶茶店", windows=(Span(0, 1015, 1060),)), officers=(bureau.officer("wang"),)
    )

    assert offered(problem, "奶茶店")[0] == WiderWindow(Span(0, 540, 560))
    assert offered(problem, "奶茶店")[1] == Overtime(("wang",), Span(0, 1020, 1040))


def test_an_officer_is_lent_to_the_district_and_nobody_who_is_not_needed(bureau):
    officers = (bureau.officer("wang", home="洪山"), bureau.officer("li", home="洪山"))

    [lent] = offered(bureau.problem(bureau.video("奶茶店"), officers=officers), "奶茶店")

    assert isinstance(lent, OpenDistrict)
    assert (len(lent.officers), lent.district) == (1, "武昌")


def test_officers_of_another_base_are_lent(bureau):
    there = [bureau.officer(key, base=4, home="洪山") for key in ("zhao", "chen")]
    here = [bureau.officer(key, qualifications=frozenset()) for key in ("wang", "li")]
    problem = bureau.problem(
        bureau.on_site("面包店"), officers=(*here, *there), cars=(Car("鄂A1", 0), Car("鄂A2", 4))
    )

    assert offered(problem, "面包店") == (OpenDistrict(("zhao", "chen"), "武昌"),)


def test_one_more_car_or_desk_would_do(bureau):
    by_car = bureau.problem(bureau.on_site("面包店"), cars=())
    by_desk = bureau.problem(bureau.video("奶茶店"), rooms=())

    [car], [desk] = offered(by_car, "面包店"), offered(by_desk, "奶茶店")

    assert isinstance(car, MoreCars)
    assert (len(car.officers), car.day) == (2, 0)
    assert isinstance(desk, MoreDesks)
    assert (len(desk.officers), desk.day) == (1, 0)


def test_an_officer_comes_back_from_leave_that_he_could_give_back(bureau):
    leave, illness = Span(0, 540, 1020), Span(1, 540, 1000)
    officer = bureau.officer("wang", away=(leave, illness))
    problem = bureau.problem(bureau.video("奶茶店", minutes=30), officers=(officer,))

    granted = offered(problem, "奶茶店", leave={"wang": [leave]})

    assert BackFromLeave(("wang",), Span(0, 540, 570)) in granted
    assert not any(isinstance(one, BackFromLeave) for one in offered(problem, "奶茶店", leave={}))


def test_a_later_deadline_is_the_last_resort(bureau):
    problem = bureau.problem(bureau.video("奶茶店", windows=(Span(1, 540, 600),), deadline=0))

    assert offered(problem, "奶茶店")[-1] == LaterDeadline(day=1, by=1)


def test_a_video_survey_will_do_where_its_item_type_allows_one(bureau):
    by_video = Mode(Kind.VIDEO, 20, frozenset({"bakery"}))
    problem = bureau.problem(bureau.on_site("面包店"), cars=())

    assert offered(problem, "面包店", video=by_video)[0] == ByVideo(by_video)
    assert not any(isinstance(one, ByVideo) for one in offered(problem, "面包店"))


def given_way(bureau, **fields: object) -> tuple[Problem, Plan]:
    """One officer; 药店 has the only hour that suits 奶茶店."""
    other = bureau.video("药店", minutes=60, **fields)
    this = bureau.video("奶茶店", minutes=60, windows=MORNING, priority=2)
    problem = bureau.problem(
        other, this, officers=(bureau.officer("wang"),), rooms=(Room("云踏勘室", 0),)
    )
    visit = DeskVisit("药店", 0, "wang", None, "云踏勘室", 0, 540, 600)
    return problem, Plan(desk_visits=(visit,))


def test_a_survey_that_is_promised_to_nobody_gives_way_for_another_time(bureau):
    problem, plan = given_way(bureau)

    found = changes(problem, plan, problem.tasks[1])

    assert GiveWay("药店", True, Span(0, 540, 600), 2_400) in found
    assert all(unhelpful(problem, plan, problem.tasks[1], change) == "" for change in found)


def test_a_less_important_survey_gives_way_altogether(bureau):
    problem, plan = given_way(bureau, windows=MORNING)

    [*_, last] = changes(problem, plan, problem.tasks[1], most=9)

    assert isinstance(last, GiveWay)
    assert not last.moved


def test_a_promised_survey_never_gives_way(bureau):
    pin = Pin(0, frozenset({"wang"}), 0, 540)
    problem, plan = given_way(bureau, pinned=pin)

    found = changes(problem, plan, problem.tasks[1], most=9)

    assert not any(isinstance(change, GiveWay) for change in found)


def test_nothing_small_helps_where_nobody_is_qualified(bureau):
    problem = bureau.problem(bureau.video("锅炉", types=frozenset({"boiler"})))

    assert offered(problem, "锅炉") == ()


def test_what_has_a_place_after_all_is_said_to_have_one(bureau):
    problem = bureau.problem(bureau.video("奶茶店"))
    plan = solve(problem, seconds=5).without({"奶茶店"})

    assert changes(problem, plan, problem.tasks[0]) == (Nothing(),)


def test_nobody_works_overtime_on_a_day_he_is_on_leave(bureau):
    officer = bureau.officer("wang", away=(Span(0, 540, 1020),))
    problem = bureau.problem(bureau.video("奶茶店", deadline=0), officers=(officer,))

    found = offered(problem, "奶茶店")

    assert [type(change) for change in found] == [BackFromLeave, LaterDeadline]


def test_three_changes_are_offered_the_cheapest_first(bureau):
    officer = bureau.officer("wang", home="洪山")
    late = bureau.video("奶茶店", windows=(Span(0, 1015, 1060), Span(1, 540, 600)), deadline=0)
    problem = bureau.problem(late, officers=(bureau.officer("li"), officer))

    found = offered(problem, "奶茶店")

    assert [type(change) for change in found] == [WiderWindow, Overtime, LaterDeadline]
    assert [change.price for change in found] == sorted(change.price for change in found)
