"""What a coordinator hears of a survey that was left out: what would let it in, tried out."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from scheduler.change import ByVideo, MoreDesks
from server.clock import moment_of
from server.errors import MoveRefused, NotFound
from server.models.account import Role
from server.models.bureau import Mode, ModeRule
from server.models.expert import Absence, AbsenceKind, Expert
from server.models.survey import Survey
from server.services.planning import answering
from server.services.planning.letting_in import what_lets_in

MONDAY = date(2026, 11, 30)
SUNDAY_NOON = datetime(2026, 11, 29, 4, tzinfo=UTC)


@pytest.fixture
def waiting(town, db):
    """A survey by video that waits."""
    town.item.modes = ModeRule.VIDEO
    case = town.case()
    db.commit()
    return db.scalars(select(Survey).where(Survey.case_id == case.id)).one()


@pytest.fixture
def draft(computed):
    """A plan of Monday for what waits."""
    return lambda: computed(MONDAY, MONDAY, at=SUNDAY_NOON)


@pytest.fixture
def away(town, db):
    """李敏 and 王建国 are away on Monday, but for an hour that is too short for nobody."""

    def be(kind):
        for expert in (town.lead, town.second):
            db.add(
                Absence(
                    expert_id=expert.id,
                    kind=kind,
                    starts_at=moment_of(MONDAY, 560),
                    ends_at=moment_of(MONDAY, 1080),
                )
            )
        db.commit()

    return be


def told(desk, plan, survey):
    """The changes offered at the desk, by their codes."""
    answer = desk.get(f"/api/v1/plans/{plan.id}/unplanned/{survey.id}/changes")
    assert answer.status_code == 200, answer.text
    return {change["code"]: change for change in answer.json["items"]}


def test_an_officer_on_leave_may_be_asked_to_come_in(draft, waiting, away, town, sign_in_as):
    away(AbsenceKind.LEAVE)

    offered = told(sign_in_as(Role.COORDINATOR), draft(), waiting)

    leave = offered["leave"]
    assert [officer["name"] for officer in leave["officers"]] in (["李敏"], ["王建国"])
    assert leave["at"]["starts_at"].startswith("2026-11-30T01:")  # 09:xx in Beijing
    lent = offered["district"]
    assert [officer["name"] for officer in lent["officers"]] == ["赵磊"]
    assert lent["district"]["name"] == "未央区"


def test_nobody_is_asked_to_come_back_from_sick_leave(draft, waiting, away, sign_in_as):
    away(AbsenceKind.SICK)

    assert "leave" not in told(sign_in_as(Role.COORDINATOR), draft(), waiting)


def test_a_desk_more_would_do(draft, waiting, town, db):
    town.bureau.video_rooms = 0
    db.commit()

    [desk] = what_lets_in(db, draft(), waiting)

    assert isinstance(desk, MoreDesks)
    assert len(desk.officers) == 1


def test_a_visit_may_be_made_by_video_where_the_item_type_allows_it(draft, waiting, town, db):
    town.item.modes, town.item.preferred = ModeRule.EITHER, Mode.ON_SITE
    town.bureau.cars = 0
    db.commit()
    plan = draft()

    assert isinstance(what_lets_in(db, plan, waiting)[0], ByVideo)

    waiting.only_on_site = True  # the applicant asked for a visit
    assert not any(isinstance(one, ByVideo) for one in what_lets_in(db, plan, waiting))


def test_only_a_draft_is_asked_and_only_about_what_it_leaves_out(draft, waiting, town, db):
    plan = draft()
    with pytest.raises(NotFound):
        what_lets_in(db, plan, waiting)  # it is planned

    answering.discard(plan, by="zhou", at=SUNDAY_NOON)
    with pytest.raises(MoveRefused):
        what_lets_in(db, plan, waiting)


def test_a_survey_of_another_district_has_no_changes_to_be_seen(
    draft, waiting, town, db, sign_in_as
):
    town.bureau.video_rooms = 0
    db.commit()
    plan = draft()
    desk = sign_in_as(Role.COORDINATOR, district=town.yanta)

    answer = desk.get(f"/api/v1/plans/{plan.id}/unplanned/{waiting.id}/changes")

    assert answer.status_code == 404


def test_nothing_small_helps_where_nobody_is_qualified(draft, waiting, town, db, sign_in_as):
    other = type(town.item)(
        bureau_id=town.bureau.id, code="0909", name="锅炉", modes=ModeRule.VIDEO,
        preferred=Mode.VIDEO, minutes_video=30, minutes_on_site=45,
    )  # fmt: skip
    db.add(other)
    db.flush()
    for expert in db.scalars(select(Expert)):
        expert.item_types = [other]
    db.commit()

    assert told(sign_in_as(Role.COORDINATOR), draft(), waiting) == {}
