"""Somebody of one district works as in a bureau of its own: of the others nothing shows.

未央 is the district of the coordinator who asks; 雁塔 is the one that must not show.
"""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.minutes import Span
from server.adapters.calendar import StateCouncilCalendar
from server.clock import local_day, moment_of, utcnow
from server.models.account import Account, Role
from server.models.bureau import Mode, ModeRule
from server.models.case import Case
from server.models.expert import Absence, AbsenceKind
from server.models.imports import Import, ImportStatus
from server.models.notice import Channel, Notice, NoticeStatus
from server.models.round import Plan, PlanStatus, Visit
from server.models.survey import Survey
from server.services.planning import answering, computing


@pytest.fixture
def here(town):
    return town.case(name="未央小炒")


@pytest.fixture
def there(town):
    return town.case(name="雁塔书屋", district=town.yanta)


@pytest.fixture
def desk(town, sign_in_as):
    """The coordinator of 未央."""
    return sign_in_as(Role.COORDINATOR, district=town.weiyang)


@pytest.fixture
def chief(sign_in_as):
    """A coordinator of the whole bureau."""
    return sign_in_as(Role.COORDINATOR)


def is_not_there(answer):
    """Not theirs looks like not there: in the status, in the code, in every word."""
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert answer.json["values"] == {}


# --- the outbox -----------------------------------------------------------------------------


@pytest.fixture
def failed(town, db):
    """A message that did not leave, about a case or about none."""

    def make(case=None):
        made = Notice(
            bureau_id=town.bureau.id,
            case_id=case.id if case else None,
            kind="result",
            channel=Channel.SMS,
            to="19900000001",
            subject="",
            body="x",
            status=NoticeStatus.FAILED,
            next_try_at=utcnow(),
        )
        db.add(made)
        db.commit()
        return made

    return make


def test_the_outbox_holds_the_messages_about_the_districts_cases_alone(
    desk, chief, here, there, failed
):
    mine, theirs, nobodys = failed(here), failed(there), failed()

    def outbox(somebody):
        return [one["id"] for one in somebody.get("/api/v1/notices").json["items"]]

    assert outbox(desk) == [mine.id]
    assert outbox(chief) == [mine.id, theirs.id, nobodys.id]


def test_as_many_messages_count_as_failed_as_the_outbox_shows(desk, here, there, failed):
    failed(here), failed(there), failed(there)

    assert desk.get("/api/v1/overview").json["notices_failed"] == 1


def test_a_cursor_leads_to_no_message_of_another_district(desk, chief, here, there, failed):
    mine = [failed(case).id for case in (here, there, here, there, here)][::2]
    everything = chief.get("/api/v1/notices?limit=1").json["next"]

    seen, query = [], "limit=1"
    while True:
        page = desk.get(f"/api/v1/notices?{query}").json
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        query = f"limit=1&cursor={page['next']}"

    assert seen == mine
    borrowed = desk.get(f"/api/v1/notices?cursor={everything}").json["items"]
    assert [one["id"] for one in borrowed] == mine[1:]


def test_a_message_of_another_district_is_not_sent_again_by_guessing_its_number(
    desk, here, there, failed, db
):
    mine, theirs, nobodys = failed(here), failed(there), failed()

    assert desk.post(f"/api/v1/notices/{mine.id}/retry").json["status"] == "waiting"
    for hidden in (theirs, nobodys):
        is_not_there(desk.post(f"/api/v1/notices/{hidden.id}/retry"))
        assert hidden.status is NoticeStatus.FAILED


# --- what concerns every district -----------------------------------------------------------


def test_an_administrator_of_one_district_connects_no_system_that_hears_of_all(
    town, sign_in_as, db
):
    office = sign_in_as(Role.ADMINISTRATOR, district=town.weiyang)
    wanted = {"url": "http://10.0.0.1", "subjects": ["case"]}

    for answer in (office.get("/api/v1/webhooks"), office.post("/api/v1/webhooks", wanted)):
        assert (answer.status_code, answer.json["code"]) == (403, "not_yours")
        assert answer.json["values"] == {"cause": "district"}


# --- plans ----------------------------------------------------------------------------------

