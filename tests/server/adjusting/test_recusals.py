"""Recusals: recorded at a case, kept in its history, obeyed by whoever plans, signs and decides."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from server.clock import moment_of, utcnow
from server.errors import OfficerRecused, PlanOutdated
from server.models.account import Role
from server.models.bureau import Mode
from server.models.case import CaseStatus
from server.models.evidence import Evidence
from server.models.expert import Recusal
from server.models.round import Visit
from server.models.session import JoinLink, SessionStatus
from server.models.survey import SurveyStatus
from server.models.verdict import Finding, Signature, SignerRole, Verdict
from server.services import checklists, surveys, verdicts
from server.services.planning import answering

LEAD, SECOND = SignerRole.LEAD, SignerRole.SECOND
REASON = "申请人的姐姐"


@pytest.fixture
def record(desk):
    """`record(case, expert)`: the desk writes down that the expert must not judge its applicant."""

    def write(case, expert, reason=REASON, caller=None):
        form = {"expert_id": expert.id, "reason": reason}
        return (caller or desk).post(f"/api/v1/cases/{case.id}/recusals", form)

    return write


@pytest.fixture
def listed(desk):
    def look(case, caller=None):
        return (caller or desk).get(f"/api/v1/cases/{case.id}/recusals").json

    return look


# --- recorded, listed, withdrawn ------------------------------------------------------------


def test_a_recusal_says_who_why_by_whom_and_when(town, record, listed):
    case = town.case()
    assert [one["name"] for one in listed(case)["experts"]] == ["李敏", "王建国", "赵磊"]
    before = utcnow()

    made = record(case, town.lead, f"  {REASON} ")

    assert made.status_code == 201, made.text
    (one,) = listed(case)["items"]
    assert one == made.json
    assert (one["expert"]["name"], one["reason"], one["may_withdraw"]) == ("李敏", REASON, True)
    assert one["by"].startswith("coordinator")
    assert before.isoformat()[:16] <= one["at"][:16]
    assert [one["name"] for one in listed(case)["experts"]] == ["王建国", "赵磊"]


def test_it_counts_in_every_case_of_the_applicant_and_in_no_other(town, record, listed, db):
    case, same, other = town.case(), town.case(), town.case()
    same.applicant_id = case.applicant_id
    db.commit()

    record(case, town.lead)

    assert [len(listed(one)["items"]) for one in (case, same, other)] == [1, 1, 0]


def test_the_history_keeps_who_recorded_and_who_withdrew_it(town, desk, record, listed):
    case = town.case()
    made = record(case, town.lead).json
    address = f"/api/v1/cases/{case.id}/recusals/{made['id']}"

    assert desk.delete(address).status_code == 204

    assert listed(case)["items"] == []
    told = [
        (one["to"], one["by"] == made["by"], one["note"])
        for one in desk.get(f"/api/v1/cases/{case.id}").json["timeline"]
        if one["subject"] == "recusal"
    ]
    note = f"李敏 · {REASON}"
    assert told == [("recorded", True, note), ("withdrawn", True, note)]
    again = desk.delete(address)
    assert (again.status_code, again.json["code"]) == (409, "move_refused")
    assert record(case, town.lead).status_code == 201


def test_what_is_recorded_already_is_not_recorded_twice(town, desk, record, listed):
    case = town.case()
    record(case, town.lead)
    desk.language = "en"

    again = record(case, town.lead, "有投资")

    assert (again.status_code, again.json["code"]) == (409, "already_recused")
    assert again.json["title"] == "李敏 is recused from this applicant already"
    assert [one["reason"] for one in listed(case)["items"]] == [REASON]


@pytest.mark.parametrize("reason", ["", "  ", "亲" * 201])
def test_a_recusal_has_a_reason(town, record, db, reason):
    refused = record(town.case(), town.lead, reason)

    assert (refused.status_code, refused.json["code"]) == (400, "bad_payload")
    assert [one["field"] for one in refused.json["fields"]] == ["reason"]
    assert db.scalar(select(func.count()).select_from(Recusal)) == 0


def test_a_repeated_request_is_carried_out_once(town, desk, db):
    case = town.case()
    form = {"expert_id": town.lead.id, "reason": REASON}
    address = f"/api/v1/cases/{case.id}/recusals"

    answers = [desk.post(address, form, headers={"Idempotency-Key": "1"}) for _ in range(2)]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert db.scalar(select(func.count()).select_from(Recusal)) == 1


def test_a_district_speaks_of_its_own_officers_and_of_whoever_comes(
    town, sign_in_as, record, listed
):
    weiyang = sign_in_as(Role.COORDINATOR, district=town.weiyang)
    mine = town.case(name="未央小炒")
    assert record(mine, town.stranger, caller=weiyang).status_code == 404
    assert [one["name"] for one in listed(mine, weiyang)["experts"]] == ["李敏", "王建国"]

    record(mine, town.stranger)  # by the bureau: seen, and left to it

    (one,) = listed(mine, weiyang)["items"]
    assert (one["expert"]["name"], one["may_withdraw"]) == ("赵磊", False)
    assert weiyang.delete(f"/api/v1/cases/{mine.id}/recusals/{one['id']}").status_code == 404
    witnessed = town.visit(town.case(name="未央面馆"), second=town.stranger).survey.case
    assert record(witnessed, town.stranger, caller=weiyang).status_code == 201
    theirs = town.case(name="雁塔书屋", district=town.yanta)
    assert record(theirs, town.stranger, caller=weiyang).status_code == 404


def test_a_recusal_is_withdrawn_at_a_case_of_its_applicant_alone(town, desk, record):
    case, other = town.case(), town.case()
    made = record(case, town.lead).json["id"]

    assert desk.delete(f"/api/v1/cases/{other.id}/recusals/{made}").status_code == 404


# --- what was promised ----------------------------------------------------------------------


def test_the_board_names_the_appointment_that_cannot_be_kept(town, promised, record, board):
    concerned, other = promised(), promised(hour=14)

    record(concerned.survey.case, town.lead)

    marks = {
        visit["id"]: (round_["broken"], visit["broken"], visit["recused"])
        for round_ in board()["rounds"]
        for visit in round_["visits"]
    }
    assert marks == {concerned.id: (True, True, ["李敏"]), other.id: (False, False, [])}


def test_of_a_trip_only_the_stop_of_that_applicant_is_broken(town, promised, record, board, db):
    first = promised(mode=Mode.ON_SITE, second=town.second)
    other = promised(hour=11, lead=town.stranger)
    other.round_id = first.round_id
    db.commit()

    record(other.survey.case, town.second)

    (trip,) = [one for one in board()["rounds"] if one["id"] == first.round_id]
    assert trip["broken"]
    assert {one["id"]: one["recused"] for one in trip["visits"] if one["broken"]} == {
        other.id: ["王建国"]
    }


def test_an_adopted_repair_gives_the_appointment_to_somebody_else(
    town, desk, promised, record, board, day
):
    concerned = promised()
    case = concerned.survey.case
    record(case, town.lead)
    days = {"first_day": day.isoformat(), "last_day": day.isoformat()}

    repair = desk.post("/api/v1/repairs", days).json

    (change,) = repair["changes"]
    assert (change["kind"], change["after"]["lead"]["name"]) == ("other_crew", "王建国")
    done = desk.post(f"/api/v1/repairs/{repair['id']}/acceptance")
    assert done.status_code == 201, done.text
    (round_,) = board()["rounds"]
    assert (round_["lead"]["name"], round_["broken"]) == ("王建国", False)
    (survey,) = desk.get(f"/api/v1/cases/{case.id}").json["surveys"]
    assert (survey["visit"]["lead"], survey["visit"]["recused"]) == ("王建国", [])


def test_withdrawn_before_it_was_adjusted_everything_is_as_it_was(
    town, desk, promised, record, board
):
    case = promised().survey.case
    made = record(case, town.lead).json["id"]
    (survey,) = desk.get(f"/api/v1/cases/{case.id}").json["surveys"]
    assert survey["visit"]["recused"] == ["李敏"]

    desk.delete(f"/api/v1/cases/{case.id}/recusals/{made}")

    assert not any(one["broken"] for one in board()["rounds"])


def test_a_proposal_from_before_the_recusal_is_refused(town, desk, promised, record, day):
    visit = promised()
    wish = {"survey_id": visit.survey_id, "starts_at": moment_of(day, 14 * 60).isoformat()}
    days = {"first_day": day.isoformat(), "last_day": day.isoformat()}
    repair = desk.post("/api/v1/repairs", {**days, "wish": wish}).json["id"]

    record(visit.survey.case, town.lead)

    answer = desk.post(f"/api/v1/repairs/{repair}/acceptance")
    assert (answer.status_code, answer.json["code"]) == (409, "plan_outdated")


def test_a_draft_does_not_promise_whom_the_recusal_forbids(town, record, computed, day, db):
    case, other = town.case(), town.case()
    plan = computed(day, day, at=utcnow())
    (concerned,) = [one for one in plan.rounds if one.visits[0].survey.case_id == case.id]
    record(case, concerned.lead)
    db.expire_all()

    with pytest.raises(PlanOutdated) as refused:
        answering.publish(db, plan, by="zhou", at=utcnow(), link_hours_after=2)

    assert refused.value.values == {"cause": "recused"}
    db.rollback()
    answering.publish(db, plan, by="zhou", at=utcnow(), link_hours_after=2, rest=True)
    db.commit()
    assert [one.visits[0].survey.case_id for one in plan.rounds if one.visits[0].promised] == [
        other.id
    ]


# --- beginning, signing, deciding -----------------------------------------------------------


@pytest.fixture
def decide(db):
    def give(survey):
        worked = checklists.worked_of(db, survey)
        return verdicts.give_verdict(
            db, survey, worked, finding=Finding.PASS, reason="", rectify_by=None, by="limin",
            at=utcnow(),
        )  # fmt: skip

    return give


@pytest.mark.parametrize("who", ["lead", "second"])
def test_a_survey_does_not_begin_with_somebody_who_is_recused(town, promised, record, db, who):
    visit = promised(mode=Mode.ON_SITE, second=town.second)
    record(visit.survey.case, getattr(town, who))
    db.expire_all()

    with pytest.raises(OfficerRecused) as refused:
        surveys.begin(db, visit.survey, by="limin", at=utcnow())

    assert refused.value.values == {"name": getattr(town, who).name}
    assert visit.survey.status is SurveyStatus.SCHEDULED


def test_the_page_of_the_expert_is_told_why_in_words(town, promised, record, sign_in_as):
    visit = promised()
    record(visit.survey.case, town.lead)
    officer = sign_in_as(Role.EXPERT, expert=town.lead)

    answer = officer.post(f"/api/v1/surveys/{visit.survey_id}/start")

    assert (answer.status_code, answer.json["code"]) == (409, "officer_recused")
    assert "李敏要回避这个申请人" in answer.json["title"]


def test_under_way_the_recused_sign_no_more_and_the_lead_decides_nothing(
    town, begun, fill, sign, decide, record, db
):
    survey = begun()
    fill(survey)
    record(survey.case, town.lead)
    db.expire_all()

    with pytest.raises(OfficerRecused):
        sign(survey, LEAD)
    with pytest.raises(OfficerRecused):
        decide(survey)

    assert db.scalar(select(func.count()).select_from(Signature)) == 0


def test_what_was_signed_before_does_not_stand_for_somebody_who_is_recused_since(
    town, begun, fill, sign, decide, record, db
):
    survey = begun(Mode.ON_SITE, second=town.second)
    fill(survey)
    sign(survey, LEAD, SECOND)
    record(survey.case, town.second)
    db.expire_all()

    with pytest.raises(OfficerRecused) as refused:
        decide(survey)

    assert refused.value.values == {"name": "王建国"}
    assert db.scalar(select(func.count()).select_from(Verdict)) == 0


def test_a_witness_who_is_recused_leaves_it_to_the_lead(
    town, begun, fill, sign, decide, record, db
):
    """By video the bureau asks for one officer: the other's view is not needed."""
    survey = begun(second=town.second)
    fill(survey)
    record(survey.case, town.second)
    db.expire_all()

    with pytest.raises(OfficerRecused):
        sign(survey, SECOND)
    sign(survey, LEAD)

    assert decide(survey).finding is Finding.PASS


