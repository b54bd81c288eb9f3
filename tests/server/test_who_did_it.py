"""Pages say who did something by the name people know, not by what is typed at the door."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.clock import utcnow
from server.models.account import Account, Role
from server.models.case import CaseStatus
from server.models.verdict import Finding
from server.services import checklists, verdicts


@pytest.fixture
def desk(town, caller):
    account = town.account(Role.COORDINATOR, sign_in_name="zhou01")
    return caller(account)


def test_the_history_of_a_case_names_people(town, desk, begun, db):
    survey = begun()
    town.account(Role.EXPERT, expert=town.lead, sign_in_name="limin")
    form = {"expert_id": town.second.id, "reason": "近亲属"}

    made = desk.post(f"/api/v1/cases/{survey.case_id}/recusals", form).json

    assert (made["by"], made["by_name"]) == ("zhou01", "周统筹")
    timeline = desk.get(f"/api/v1/cases/{survey.case_id}").json["timeline"]
    assert {(one["by"], one["by_name"]) for one in timeline} >= {
        ("zhou01", "周统筹"),
        ("limin", "李敏"),
    }


def test_a_verdict_names_who_gave_it(town, desk, begun, fill, sign, db):
    survey = begun()
    fill(survey)
    sign(survey)
    verdicts.give_verdict(
        db, survey, checklists.worked_of(db, survey), finding=Finding.PASS, reason="",
        rectify_by=None, by="limin", at=utcnow(),
    )  # fmt: skip
    db.commit()
    name = db.scalar(select(Account.name).where(Account.sign_in_name == "limin"))

    (shown,) = desk.get(f"/api/v1/cases/{survey.case_id}").json["surveys"]

    assert (shown["verdict"]["by"], shown["verdict"]["by_name"]) == ("limin", name)


def test_what_nobody_signs_in_with_stays_as_it_is(town, desk, db):
    case = town.case()
    case.move(CaseStatus.WITHDRAWN, by="applicant", at=utcnow())
    db.commit()

    last = desk.get(f"/api/v1/cases/{case.id}").json["timeline"][-1]

    assert (last["by"], last["by_name"]) == ("applicant", "applicant")
