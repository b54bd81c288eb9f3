"""Experts are drawn by a seed that is bound before the plan is made, and shown afterwards."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.check import violations
from scheduler.draw import number
from scheduler.instances import plan_from_json
from server.clock import local_day, utcnow
from server.config import ROOT
from server.models.account import Role
from server.models.draw import Draw
from server.models.lifecycle import Event
from server.models.round import Plan, PlanStatus
from server.services.planning import computing, drawing, repairing
from server.services.planning.answering import question_of

DOCUMENT = (ROOT / "docs" / "fair-draw.md").read_text()


@pytest.fixture
def desk(sign_in_as, app, monkeypatch):
    """A coordinator; the plans she orders are `made` by the test."""
    monkeypatch.setattr(app.extensions["parts"].jobs, "compute_plan", lambda plan_id: None)
    return sign_in_as(Role.COORDINATOR)


@pytest.fixture
def days():
    today = local_day(utcnow())
    return {"first_day": f"{today + timedelta(days=1)}", "last_day": f"{today + timedelta(days=7)}"}


@pytest.fixture
def ordered(town, db, desk, days):
    """`ordered()`: a plan for a few cases in a bureau that draws, waiting to be made."""
    for _ in range(4):
        town.case()
    town.bureau.draws_experts = True
    db.commit()

    def order():
        answer = desk.post("/api/v1/plans", {**days, "seconds": 1})
        assert answer.status_code == 202, answer.text
        return db.get_one(Plan, answer.json["id"])

    return order


@pytest.fixture
def made(db, engine):
    """`made(plan)`: the worker's part."""

    def make(plan):
        plan_id = plan.id
        db.commit()
        computing.compute(lambda: Session(engine), plan_id, now=utcnow)
        db.expire_all()
        return plan

    return make


@pytest.fixture
def draw_again(tmp_path):
    """Run the program of the document, to the letter."""
    [listing] = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    program = tmp_path / "draw_again.py"
    program.write_text(listing)

    def run(record, commitment):
        file = tmp_path / "record.json"
        file.write_text(json.dumps(record))
        return subprocess.run(
            [sys.executable, "-I", program, file, commitment],
            capture_output=True,
            encoding="utf-8",
            env={"PYTHONIOENCODING": "utf-8"},
        )

    return run


def record_of(desk, plan):
    answer = desk.get(f"/api/v1/plans/{plan.id}/draw")
    assert answer.status_code == 200, answer.text
    return answer.json


def seed_of(db, plan):
    return db.scalar(select(Draw.seed).where(Draw.plan_id == plan.id))


# --- before: bound, and hidden ----------------------------------------------------------------


def test_the_commitment_is_shown_as_soon_as_a_plan_is_ordered(desk, db, ordered):
    plan = ordered()

    seed = bytes.fromhex(seed_of(db, plan))
    assert len(seed) == 32
    commitment = hashlib.sha256(seed).hexdigest()
    assert desk.get(f"/api/v1/plans/{plan.id}").json["commitment"] == commitment
    record = record_of(desk, plan)
    assert (record["commitment"], record["seed"], record["lots"]) == (commitment, None, [])


def test_every_plan_has_a_seed_of_its_own(db, ordered):
    assert seed_of(db, ordered()) != seed_of(db, ordered())


@pytest.mark.parametrize("status", [PlanStatus.QUEUED, PlanStatus.RUNNING])
def test_no_address_tells_the_seed_before_the_plan_is_made(
    app, desk, db, ordered, sign_in_as, status
):
    plan = ordered()
    seed = seed_of(db, plan)
    if status is PlanStatus.RUNNING:
        plan.move(status, by="system", at=utcnow())
    db.commit()
    supervisor = sign_in_as(Role.SUPERVISOR)
    with app.test_request_context():
        places = app.url_map.bind("localhost")
        addresses = [
            places.build(rule.endpoint, dict.fromkeys(rule.arguments, plan.id))
            for rule in app.url_map.iter_rules()
            if "GET" in rule.methods
            and rule.endpoint.startswith(("coordinator", "integration"))
            and rule.arguments <= {"plan_id"}
        ]

    assert f"/api/v1/plans/{plan.id}/draw" in addresses
    for somebody in (desk, supervisor):
        for address in addresses:
            answer = somebody.get(address)
            assert answer.status_code < 500, (address, answer.text)
            assert seed not in answer.text, address
    assert seed not in desk.post(f"/api/v1/plans/{plan.id}/publication").text
    assert seed not in json.dumps(plan.problem)