#: The next day on which everybody works, and the days after it.
# not the next day: what the town has within the next hours may reach past midnight
FIRST = StateCouncilCalendar().after(local_day(utcnow()), 2)
LAST = FIRST + timedelta(days=4)


@pytest.fixture
def compute(engine, db):
    """The jobs process's part."""

    def carry_out(plan_id):
        db.commit()
        computing.compute(lambda: Session(engine), plan_id, now=utcnow)
        db.expire_all()
        return db.get(Plan, plan_id)

    return carry_out


@pytest.fixture
def order(app, monkeypatch):
    """A plan ordered at a desk; nobody computes it yet."""
    monkeypatch.setattr(app.extensions["parts"].jobs, "compute_plan", lambda plan_id: None)

    def ask_for(desk, **options):
        days = {"first_day": FIRST.isoformat(), "last_day": LAST.isoformat(), "seconds": 1}
        return desk.post("/api/v1/plans", days, **options)

    return ask_for


def asked_about(plan):
    problem = answering.question_of(plan)
    tasks = {task.key for task in problem.tasks if task.pinned is None}
    return tasks, {officer.key for officer in problem.officers}


def survey_of(case, db):
    return str(db.scalars(select(Survey.id).where(Survey.case_id == case.id)).one())


@pytest.mark.usefixtures("there")
def test_a_district_plans_its_own_cases_with_those_who_may_work_there(desk, order, here, town, db):
    plan = db.get(Plan, order(desk).json["id"])

    assert asked_about(plan) == (
        {survey_of(here, db)},
        {str(town.lead.id), str(town.second.id)},  # 赵磊 may not enter 未央
    )


def test_who_is_allowed_in_the_district_besides_their_own_is_asked_too(desk, order, here, town, db):
    town.stranger.districts.append(town.weiyang)
    db.commit()

    _, officers = asked_about(db.get(Plan, order(desk).json["id"]))

    assert str(town.stranger.id) in officers


def test_a_street_is_surveyed_by_those_of_its_district(town, sign_in_as, order, db):
    case = town.case(district=town.street)
    town.case()  # elsewhere in 未央

    plan = db.get(Plan, order(sign_in_as(Role.COORDINATOR, district=town.street)).json["id"])

    assert asked_about(plan) == (
        {survey_of(case, db)},
        {str(town.lead.id), str(town.second.id)},
    )


def test_where_only_other_districts_wait_there_is_nothing_to_plan(desk, order, there):
    answer = order(desk)

    assert (answer.status_code, answer.json["code"]) == (409, "nothing_to_plan")
    assert answer.json["values"] == {"cause": "no_survey"}


def test_an_officers_promise_to_another_district_takes_the_time_and_says_nothing_more(
    desk, order, here, there, town, db, compute
):
    town.lead.districts.append(town.yanta)
    visit = town.visit(there, starts_at=moment_of(FIRST, 600), second=town.stranger)
    db.commit()

    plan = compute(order(desk).json["id"])

    problem = answering.question_of(plan)
    (taken,) = [task for task in problem.tasks if task.pinned]
    assert (taken.pinned.day, taken.pinned.start) == (0, 600)
    assert taken.pinned.officers == {str(town.lead.id)}
    assert taken.district == "610112"
    assert plan.status is PlanStatus.DRAFT, plan.error
    assert {task.key for task in problem.tasks} == {
        survey_of(here, db),
        f"taken {visit.round_id}",
    }
    assert {officer.key for officer in problem.officers} == {
        str(town.lead.id),
        str(town.second.id),
    }
    shown = desk.get(f"/api/v1/plans/{plan.id}").json
    assert (shown["figures"]["to_plan"], shown["figures"]["planned"]) == (1, 1)
    (round_,) = shown["rounds"]
    assert [stop["case_id"] for stop in round_["visits"]] == [here.id]


def test_a_desk_taken_by_officers_of_other_districts_is_not_given_away(
    desk, order, here, there, town, db
):
    town.bureau.video_rooms = 2
    town.visit(there, starts_at=moment_of(FIRST, 600), lead=town.stranger)

    (room,) = answering.question_of(db.get(Plan, order(desk).json["id"])).rooms

    assert room.capacity == 1