def test_the_expert_is_told_before_pressing_anything(town, promised, record, sign_in_as, day):
    visit = promised(mode=Mode.ON_SITE, second=town.second)
    officer = sign_in_as(Role.EXPERT, expert=town.lead)

    def shown():
        sheet = officer.get(f"/api/v1/surveys/{visit.survey_id}").json
        return sheet["recused"], sheet["may"]["start"]

    assert shown() == ([], True)

    record(visit.survey.case, town.second)

    told = [{"role": "second", "name": "王建国"}]
    (listed,) = officer.get(f"/api/v1/expert/day?day={day}").json["visits"]
    assert listed["recused"] == told
    assert shown() == (told, False)


def test_under_way_the_sheet_says_whose_signature_will_never_come(
    town, begun, fill, record, sign_in_as
):
    survey = begun(Mode.ON_SITE, second=town.second)
    fill(survey)
    record(survey.case, town.second)

    shown = sign_in_as(Role.EXPERT, expert=town.lead).get(f"/api/v1/surveys/{survey.id}").json

    assert shown["recused"] == [{"role": "second", "name": "王建国"}]
    assert [(one["role"], one["why"]) for one in shown["unsigned"]] == [
        ("lead", "unsigned"),
        ("second", "recused"),
    ]


def test_what_was_decided_before_names_nobody(
    town, begun, fill, sign, decide, record, officers, caller
):
    survey = begun()
    fill(survey)
    sign(survey, LEAD)
    decide(survey)
    record(survey.case, town.lead)

    shown = caller(officers[LEAD]).get(f"/api/v1/surveys/{survey.id}").json

    assert (shown["recused"], shown["status"]) == ([], "concluded")