def test_the_commitment_is_on_record_before_the_result_and_the_seed_with_it(db, ordered, made):
    plan = ordered()
    assert plan.result == {}
    made(plan)

    draw = drawing.one(db, plan)
    trail = db.scalars(
        select(Event).where(Event.subject == "plan", Event.subject_id == plan.id).order_by(Event.id)
    ).all()
    assert [(event.to, event.note) for event in trail] == [
        ("seed_bound", draw.commitment),
        ("running", ""),
        ("draft", f"seed {draw.seed}"),
    ]


# --- after: shown, and anybody can draw again -------------------------------------------------


def test_the_plan_that_is_drawn_keeps_every_rule(ordered, made):
    plan = made(ordered())

    answer = plan_from_json(json.dumps(plan.result))
    assert answer.lots
    assert violations(question_of(plan), answer) == []


def test_the_program_of_the_document_draws_the_same_experts(desk, ordered, made, draw_again):
    plan = ordered()
    commitment = record_of(desk, plan)["commitment"]
    record = record_of(desk, made(plan))

    done = draw_again(record, commitment)

    assert (done.returncode, done.stderr) == (0, "")
    assert "Everybody was drawn by this seed." in done.stdout
    assert max(len(lot["candidates"]) for lot in record["lots"]) == 2  # 李敏 and 王建国
    leads = {
        visit["number"]: round_["lead"]["name"]
        for round_ in desk.get(f"/api/v1/plans/{plan.id}").json["rounds"]
        for visit in round_["visits"]
    }
    assert {lot["cases"][0]: lot["drawn"]["name"] for lot in record["lots"]} == leads


def test_the_bureau_can_draw_again_from_the_plan_as_it_was_before(db, ordered, made):
    plan = made(ordered())
    draw = drawing.one(db, plan)

    assert drawing.holds(plan, draw)

    kept = json.loads(json.dumps(plan.result))
    plan.result["lots"][0]["candidates"] = [plan.result["lots"][0]["drawn"]]
    assert not drawing.holds(plan, draw)  # somebody was left out
    plan.result = kept
    draw.seed = "00" * 32
    assert not drawing.holds(plan, draw)


def another_expert(record):
    lot = next(lot for lot in record["lots"] if len(lot["candidates"]) > 1)
    [lot["drawn"]] = [one for one in lot["candidates"] if one != lot["drawn"]]


def another_seed(record):
    record["seed"] = "00" * 32
    record["commitment"] = hashlib.sha256(bytes(32)).hexdigest()


def another_turn(record):
    record["lots"][0]["label"] = record["lots"][0]["label"] + "0"


def another_order(record):
    next(lot for lot in record["lots"] if len(lot["candidates"]) > 1)["candidates"].reverse()


def no_seed(record):
    record["seed"] = None