def test_a_trip_to_another_district_takes_its_officer_and_its_car(
    desk, order, here, there, town, db
):
    visit = town.visit(
        there, mode=Mode.ON_SITE, lead=town.stranger, second=town.second,
        starts_at=moment_of(FIRST, 600), minutes=90,
    )  # fmt: skip
    visit.round.car = 2
    db.commit()

    problem = answering.question_of(db.get(Plan, order(desk).json["id"]))

    taken = (Span(0, 600, 690),)
    assert [car.away for car in problem.cars] == [(), taken]
    away = {officer.key: officer.away for officer in problem.officers}
    assert away == {str(town.lead.id): (), str(town.second.id): taken}


def test_an_appointment_elsewhere_that_cannot_be_kept_does_not_stop_the_plan(
    desk, order, here, there, town, db
):
    """Its officer fell ill: whoever promised it has to move it, not the district."""
    town.visit(there, starts_at=moment_of(FIRST, 600))
    begins, ends = moment_of(FIRST, 610), moment_of(FIRST, 640)
    town.lead.absences.append(Absence(kind=AbsenceKind.SICK, starts_at=begins, ends_at=ends))
    db.commit()

    answer = order(desk)

    assert answer.status_code == 202
    officers = answering.question_of(db.get(Plan, answer.json["id"])).officers
    away = next(one.away for one in officers if one.key == str(town.lead.id))
    assert set(away) == {Span(0, 610, 640), Span(0, 600, 630)}


@pytest.fixture
def plans(desk, chief, order, here, there, sign_in_as, town):
    """By whose they are: a plan of 未央, one of 雁塔, one of the bureau."""
    yanta = sign_in_as(Role.COORDINATOR, district=town.yanta)
    return {
        name: order(who).json["id"]
        for name, who in (("未央", desk), ("雁塔", yanta), ("the bureau", chief))
    }


def test_a_district_sees_the_plans_made_for_it(desk, chief, plans, sign_in_as, town):
    def listed(somebody):
        return {plan["id"] for plan in somebody.get("/api/v1/plans").json["items"]}

    assert listed(desk) == {plans["未央"]}
    assert listed(sign_in_as(Role.SUPERVISOR, district=town.weiyang)) == {plans["未央"]}
    assert listed(sign_in_as(Role.COORDINATOR, district=town.street)) == set()
    assert listed(sign_in_as(Role.COORDINATOR, district=town.city)) == {
        plans["未央"],
        plans["雁塔"],
    }
    assert listed(chief) == set(plans.values())


@pytest.mark.parametrize("whose", ["雁塔", "the bureau"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("POST", "/cancellation"), ("POST", "/publication"), ("DELETE", "")],
    ids=["shown", "stopped", "published", "discarded"],
)
def test_no_other_plan_is_reached_by_guessing_its_number(
    desk, plans, compute, db, whose, method, path
):
    plan = compute(plans[whose])
    before = plan.status

    is_not_there(desk.ask(method, f"/api/v1/plans/{plan.id}{path}"))

    db.expire_all()
    assert (plan.status, plan.cancel_asked) == (before, False)


def test_a_district_publishes_and_discards_its_own_plans(desk, plans, compute, order, here):
    compute(plans["未央"])
    assert desk.delete(f"/api/v1/plans/{plans['未央']}").status_code == 200
    again = compute(order(desk).json["id"])

    done = desk.post(f"/api/v1/plans/{again.id}/publication")

    assert (done.status_code, done.json["surveys"]) == (200, 1)
    assert [one["case_id"] for one in desk.get("/api/v1/notices").json["items"]] == [here.id]


def test_a_plan_that_came_to_reach_outside_is_the_bureaus_alone(
    desk, chief, plans, compute, here, town, db
):
    plan = compute(plans["未央"])
    here.premises.district_id = town.yanta.id
    db.commit()

    is_not_there(desk.get(f"/api/v1/plans/{plan.id}"))
    is_not_there(desk.post(f"/api/v1/plans/{plan.id}/publication"))
    assert chief.get(f"/api/v1/plans/{plan.id}").status_code == 200