# --- sent back for another crew -------------------------------------------------------------


@pytest.fixture
def send_back(desk):
    def send(survey, caller=None):
        return (caller or desk).post(f"/api/v1/surveys/{survey.id}/another-crew")

    return send


def test_sent_back_it_waits_for_others_with_all_that_was_done(
    town, desk, begun, fill, record, send_back, db
):
    survey = begun()
    session, _ = town.call(db.scalars(select(Visit)).one())
    fill(survey)
    record(survey.case, town.lead)
    before = checklists.worked_of(db, survey).run
    photos = db.scalar(select(func.count()).select_from(Evidence))

    assert send_back(survey).status_code == 204

    db.expire_all()
    assert (survey.status, survey.case.status) == (SurveyStatus.OPEN, CaseStatus.RECEIVED)
    after = checklists.worked_of(db, survey).run
    assert {point: given.answer.value for point, given in after.given.items()} == {
        point: given.answer.value for point, given in before.given.items()
    }
    assert db.scalar(select(func.count()).select_from(Evidence)) == photos > 0
    assert session.status is SessionStatus.MISSED
    assert all(link.revoked_at for link in db.scalars(select(JoinLink)))
    again = town.visit(survey.case, lead=town.second)
    surveys.begin(db, again.survey, by="jianguo", at=utcnow())
    assert checklists.worked_of(db, survey).run.remaining() == []


