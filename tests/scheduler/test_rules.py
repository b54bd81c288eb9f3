"""Each rule, and the smallest plan that breaks it and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.check import Rule, Violation, violations
from scheduler.plan import DeskVisit, Plan, Stop, Trip, Unplanned
from scheduler.problem import Car, Pin, Policy, Room, Span

NINE, FIVE = 540, 1020

# Site 1 is 10 minutes from the base, arriving takes 10, the survey 30.
STOP = Stop("面包店", 0, arrive=550, start=560, end=590)
TRIP = Trip("鄂A1", ("wang", "li"), 0, NINE, 600, (STOP,), travel_seconds=1200)
VISIT = DeskVisit("奶茶店", 0, "wang", None, "云踏勘室", 0, start=600, end=620)


def broken(problem, plan) -> list[Rule]:
    return [violation.rule for violation in violations(problem, plan)]


def test_a_round_that_keeps_every_rule_has_no_violation(bureau):
    assert violations(bureau.problem(bureau.on_site("面包店")), Plan((TRIP,))) == []


def test_a_video_survey_that_keeps_every_rule_has_no_violation(bureau):
    assert violations(bureau.problem(bureau.video("奶茶店")), Plan((), (VISIT,))) == []


def test_a_survey_is_planned_once(bureau):
    problem = bureau.problem(bureau.on_site("面包店"))
    again = replace(TRIP, car="鄂A2", officers=("zhao", "chen"))

    assert broken(problem, Plan((TRIP, again))) == [Rule.ONCE]


def test_a_survey_is_not_forgotten(bureau):
    problem = bureau.problem(bureau.on_site("面包店"))

    assert broken(problem, Plan()) == [Rule.ONCE]
    assert broken(problem, Plan(unplanned=(Unplanned("面包店", ()),))) == []


@pytest.mark.parametrize(
    "plan",
    [
        Plan((replace(TRIP, car="鄂A9"),)),
        Plan((replace(TRIP, officers=("wang", "nobody")),)),
        Plan((replace(TRIP, officers=()),)),
        Plan((replace(TRIP, stops=(replace(STOP, task="nothing"),)),)),
        Plan((replace(TRIP, stops=(replace(STOP, mode=1),)),)),
        Plan((replace(TRIP, day=2),)),
        Plan((replace(TRIP, back=NINE),)),
        Plan((replace(TRIP, stops=()),)),
        Plan((TRIP,), (replace(VISIT, task="面包店", room="nowhere"),)),
        Plan((TRIP,), (), (Unplanned("nothing", ()),)),
    ],
)
def test_a_plan_speaks_only_of_what_the_problem_knows(bureau, plan):
    assert set(broken(bureau.problem(bureau.on_site("面包店")), plan)) == {Rule.KNOWN}


def test_an_on_site_survey_is_not_held_at_a_desk(bureau):
    visit = replace(VISIT, task="面包店", end=630)

    assert broken(bureau.problem(bureau.on_site("面包店")), Plan((), (visit,))) == [Rule.KNOWN]


def test_two_officers_make_a_survey_on_site(bureau):
    problem = bureau.problem(bureau.on_site("面包店"))

    assert broken(problem, Plan((replace(TRIP, officers=("wang",)),))) == [Rule.OFFICERS]
    assert broken(problem, Plan((replace(TRIP, officers=("wang", "wang")),))) == [
        Rule.OFFICERS,
        Rule.OFFICER_TWICE,
    ]


def test_nobody_works_longer_than_his_limit(bureau):
    task, video = bureau.on_site("面包店"), bureau.video("奶茶店")
    visit = replace(VISIT, start=600, end=620)
    officers = (bureau.officer("wang", most_minutes=79), bureau.officer("li", most_minutes=60))
    problem = bureau.problem(task, video, officers=officers)  # a round of 60, a visit of 20

    assert violations(problem, Plan((TRIP,), (visit,))) == [
        Violation(Rule.OVERTIME, officer="wang", detail=(1,))
    ]


def test_every_item_type_is_judged_by_somebody_qualified(bureau):
    task = bureau.on_site("面包店", types=frozenset({"bakery", "fire"}))

    assert violations(bureau.problem(task), Plan((TRIP,))) == [
        Violation(Rule.QUALIFIED, task="面包店", detail=("fire",))
    ]


def test_a_crew_covers_a_joint_survey_together(bureau):
    task = bureau.on_site("面包店", types=frozenset({"bakery", "fire"}))
    officers = (
        bureau.officer("wang"),
        bureau.officer("li", qualifications=frozenset({"fire"})),
    )

    assert broken(bureau.problem(task, officers=officers), Plan((TRIP,))) == []


def test_two_are_qualified_where_the_survey_asks_for_two(bureau):
    task = bureau.on_site("面包店", qualified=2)
    officers = (bureau.officer("wang"), bureau.officer("li", qualifications=frozenset()))

    assert broken(bureau.problem(task, officers=officers), Plan((TRIP,))) == [Rule.QUALIFIED]


def test_a_witness_cannot_lead_a_video_survey(bureau):
    officers = (bureau.officer("wang", qualifications=frozenset()), bureau.officer("li"))
    problem = bureau.problem(bureau.video("奶茶店"), officers=officers)

    assert broken(problem, Plan((), (replace(VISIT, second="li"),))) == [Rule.QUALIFIED]
    assert broken(problem, Plan((), (replace(VISIT, lead="li", second="wang"),))) == []


def test_officers_go_only_into_their_own_and_allowed_districts(bureau):
    task = bureau.on_site("面包店", district="洪山")
    allowed = bureau.officer("wang", allowed=frozenset({"洪山"}))
    problem = bureau.problem(task, officers=(allowed, bureau.officer("li")))

    assert violations(problem, Plan((TRIP,))) == [
        Violation(Rule.DISTRICT, task="面包店", officer="li", detail=("洪山",))
    ]


def test_nobody_surveys_where_he_has_a_conflict_of_interest(bureau):
    problem = bureau.problem(bureau.on_site("面包店", recused=frozenset({"li"})))

    assert broken(problem, Plan((TRIP,))) == [Rule.RECUSED]


def test_officers_work_in_their_shifts(bureau):
    late = bureau.officer("li", shifts=(Span(0, NINE + 1, FIVE),))
    problem = bureau.problem(bureau.on_site("面包店"), officers=(bureau.officer("wang"), late))

    assert broken(problem, Plan((TRIP,))) == [Rule.SHIFT]


def test_a_round_does_not_run_through_lunch(bureau):
    lunch = bureau.officer("li", shifts=(Span(0, NINE, 570), Span(0, 580, FIVE)))
    problem = bureau.problem(bureau.on_site("面包店"), officers=(bureau.officer("wang"), lunch))

    assert broken(problem, Plan((TRIP,))) == [Rule.SHIFT]


def test_nobody_is_sent_out_while_on_leave(bureau):
    ill = bureau.officer("wang", away=(Span(0, 610, 700),))
    problem = bureau.problem(bureau.video("奶茶店"), officers=(ill,))

    assert broken(problem, Plan((), (VISIT,))) == [Rule.AWAY]


def test_nobody_is_in_two_places_at_once(bureau):
    problem = bureau.problem(bureau.on_site("面包店"), bureau.video("奶茶店"))

    assert broken(problem, Plan((TRIP,), (replace(VISIT, start=585, end=605),))) == [
        Rule.OFFICER_TWICE
    ]
    assert broken(problem, Plan((TRIP,), (VISIT,))) == []


def test_the_survey_lies_in_the_applicants_windows(bureau):
    problem = bureau.problem(bureau.on_site("面包店", windows=(Span(0, 561, 700),)))

    assert broken(problem, Plan((TRIP,))) == [Rule.WINDOW]


def test_windows_that_touch_are_one(bureau):
    windows = (Span(0, 550, 570), Span(0, 570, 590))

    problem = bureau.problem(bureau.on_site("面包店", windows=windows))

    assert broken(problem, Plan((TRIP,))) == []


def test_the_survey_is_held_by_its_deadline(bureau):
    problem = bureau.problem(bureau.on_site("面包店", deadline=0))

    assert broken(problem, Plan((replace(TRIP, day=1),))) == [Rule.DEADLINE]


def test_the_survey_is_held_no_earlier_than_it_may_be(bureau):
    problem = bureau.problem(bureau.on_site("面包店", release=1))

    assert broken(problem, Plan((TRIP,))) == [Rule.RELEASE]


def test_only_usual_partners_go_together_where_the_roster_is_fixed(bureau):
    policy = Policy(fixed_roster=True, officers_on_video=1)
    problem = bureau.problem(bureau.on_site("面包店"), policy=policy)

    assert broken(problem, Plan((TRIP,))) == [Rule.ROSTER]
    assert broken(bureau.problem(bureau.video("奶茶店"), policy=policy), Plan((), (VISIT,))) == []


def test_video_appointments_start_on_the_grid(bureau):
    problem = bureau.problem(bureau.video("奶茶店"))

    assert broken(problem, Plan((), (replace(VISIT, start=605, end=625),))) == [Rule.GRID]


def test_a_promised_appointment_is_kept_to_the_minute(bureau):
    pin = Pin(mode=0, officers=frozenset({"wang", "li"}), day=0, start=561)
    problem = bureau.problem(bureau.on_site("面包店", pinned=pin))

    assert broken(problem, Plan((TRIP,))) == [Rule.PROMISE]


def test_a_survey_promised_by_video_is_not_held_on_site(bureau):
    pin = Pin(mode=1, officers=frozenset({"wang"}), day=0, start=570)
    on_site, video = bureau.on_site("面包店"), bureau.video("面包店", minutes=30)
    task = replace(video, modes=on_site.modes + video.modes, pinned=pin)
    trip = replace(TRIP, depart=550, back=610, stops=(Stop("面包店", 0, 560, 570, 600),))

    assert broken(bureau.problem(task), Plan((trip,))) == [Rule.PROMISE]


def test_the_promised_officers_come(bureau):
    pin = Pin(mode=0, officers=frozenset({"wang", "zhao"}), day=0, start=560)
    problem = bureau.problem(bureau.on_site("面包店", pinned=pin))

    assert violations(problem, Plan((TRIP,))) == [
        Violation(Rule.PROMISE, task="面包店", officer="zhao")
    ]


def test_officers_and_car_of_a_round_belong_to_one_base(bureau):
    problem = bureau.problem(bureau.on_site("面包店"), cars=(Car("鄂A1", 2),))

    assert Rule.BASE in broken(problem, Plan((TRIP,)))


def test_officers_sit_in_a_room_of_their_own_base(bureau):
    problem = bureau.problem(bureau.video("奶茶店"), rooms=(Room("云踏勘室", 2),))

    assert broken(problem, Plan((), (VISIT,))) == [Rule.BASE]


def test_everybody_has_a_seat(bureau):
    problem = bureau.problem(bureau.on_site("面包店"), cars=(Car("鄂A1", 0, seats=1),))

    assert broken(problem, Plan((TRIP,))) == [Rule.SEATS]


def test_a_car_holds_what_its_surveys_need(bureau):
    car = Car("鄂A1", 0, load=2)

    problem = bureau.problem(bureau.on_site("面包店", load=3), cars=(car,))

    assert broken(problem, Plan((TRIP,))) == [Rule.LOAD]


def test_a_round_takes_its_crews_whole_shift_where_the_bureau_says_so(bureau):
    later = replace(STOP, task="火锅店", arrive=700, start=710, end=740)
    again = replace(TRIP, depart=690, back=750, stops=(later,))
    tasks = (bureau.on_site("面包店"), bureau.on_site("火锅店"))
    whole = bureau.problem(*tasks, policy=Policy(whole_shift=True))

    assert broken(bureau.problem(*tasks), Plan((TRIP, again))) == []
    assert broken(whole, Plan((TRIP, again))) == [Rule.WHOLE_SHIFT, Rule.WHOLE_SHIFT]


def test_a_car_in_repair_drives_nobody(bureau):
    car = Car("鄂A1", 0, away=(Span(0, 590, 600),))

    assert broken(bureau.problem(bureau.on_site("面包店"), cars=(car,)), Plan((TRIP,))) == [
        Rule.CAR_AWAY
    ]


def test_a_car_is_on_one_trip_at_a_time(bureau):
    problem = bureau.problem(bureau.on_site("面包店"), bureau.on_site("火锅店"))
    stop = replace(STOP, task="火锅店")
    other = replace(TRIP, officers=("zhao", "chen"), stops=(stop,))

    assert broken(problem, Plan((TRIP, other))) == [Rule.CAR_TWICE]
    assert broken(problem, Plan((TRIP, replace(other, car="鄂A2")))) == []


def test_a_room_holds_no_more_surveys_than_it_has_desks(bureau):
    problem = bureau.problem(
        bureau.video("奶茶店"), bureau.video("药店"), rooms=(Room("云踏勘室", 0, capacity=1),)
    )
    other = replace(VISIT, task="药店", lead="li", start=615, end=635)

    assert broken(problem, Plan((), (VISIT, other))) == [Rule.ROOM_FULL]


def test_a_survey_takes_its_minutes(bureau):
    problem = bureau.problem(bureau.video("奶茶店", minutes=25))

    assert broken(problem, Plan((), (VISIT,))) == [Rule.DURATION]


def test_a_way_takes_its_driving_time(bureau):
    problem = bureau.problem(bureau.on_site("面包店"))

    assert broken(problem, Plan((replace(TRIP, depart=NINE + 1),))) == [Rule.TRAVEL]
    assert broken(problem, Plan((replace(TRIP, back=599),))) == [Rule.TRAVEL]


def test_a_second_of_driving_is_rounded_up_to_a_minute(bureau):
    travel = ((0, 601), (600, 0))
    problem = bureau.problem(bureau.on_site("面包店"), travel=travel)

    trip = replace(TRIP, travel_seconds=1201)

    assert broken(problem, Plan((trip,))) == [Rule.TRAVEL]


def test_a_plan_states_its_real_driving_time(bureau):
    problem = bureau.problem(bureau.on_site("面包店"))

    assert broken(problem, Plan((replace(TRIP, travel_seconds=0),))) == [Rule.TRAVEL]


def test_arriving_takes_its_time(bureau):
    problem = bureau.problem(bureau.on_site("面包店"), policy=Policy(setup_minutes=11))

    assert broken(problem, Plan((TRIP,))) == [Rule.SETUP]


def test_two_surveys_at_one_site_arrive_once(bureau):
    problem = bureau.problem(bureau.on_site("面包店"), bureau.on_site("火锅店"))
    second = Stop("火锅店", 0, arrive=590, start=590, end=620)
    trip = replace(TRIP, stops=(STOP, second), back=630)

    assert broken(problem, Plan((trip,))) == []


def test_a_room_may_run_as_many_surveys_as_desks(bureau):
    problem = bureau.problem(bureau.video("奶茶店"), bureau.video("药店"))
    other = replace(VISIT, task="药店", lead="li")

    assert broken(problem, Plan((), (VISIT, other))) == []