def test_what_found_no_place_is_counted_and_named_within_the_district(
    desk, order, compute, here, there, town, db
):
    for case in (here, there):
        case.premises.longitude = case.premises.latitude = None
    town.item.modes = ModeRule.ON_SITE
    db.commit()

    shown = desk.get(f"/api/v1/plans/{compute(order(desk).json['id']).id}").json

    assert [left["case_id"] for left in shown["unplanned"]] == [here.id]
    assert (shown["figures"]["unplanned"], shown["beyond"]) == (1, 0)


def test_of_two_plans_made_side_by_side_the_second_cannot_take_the_same_car(
    town, sign_in_as, order, compute, db
):
    """Two districts, each with officers of its own, and one car between them."""
    _only_visits_in_one_car(town, db)
    drafts = []
    for district in (town.weiyang, town.yanta):
        town.case(district=district)
        desk = sign_in_as(Role.COORDINATOR, district=district)
        drafts.append((desk, compute(order(desk).json["id"])))
    assert all(round_.car == 1 for _, plan in drafts for round_ in plan.rounds)

    first, second = (desk.post(f"/api/v1/plans/{plan.id}/publication") for desk, plan in drafts)

    assert first.status_code == 200
    assert (second.status_code, second.json["code"]) == (409, "plan_outdated")
    assert second.json["values"] == {"cause": "car_taken"}
    (_, refused) = drafts[1]
    assert refused.status is PlanStatus.DRAFT


def test_of_two_plans_made_side_by_side_the_second_cannot_take_the_same_desk(
    town, sign_in_as, order, compute, db
):
    town.item.modes, town.bureau.video_rooms = ModeRule.VIDEO, 1
    drafts = []
    for district in (town.weiyang, town.yanta):
        town.case(district=district)
        desk = sign_in_as(Role.COORDINATOR, district=district)
        drafts.append((desk, compute(order(desk).json["id"])))
    starts = [round_.leaves_at for _, plan in drafts for round_ in plan.rounds]
    assert starts[0] == starts[1]

    first, second = (desk.post(f"/api/v1/plans/{plan.id}/publication") for desk, plan in drafts)

    assert first.status_code == 200
    assert second.json["values"] == {"cause": "desk_taken"}


def _only_visits_in_one_car(town, db):
    town.item.modes, town.bureau.cars, town.bureau.crew_size = ModeRule.ON_SITE, 1, 1
    db.commit()


# --- answers kept for a repeated request ----------------------------------------------------


def test_an_answer_from_before_an_account_was_narrowed_is_not_given_again(
    chief, order, here, there, db, town
):
    key = {"Idempotency-Key": "7f1c2f0e-8a52-4c0e-9d6b-3f6f6f3a1b11"}
    everything = order(chief, headers=key).json["id"]
    account = db.scalars(select(Account).where(Account.district_id.is_(None))).one()
    account.district_id = town.weiyang.id
    db.commit()

    again = order(chief, headers=key)

    assert again.json["id"] != everything
    assert asked_about(db.get(Plan, again.json["id"]))[0] == {survey_of(here, db)}


# --- the board ------------------------------------------------------------------------------


@pytest.fixture
def board():
    def on(somebody, **query):
        days = {"from": FIRST.isoformat(), "to": LAST.isoformat(), **query}
        answer = somebody.get("/api/v1/board", query_string=days)
        assert answer.status_code == 200, answer.text
        return answer.json

    return on


@pytest.fixture
def through_both(town, here, there, db):
    """A round of 李敏 and 王建国 that stops in 雁塔, then in 未央."""
    visit = town.visit(
        here, mode=Mode.ON_SITE, second=town.second, starts_at=moment_of(FIRST, 660), minutes=45
    )
    visit.round.leaves_at, visit.round.travel_seconds = moment_of(FIRST, 540), 3600
    survey = db.scalars(select(Survey).where(Survey.case_id == there.id)).one()
    starts, ends = moment_of(FIRST, 560), moment_of(FIRST, 605)
    db.add(Visit(round_id=visit.round_id, survey_id=survey.id, starts_at=starts, ends_at=ends))
    db.commit()
    return visit.round


