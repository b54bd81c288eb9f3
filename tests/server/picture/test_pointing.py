"""An expert points at a place: the applicant sees it at once, and its time is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from server.models.account import Role
from server.models.drawing import Pointing
from server.services import pointings


def point(call: Any, desk: Any, step: str = "begin", **said: Any) -> dict[str, Any]:
    place = {"x": 0.25, "y": 0.75, "shape": 0.5625}
    return call.say(desk, "point", **{"session": call.session.id, "step": step, **place, **said})


def kept(db) -> list[Pointing]:
    db.rollback()
    return list(db.scalars(select(Pointing).order_by(Pointing.id)))


def test_the_phone_and_the_other_expert_see_where_and_whoever_points_does_not_hear_it_back(call):
    assert point(call, call.desk) == {"code": "ok"}

    place = {"step": "begin", "x": 0.25, "y": 0.75, "shape": 0.5625}
    assert call.told(call.phone, "pointed") == [place]
    (told,) = call.told(call.second_desk, "pointed")
    assert told == {**place, "session": call.session.id, "by": told["by"]}
    assert call.told(call.desk, "pointed") == []


def test_any_expert_of_the_call_may_point(call, db):
    assert point(call, call.second_desk) == {"code": "ok"}

    assert len(call.told(call.phone, "pointed")) == 1
    assert [one.session_id for one in kept(db)] == [call.session.id]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.COORDINATOR])
def test_whoever_only_watches_may_not(call, db, sign_in_as, ear, role):
    assert point(call, ear(sign_in_as(role))) == {"code": "not_yours"}

    assert (call.told(call.phone, "pointed"), kept(db)) == ([], [])


def test_a_pointing_is_kept_with_its_time_and_where_it_went(call, db):
    point(call, call.desk)
    point(call, call.desk, "move", x=0.3)
    point(
        call, call.desk, "end", x=0.4, path=[[0, 0.25, 0.75], [0.001, 0.3, 0.75], [3600, 0.4, 0.75]]
    )

    (one,) = kept(db)
    (begun, _, ended) = json.loads(one.path)
    assert begun == [0, 0.25, 0.75]
    assert ended[1:] == [0.4, 0.75]
    assert ended[0] < 60  # nobody has pointed for longer than the call has lasted


def test_a_pointing_is_kept_also_where_somebody_else_writes_just_then(
    call, db, monkeypatch, others_write
):
    monkeypatch.setattr(pointings, "must_be_open", others_write)

    assert point(call, call.desk) == {"code": "ok"}
    assert (len(call.told(call.phone, "pointed")), len(kept(db))) == (1, 1)


def test_a_pointing_that_never_ended_is_kept_where_it_began(call, db):
    point(call, call.desk)

    (one,) = kept(db)
    assert json.loads(one.path) == [[0, 0.25, 0.75]]


def test_an_end_whose_beginning_was_lost_leaves_the_earlier_pointing_as_it_was(call, db):
    point(call, call.desk, x=0.1)
    point(call, call.desk, "end", x=0.2, path=[[0, 0.1, 0.75], [0.1, 0.2, 0.75]])
    point(call, call.desk, "end", x=0.8, path=[[0, 0.9, 0.75], [0.1, 0.8, 0.75]])
    point(call, call.desk, x=0.1)
    point(call, call.desk, "end", x=0.8, path=[[0, 0.9, 0.75], [0.1, 0.8, 0.75]])

    went, begun = ([x for _, x, _ in json.loads(one.path)] for one in kept(db))
    assert (went, begun) == ([0.1, 0.2], [0.1])


def test_an_end_after_the_call_changes_nothing(call, db):
    point(call, call.desk)
    call.officer.post(f"/api/v1/sessions/{call.session.id}/end")

    assert point(call, call.desk, "end", path=[[0, 0.5, 0.5]]) == {"code": "move_refused"}
    assert json.loads(kept(db)[0].path) == [[0, 0.25, 0.75]]


@pytest.mark.parametrize(
    "said",
    [
        {"x": 1.01},
        {"y": -0.01},
        {"x": None},
        {"x": float("nan")},
        {"shape": 0},
        {"step": "hover"},
        {"session": 2**40},
        {"path": [[0, 0.5, 0.5]] * (pointings.MOST_PLACES + 1)},
    ],
)
def test_a_place_outside_every_picture_is_shown_to_nobody(call, db, said):
    assert point(call, call.desk, **{"step": "begin", **said}) == {"code": "bad_payload"}

    assert (call.told(call.phone, "pointed"), kept(db)) == ([], [])


def test_nobody_points_faster_than_can_be_followed(call):
    point(call, call.desk)

    said = [point(call, call.desk, "move")["code"] for _ in range(24)]

    assert said == ["ok"] * 23 + ["too_many"]


def test_a_call_is_not_pointed_at_without_end(call, monkeypatch):
    monkeypatch.setattr(pointings, "MOST_POINTINGS", 1)

    assert [point(call, call.desk)["code"] for _ in range(2)] == ["ok", "drawing_full"]


def test_once_the_call_is_over_there_is_nothing_to_point_at(call, db):
    call.officer.post(f"/api/v1/sessions/{call.session.id}/end")

    assert point(call, call.desk) == {"code": "move_refused"}


def test_nobody_points_in_a_call_of_others(call, town, db):
    other, _ = town.call(town.visit(town.case(name="别家"), lead=town.stranger))
    db.commit()

    assert point(call, call.desk, session=other.id) == {"code": "not_found"}
    assert point(call, call.desk, session=2**31 - 1) == {"code": "not_found"}