@pytest.mark.parametrize(
    "change", [another_expert, another_seed, another_turn, another_order, no_seed]
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_record_that_was_changed_is_found_out(desk, ordered, made, draw_again, change):
    record = record_of(desk, made(ordered()))
    commitment = record["commitment"]

    change(record)

    assert draw_again(record, commitment).returncode == 1


def test_the_examples_of_the_document_are_true():
    seed, commitment = re.findall(r"`([0-9a-f]{64})`", DOCUMENT)
    assert hashlib.sha256(bytes.fromhex(seed)).hexdigest() == commitment
    rows = re.findall(r"^\| (\S+/\d+) \| \w{64} \| (.+) \|$", DOCUMENT, re.MULTILINE)
    assert len(rows) == 3
    for label, numbers in rows:
        found = [number(bytes.fromhex(seed), label, below) for below in (2, 3, 7, 10)]
        assert " | ".join(map(str, found)) == numbers


def test_a_job_that_is_carried_out_again_draws_by_the_same_seed(db, ordered, made):
    plan = ordered()
    plan.move(PlanStatus.RUNNING, by="system", at=utcnow())  # and then the machine fell over
    seed = seed_of(db, plan)

    lots = drawing.lots_of(made(plan))

    day = plan.first_day + timedelta(days=lots[0].day)
    drawn = number(bytes.fromhex(seed), f"{day}/1", len(lots[0].candidates))
    assert lots[0].drawn == lots[0].candidates[drawn]


# --- nothing is forgotten ---------------------------------------------------------------------


def test_who_orders_until_the_draw_pleases_is_seen(desk, ordered, made):
    disliked, stopped = made(ordered()), ordered()
    assert desk.delete(f"/api/v1/plans/{disliked.id}").status_code == 200
    assert desk.post(f"/api/v1/plans/{stopped.id}/cancellation").status_code == 200
    pleasing = made(ordered())
    assert desk.post(f"/api/v1/plans/{pleasing.id}/publication").status_code == 200

    others = record_of(desk, pleasing)["others"]

    assert [(one["plan_id"], one["status"]) for one in others] == [
        (disliked.id, "discarded"),
        (stopped.id, "discarded"),
    ]
    for one in (disliked, stopped):
        record = record_of(desk, one)
        assert hashlib.sha256(bytes.fromhex(record["seed"])).hexdigest() == record["commitment"]
    assert record_of(desk, disliked)["lots"]


def test_draws_of_another_district_or_other_days_are_not_among_them(
    town, db, desk, ordered, days, sign_in_as
):
    of_a_district = sign_in_as(Role.COORDINATOR, district=town.weiyang)
    for_all = ordered()
    last = date.fromisoformat(days["last_day"])
    later = {**days, "first_day": f"{last - timedelta(days=2)}"}  # one of three days is worked
    own = of_a_district.post("/api/v1/plans", {**later, "seconds": 1}).json["id"]

    assert [one["plan_id"] for one in record_of(desk, for_all)["others"]] == [own]
    assert record_of(of_a_district, db.get_one(Plan, own))["others"] == []


def test_adjusting_what_was_published_draws_nothing(db, desk, days, ordered, made, monkeypatch):
    thorough = repairing.think
    monkeypatch.setattr(repairing, "think", lambda question: thorough(question, seconds=0.05))
    plan = made(ordered())
    desk.post(f"/api/v1/plans/{plan.id}/publication")
    leave = {**days, "kind": "sick"}
    desk.post(f"/api/v1/experts/{plan.rounds[0].lead_id}/absences", leave)

    proposed = desk.post("/api/v1/repairs", days)

    assert proposed.json["changes"]
    assert drawing.find(db, db.get_one(Plan, proposed.json["id"])) is None
    assert drawing.lots_of(db.get_one(Plan, proposed.json["id"])) == ()


# --- whether it is drawn at all ---------------------------------------------------------------


def test_a_bureau_that_does_not_want_it_has_no_draw(town, desk, days, db, made):
    town.case()
    plan = db.get_one(Plan, desk.post("/api/v1/plans", {**days, "seconds": 1}).json["id"])

    assert desk.get(f"/api/v1/plans/{plan.id}").json["commitment"] is None
    assert desk.get(f"/api/v1/plans/{plan.id}/draw").status_code == 404
    assert drawing.lots_of(made(plan)) == ()


def test_turning_it_on_and_off_is_on_record(town, db):
    for draws in (True, True, False):
        drawing.choose(db, town.bureau, draws=draws, by="administrator", at=utcnow())
        db.commit()

    trail = db.scalars(select(Event.to).where(Event.subject == "bureau").order_by(Event.id)).all()
    assert trail == ["drawn", "as planned"]
    assert not town.bureau.draws_experts