def test_the_board_shows_the_rounds_that_come_to_the_district(
    desk, chief, board, here, there, town, sign_in_as
):
    town.visit(here, starts_at=moment_of(FIRST, 600))
    town.visit(there, starts_at=moment_of(FIRST, 600), lead=town.stranger)

    def stops(somebody):
        return [v["case_id"] for r in board(somebody)["rounds"] for v in r["visits"]]

    assert stops(desk) == [here.id]
    assert stops(chief) == [here.id, there.id]
    assert stops(sign_in_as(Role.SUPERVISOR, district=town.yanta)) == [there.id]


def test_of_a_round_through_several_districts_each_sees_its_own_stops(
    desk, chief, board, through_both, here, there
):
    (mine,) = board(desk)["rounds"]
    (whole,) = board(chief)["rounds"]

    assert (mine["partial"], [stop["case_id"] for stop in mine["visits"]]) == (True, [here.id])
    assert mine["travel_minutes"] == 0  # the drive would tell where else it goes
    assert there.premises.name not in json.dumps(mine, ensure_ascii=False)
    assert (whole["partial"], whole["travel_minutes"]) == (False, 60)
    assert [stop["case_id"] for stop in whole["visits"]] == [there.id, here.id]


def test_todays_figures_count_what_the_board_shows(town, desk, board, here, there, db):
    visit = town.visit(here, mode=Mode.ON_SITE, starts_at=utcnow())
    town.visit(there, starts_at=utcnow(), lead=town.stranger)
    today = local_day(visit.starts_at).isoformat()

    figures = desk.get("/api/v1/overview").json["today"]

    assert figures == {"video": 0, "on_site": 1, "done": 0}
    shown = board(desk, **{"from": today, "to": today})["rounds"]
    assert [stop["case_id"] for round_ in shown for stop in round_["visits"]] == [here.id]


def test_the_board_names_those_who_may_work_in_the_district_or_come_to_it(
    desk, chief, board, here, town
):
    def names(somebody):
        return {expert["name"] for expert in board(somebody)["experts"]}

    assert names(desk) == {"李敏", "王建国"}
    assert names(chief) == {"李敏", "王建国", "赵磊"}
    listed = {expert["name"] for expert in desk.get("/api/v1/experts").json["items"]}
    assert listed == {"李敏", "王建国"}

    town.visit(here, starts_at=moment_of(FIRST, 600), second=town.stranger)
    assert names(desk) == {"李敏", "王建国", "赵磊"}


def test_an_officers_time_in_another_district_is_shown_as_taken_and_not_for_what(
    desk, chief, board, there, town
):
    town.visit(there, starts_at=moment_of(FIRST, 600))

    def taken(somebody):
        experts = {expert["name"]: expert for expert in board(somebody)["experts"]}
        return experts["李敏"]["elsewhere"]

    (span,) = taken(desk)
    assert set(span) == {"starts_at", "ends_at"}
    assert datetime.fromisoformat(span["starts_at"]) == moment_of(FIRST, 600)
    assert taken(chief) == []
    assert board(desk)["rounds"] == []


def test_a_draft_of_others_is_not_put_on_the_board_by_guessing_its_number(
    desk, chief, board, compute, order, here, there
):
    plan = compute(order(chief).json["id"])
    assert plan.rounds

    assert board(desk, plan=plan.id)["rounds"] == []
    assert len(board(chief, plan=plan.id)["rounds"]) == len(plan.rounds)


def test_districts_to_choose_from_are_those_one_sees(desk, chief, town):
    def codes(somebody):
        return [one["code"] for one in somebody.get("/api/v1/districts").json["items"]]

    assert codes(desk) == ["610112", "610112003"]
    assert codes(chief) == ["610100", "610112", "610112003", "610113"]


# --- imports --------------------------------------------------------------------------------

HEADINGS = "办件编号,单位名称,信用代码,联系人,电话,事项,地址,区县,受理日期"
COMPANY = "91110000600037341L"


def row(number, district="未央区", *, address="", name="渭水人家"):
    where = address or f"凤城五路 {number} 号"
    return f"{number},{name},{COMPANY},张桂兰,19900000001,0101,{where},{district},2026-11-20"