def test_the_history_says_who_sent_it_back_and_for_whom(town, desk, begun, record, send_back):
    survey = begun(Mode.ON_SITE, second=town.second)
    by = record(survey.case, town.lead).json["by"]
    record(survey.case, town.second, "有投资")

    send_back(survey)

    told = desk.get(f"/api/v1/cases/{survey.case_id}").json["timeline"][-2:]
    note = f"李敏 · {REASON}; 王建国 · 有投资"
    assert [(one["subject"], one["to"], one["by"], one["note"]) for one in told] == [
        ("survey", "open", by, note),
        ("case", "received", by, note),
    ]


def test_nothing_is_sent_back_for_a_recusal_that_was_withdrawn_meanwhile(
    desk, begun, town, record, send_back, db
):
    survey = begun()
    made = record(survey.case, town.lead).json["id"]
    desk.delete(f"/api/v1/cases/{survey.case_id}/recusals/{made}")

    answer = send_back(survey)

    assert (answer.status_code, answer.json["code"]) == (409, "changed_meanwhile")
    db.expire_all()
    assert survey.status is SurveyStatus.UNDER_WAY


def test_for_a_witness_alone_nothing_is_sent_back_while_the_lead_may_decide(
    town, desk, begun, record, send_back, db
):
    survey = begun(second=town.second)
    record(survey.case, town.second)

    def shown():
        (one,) = desk.get(f"/api/v1/cases/{survey.case_id}").json["surveys"]
        return one["visit"]["recused"], one["visit"]["needs_another_crew"]

    assert shown() == (["王建国"], False)
    answer = send_back(survey)
    assert (answer.status_code, answer.json["code"]) == (409, "changed_meanwhile")

    town.bureau.video_officers = 2  # now the law of this bureau asks for both
    db.commit()

    assert shown() == (["王建国"], True)
    assert send_back(survey).status_code == 204


