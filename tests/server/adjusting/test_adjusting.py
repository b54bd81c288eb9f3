"""The coordinator's desk on a bad morning: leave, a proposal, an answer, and who is told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.clock import local_day, moment_of, utcnow
from server.models.account import Role
from server.models.bureau import Mode
from server.models.expert import Absence
from server.models.notice import Notice, NoticeStatus
from server.models.round import Plan
from server.services.notifying import SEGMENT


@pytest.fixture
def ill(desk, day):
    def record(expert, caller=None):
        form = {"kind": "sick", "first_day": day.isoformat(), "last_day": day.isoformat()}
        answer = (caller or desk).post(f"/api/v1/experts/{expert.id}/absences", form)
        assert answer.status_code == 201, answer.text
        return answer.json["id"]

    return record


@pytest.fixture
def propose(desk, day):
    def ask(caller=None, **wish):
        form = {"first_day": day.isoformat(), "last_day": day.isoformat()}
        return (caller or desk).post("/api/v1/repairs", form | ({"wish": wish} if wish else {}))

    return ask


def notices(db, case):
    return list(db.scalars(select(Notice).where(Notice.case_id == case.id).order_by(Notice.id)))


def test_the_board_says_which_round_cannot_be_kept_and_what_is_urgent(
    town, promised, ill, board, db
):
    broken, kept = promised(), promised(lead=town.second)
    town.case().survey_by = local_day(utcnow())
    db.commit()
    assert board()["urgent"] == 1
    assert not any(round_["broken"] for round_ in board()["rounds"])

    absence = ill(town.lead)

    marks = {round_["id"]: round_["broken"] for round_ in board()["rounds"]}
    assert marks == {broken.round_id: True, kept.round_id: False}
    away = {one["id"]: one["absences"] for one in board()["experts"]}
    assert [one["id"] for one in away[town.lead.id]] == [absence]


def test_leave_taken_back_makes_the_round_whole_again(town, desk, promised, ill, board, db):
    promised()
    absence = ill(town.lead)

    assert desk.delete(f"/api/v1/absences/{absence}").status_code == 204

    assert db.scalars(select(Absence)).all() == []
    assert not any(round_["broken"] for round_ in board()["rounds"])


def test_a_proposal_lists_what_would_change_from_what_to_what(town, promised, ill, propose):
    visit = promised()
    promised(hour=15, lead=town.second)
    ill(town.lead)

    answer = propose()

    assert answer.status_code == 201, answer.text
    (change,) = answer.json["changes"]
    assert (change["kind"], change["premises"]) == ("other_crew", visit.survey.case.premises.name)
    assert (change["before"]["lead"]["name"], change["after"]["lead"]["name"]) == ("李敏", "王建国")
    assert change["before"]["starts_at"] == change["after"]["starts_at"]
    assert (answer.json["kept"], answer.json["told"]) == (1, 0)


def test_what_finds_no_place_says_why_in_the_readers_language(town, desk, promised, ill, propose):
    promised()
    ill(town.lead)
    ill(town.second)
    desk.language = "en"

    (change,) = propose().json["changes"]

    assert (change["kind"], change["after"]) == ("lost", None)
    assert [one["text"] for one in change["reasons"]] == ["1 not allowed in this district"]


def test_accepting_books_who_comes_instead_and_bothers_nobody(
    town, desk, promised, ill, propose, board, db
):
    visit = promised()
    ill(town.lead)
    repair = propose().json["id"]

    answer = desk.post(f"/api/v1/repairs/{repair}/acceptance")

    assert answer.status_code == 201, answer.text
    assert answer.json == {"moved": 0, "other_crew": 1, "lost": 0, "added": 0, "told": 0}
    (round_,) = board()["rounds"]
    assert (round_["lead"]["name"], round_["broken"]) == ("王建国", False)
    assert notices(db, visit.survey.case) == []
    assert desk.get("/api/v1/plans").json["items"][0]["id"] != repair


@pytest.mark.parametrize("mode", list(Mode))
def test_who_is_moved_is_told_the_new_time(town, desk, promised, propose, db, day, mode):
    second = town.second if mode is Mode.ON_SITE else None
    visit = promised(mode=mode, second=second, minutes=45)
    visit.round.car = 1
    visit.survey.case.premises.name = "名字很长的连锁餐饮管理有限责任公司凤城五路" * 2
    db.commit()
    wish = {"survey_id": visit.survey_id, "starts_at": moment_of(day, 14 * 60).isoformat()}
    answer = propose(**wish)
    assert answer.status_code == 201, answer.text
    assert [one["kind"] for one in answer.json["changes"]] == ["moved"]

    assert desk.post(f"/api/v1/repairs/{answer.json['id']}/acceptance").json["told"] == 1

    (notice,) = notices(db, visit.survey.case)
    words, _, link = notice.body.partition("http")
    assert (notice.kind, notice.status) == ("moved", NoticeStatus.WAITING)
    assert f"改到{day.month}月{day.day}日" in words
    assert "14:00" in words
    assert len(words) <= SEGMENT
    assert town.bureau.phone in words
    assert bool(link) is (mode is Mode.VIDEO)


def test_who_is_lost_is_told_so_and_waits(town, desk, promised, ill, propose, db):
    visit = promised()
    ill(town.lead)
    ill(town.second)

    desk.post(f"/api/v1/repairs/{propose().json['id']}/acceptance")

    (notice,) = notices(db, visit.survey.case)
    assert notice.kind == "postponed"
    assert "另约时间" in notice.body
    assert len(notice.body) <= SEGMENT
    assert visit.survey.case.status == "received"


def test_an_urgent_case_is_invited(town, desk, promised, propose, db):
    promised()
    case = town.case()
    case.survey_by = local_day(utcnow())
    db.commit()

    desk.post(f"/api/v1/repairs/{propose().json['id']}/acceptance")

    assert [one.kind for one in notices(db, case)] == ["invitation"]


def test_a_proposal_from_before_a_change_is_refused_in_words(town, desk, promised, ill, propose):
    promised()
    ill(town.lead)
    repair = propose().json["id"]
    ill(town.second)

    answer = desk.post(f"/api/v1/repairs/{repair}/acceptance")

    assert (answer.status_code, answer.json["code"]) == (409, "plan_outdated")
    assert answer.json["values"] == {"cause": "promises_changed"}
    assert "请重新生成" in answer.json["title"]


def test_a_discarded_proposal_leaves_everything_as_it_was(town, desk, promised, ill, propose, db):
    visit = promised()
    ill(town.lead)
    repair = propose().json["id"]

    assert desk.delete(f"/api/v1/repairs/{repair}").json["status"] == "discarded"

    assert visit.round.lead_id == town.lead.id
    assert desk.post(f"/api/v1/repairs/{repair}/acceptance").status_code == 409


def test_a_wish_against_a_rule_is_refused_with_the_rule_in_words(
    town, desk, promised, propose, day
):
    visit = promised()

    answer = propose(survey_id=visit.survey_id, starts_at=moment_of(day, 20 * 60).isoformat())

    assert (answer.status_code, answer.json["code"]) == (409, "cannot_be_there")
    assert answer.json["title"] == "这个人当时请假或不上班"


def test_a_repair_is_not_published_as_a_plan_and_a_plan_not_accepted_as_a_repair(
    town, desk, promised, ill, propose
):
    visit = promised()
    ill(town.lead)
    repair = propose().json["id"]

    assert desk.post(f"/api/v1/plans/{repair}/publication").status_code == 404
    assert desk.get(f"/api/v1/repairs/{visit.round.plan_id}").status_code == 404


# --- in one district ------------------------------------------------------------------------


@pytest.fixture
def weiyang(town, sign_in_as):
    return sign_in_as(Role.COORDINATOR, district=town.weiyang)


def test_a_district_adjusts_its_own_and_knows_only_when_others_are_taken(
    town, weiyang, promised, ill, propose, db
):
    """王建国 is in 雁塔 at ten: who stands in for 李敏 there must be found without telling why."""
    town.second.districts.append(town.yanta)
    there = promised(
        town.case(name="雁塔书屋", district=town.yanta), mode=Mode.ON_SITE, lead=town.second,
        second=town.stranger,
    )  # fmt: skip
    here = promised(town.case(name="未央小炒"))
    ill(town.lead, weiyang)

    answer = propose(weiyang)

    assert answer.status_code == 201, answer.text
    assert "雁塔书屋" not in answer.text
    (change,) = answer.json["changes"]
    assert (change["survey_id"], change["kind"]) == (here.survey_id, "moved")
    assert str(there.survey_id) not in {t["key"] for t in db.scalars(
        select(Plan).where(Plan.id == answer.json["id"])).one().problem["tasks"]}  # fmt: skip


def test_a_round_through_several_districts_is_adjusted_by_the_bureau_alone(
    town, weiyang, desk, promised, ill, propose, day, db
):
    through = promised(town.case(name="未央小炒"), mode=Mode.ON_SITE, second=town.second).round
    through.car = 1
    other = promised(town.case(name="雁塔书屋", district=town.yanta), lead=town.stranger, hour=11)
    other.round_id = through.id
    db.commit()
    ill(town.lead)

    refused = propose(weiyang)
    assert (refused.status_code, refused.json["code"]) == (409, "nothing_to_plan")
    assert propose(desk).status_code == 201


def test_a_repair_of_another_district_is_not_there(
    town, weiyang, sign_in_as, promised, ill, propose
):
    promised(town.case(name="未央小炒"))
    ill(town.lead)
    repair = propose(weiyang).json["id"]
    yanta = sign_in_as(Role.COORDINATOR, district=town.yanta)

    assert yanta.get(f"/api/v1/repairs/{repair}").status_code == 404
    assert yanta.post(f"/api/v1/repairs/{repair}/acceptance").status_code == 404
    assert weiyang.post(f"/api/v1/repairs/{repair}/acceptance").status_code == 201


def test_a_supervisor_looks_and_changes_nothing(town, sign_in_as, promised, ill, propose):
    promised()
    ill(town.lead)
    repair = propose().json["id"]
    supervisor = sign_in_as(Role.SUPERVISOR)

    assert supervisor.get(f"/api/v1/repairs/{repair}").status_code == 200
    assert supervisor.post(f"/api/v1/repairs/{repair}/acceptance").status_code == 403
    assert propose(supervisor).status_code == 403