@pytest.fixture
def send():
    """A spreadsheet of these rows, uploaded; its preview."""

    def upload(desk, *rows, headings=HEADINGS):
        table = "\n".join((headings, *rows)).encode()
        answer = desk.post("/api/v1/imports", data={"file": (io.BytesIO(table), "名单.csv")})
        assert answer.status_code == 201, answer.text
        return answer.json

    return upload


@pytest.fixture
def bring(send):
    """A spreadsheet of these rows, imported."""

    def commit(desk, *rows):
        done = desk.post(f"/api/v1/imports/{send(desk, *rows)['id']}/commit")
        assert done.status_code == 200, done.text
        return done.json

    return commit


def findings(preview):
    return {
        (found["cell"], found["code"], found["severity"])
        for one in preview["rows"]
        for found in one["findings"]
        if found["severity"] == "error"
    }


def test_a_row_that_lies_in_another_district_is_refused_with_its_cell_and_never_stored(
    desk, send, db
):
    preview = send(desk, row(1), row(2, "雁塔区"), row(3, "大明宫街道"))

    assert (preview["rows_new"], preview["rows_refused"], preview["rows_outside"]) == (2, 1, 1)
    assert findings(preview) == {("H3", "district_outside", "error")}
    desk.post(f"/api/v1/imports/{preview['id']}/commit")
    assert set(db.scalars(select(Case.number))) == {"1", "3"}


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ("雁塔区", "不归未央区")), ("en", ("雁塔区", "outside Weiyang"))]
)
def test_the_refusal_says_where_the_row_lies_and_what_to_do(desk, send, town, db, language, words):
    town.weiyang.name_en = "Weiyang"
    db.commit()
    desk.language = language

    (refused,) = send(desk, row(1, "雁塔区"))["rows"]

    text = refused["findings"][0]["text"]
    assert all(word in text for word in words), text


def test_a_row_whose_district_nobody_can_tell_is_refused_until_it_is_written_down(
    desk, send, chief
):
    rows = (row(1, ""), row(2, "无名区"))
    preview = send(desk, *rows)

    assert findings(preview) == {
        ("H2", "district_needed", "error"),
        ("H3", "district_needed", "error"),
    }
    cures = {"corrections": {"H2": "未央区", "H3": "未央"}}
    mended = desk.patch(f"/api/v1/imports/{preview['id']}", cures).json
    assert (mended["rows_new"], mended["rows_refused"]) == (2, 0)
    assert send(chief, *rows)["rows_refused"] == 0  # the bureau may add it later


def test_without_a_column_for_it_the_address_says_the_district(desk, send):
    headings = HEADINGS.replace(",区县", "")
    told = [f"{n},商行,,,,0101,{where},2026-11-20" for n, where in enumerate(
        ("西安市未央区文景路 1 号", "西安市雁塔区小寨路 1 号", "小寨路 2 号"), 1
    )]  # fmt: skip

    preview = send(desk, *told, headings=headings)

    assert findings(preview) == {
        ("G3", "district_outside", "error"),
        ("G4", "district_needed", "error"),
    }


def test_refused_rows_come_back_in_a_workbook(desk, send):
    preview = send(desk, row(1), row(2, "雁塔区"))

    book = desk.get(f"/api/v1/imports/{preview['id']}/refused.xlsx").data

    _, refused = load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True)
    assert refused[0] == "2"
    assert "雁塔区" in refused[-1]


def test_a_number_and_a_place_known_in_another_district_are_neither_met_nor_changed(
    desk, chief, send, bring, town, db
):
    bring(chief, row(1, "雁塔区", address="凤城五路 8 号", name="雁塔书屋"))
    (theirs,) = db.scalars(select(Case))
    before = (theirs.number, theirs.premises_id, theirs.premises.name, theirs.version)

    preview = send(desk, row(1, address="凤城五路 8 号"))

    assert (preview["rows_new"], preview["rows_known"]) == (1, 0)
    assert {found["code"] for one in preview["rows"] for found in one["findings"]} <= {
        "place_missing"
    }
    assert "雁塔" not in json.dumps(preview["rows"], ensure_ascii=False)
    desk.post(f"/api/v1/imports/{preview['id']}/commit")
    (mine,) = desk.get("/api/v1/cases").json["items"]
    assert (mine["premises"], mine["district"]) == ("渭水人家", "未央区")
    db.refresh(theirs)
    assert before == (theirs.number, theirs.premises_id, theirs.premises.name, theirs.version)
    assert {case["district"] for case in chief.get("/api/v1/cases").json["items"]} == {
        "雁塔区",
        "未央区",
    }