@pytest.mark.parametrize("who", ["lead", "second"])
def test_on_site_either_of_the_two_is_needed(town, desk, begun, record, who):
    survey = begun(Mode.ON_SITE, second=town.second)
    record(survey.case, getattr(town, who))

    (one,) = desk.get(f"/api/v1/cases/{survey.case_id}").json["surveys"]
    assert one["visit"]["needs_another_crew"]


def test_what_has_not_begun_is_adjusted_and_not_sent_back(town, promised, record, send_back, db):
    visit = promised()
    record(visit.survey.case, town.lead)

    answer = send_back(visit.survey)

    assert (answer.status_code, answer.json["code"]) == (409, "move_refused")
    db.expire_all()
    assert visit.promised


def test_whoever_was_in_it_is_in_it_no_more(town, begun, record, send_back, sign_in_as, caller, db):
    survey = begun()
    officer = sign_in_as(Role.EXPERT, expert=town.lead)
    phone = caller(token=town.call(db.scalars(select(Visit)).one())[1])
    record(survey.case, town.lead)

    send_back(survey)

    assert officer.get(f"/api/v1/surveys/{survey.id}").status_code == 404
    assert phone.get("/api/v1/applicant").status_code == 410
    assert phone.get("/api/v1/applicant/evidence").json["code"] == "not_signed_in"


@pytest.fixture
def put_off(town, begun, record, send_back, caller, db):
    """A call that was sent back, the phone that was in it, and the token of its link."""
    survey = begun()
    token = town.call(db.scalars(select(Visit)).one())[1]
    phone = caller(token=token)
    record(survey.case, town.lead)
    send_back(survey)
    return survey, phone, token


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_applicant_reads_that_it_is_put_off_and_whom_to_call(town, put_off, caller, language):
    _, phone, token = put_off
    again = caller()
    phone.language = again.language = language

    answers = [phone.get("/api/v1/applicant"), again.post("/api/v1/join", {"token": token})]

    for answer in answers:
        assert (answer.status_code, answer.json["code"]) == (410, "survey_put_off")
        heading, *lines = answer.json["title"].split("\n")
        assert heading == {"zh": "看现场的时间往后推了", "en": "Your visit is put off"}[language]
        assert town.bureau.phone in lines[-1]
        assert answer.json["values"] == {
            "bureau": town.bureau.name,
            "bureau_en": town.bureau.name_en or town.bureau.name,
            "phone": town.bureau.phone,
        }
        assert "Set-Cookie" not in answer.headers


def test_once_there_is_a_new_time_the_old_link_says_where_it_stands(town, put_off, db):
    survey, phone, _ = put_off
    town.visit(survey.case, lead=town.second)
    db.expire_all()

    told = phone.get("/api/v1/applicant").json

    assert (told["code"], told["values"]["cause"]) == ("survey_put_off", "moved")
    assert "最新一条短信" in told["title"]


def test_of_a_case_that_is_withdrawn_the_old_link_says_nothing(put_off, db):
    survey, phone, _ = put_off
    survey.move(SurveyStatus.VOID, by="zhou", at=utcnow())
    db.commit()

    assert phone.get("/api/v1/applicant").json["code"] == "not_signed_in"