def test_under_which_name_an_applicant_goes_elsewhere_is_not_read_here(desk, chief, bring, db):
    bring(chief, row(1, "雁塔区", name="雁塔书屋"))
    bring(desk, row(2, name="渭水人家"))
    bring(desk, row(3, name="雁塔书屋"))

    applicants = {case.number: case.applicant_id for case in db.scalars(select(Case))}

    assert applicants["2"] != applicants["1"]
    assert applicants["3"] == applicants["1"]  # every word is theirs: a recusal goes on


def test_what_the_district_has_is_known_again_whoever_imported_it(desk, chief, bring):
    bring(chief, row(1), row(2, "雁塔区"))

    again = bring(desk, row(1), row(3))
    assert (again["rows_new"], again["rows_known"]) == (1, 1)
    whole = bring(chief, row(1), row(2, "雁塔区"), row(3), row(4))
    assert (whole["rows_new"], whole["rows_known"]) == (1, 3)


def test_an_import_is_listed_and_undone_within_the_district_it_was_made_for(
    desk, chief, bring, sign_in_as, town, db
):
    own, bureaus = bring(desk, row(1)), bring(chief, row(2))
    colleague = sign_in_as(Role.COORDINATOR, district=town.weiyang)
    neighbour = sign_in_as(Role.COORDINATOR, district=town.yanta)

    def listed(somebody):
        return {one["id"] for one in somebody.get("/api/v1/imports").json["items"]}

    assert listed(desk) == listed(colleague) == {own["id"]}
    assert listed(neighbour) == set()
    assert listed(chief) == {own["id"], bureaus["id"]}
    assert colleague.delete(f"/api/v1/imports/{own['id']}").json["status"] == "undone"
    assert set(db.scalars(select(Case.number))) == {"2"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PATCH", ""), ("POST", "/commit"), ("DELETE", ""), ("GET", "/refused.xlsx")],
    ids=["shown", "changed", "stored", "undone", "returned"],
)
def test_no_other_import_is_reached_by_guessing_its_number(desk, chief, send, db, method, path):
    hidden = send(chief, row(1))["id"]
    options = {"json": {"skip": [2]}} if method == "PATCH" else {}

    is_not_there(desk.ask(method, f"/api/v1/imports/{hidden}{path}", **options))

    batch = db.get(Import, hidden)
    assert (batch.status, batch.rows_total) == (ImportStatus.PREVIEWED, 1)
    assert db.scalars(select(Case)).all() == []


def test_an_import_stays_within_its_district_whoever_stores_it(desk, chief, send, db):
    preview = send(desk, row(1), row(2, "雁塔区"))

    assert chief.get(f"/api/v1/imports/{preview['id']}").json["rows_refused"] == 1
    chief.post(f"/api/v1/imports/{preview['id']}/commit")

    assert set(db.scalars(select(Case.number))) == {"1"}


def test_the_map_names_districts_in_both_languages(town, sign_in_as, settings, db):
    town.weiyang.name_en = "Weiyang"
    db.commit()
    known, unknown = (
        {"type": "Feature", "geometry": None, "properties": {"code": code, "name": name}}
        for code, name in [(town.weiyang.code, "未央区"), ("999999", "别处")]
    )
    settings.maps_folder.mkdir()
    (settings.maps_folder / f"{town.bureau.code}.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [known, unknown]}), encoding="utf-8"
    )

    told = sign_in_as(Role.COORDINATOR).get("/api/v1/board/map").get_json(force=True)

    assert [one["properties"].get("name_en") for one in told["features"]] == ["Weiyang", None]
