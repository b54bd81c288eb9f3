"""An expert works the phone's camera from afar, and both sides are told of it."""

from __future__ import annotations

from typing import Any

import pytest

CAN = {"torch": False, "zoom": {"min": 1, "max": 5, "step": 0.1, "now": 1}, "cameras": 2}


def ask(call: Any, **wish: Any) -> Any:
    body = {"request": "the wish", **wish}
    return call.officer.post(f"/api/v1/surveys/{call.survey.id}/camera", body)


def test_the_desk_hears_what_the_phones_camera_can_and_finds_it_in_the_sheet(call):
    assert call.phone.emit("camera", CAN, callback=True) == {"code": "ok"}

    (told,) = call.told(call.desk, "camera.changed")
    assert told["camera"] == CAN
    sheet = call.officer.get(f"/api/v1/surveys/{call.survey.id}").json
    assert sheet["session"]["camera"] == CAN


@pytest.mark.parametrize(
    ("wish", "heard"),
    [
        ({"what": "torch", "on": True}, {"torch": True, "zoom": None, "switch": False}),
        ({"what": "zoom", "zoom": 2.5}, {"torch": None, "zoom": 2.5, "switch": False}),
        ({"what": "zoom", "zoom": 99}, {"torch": None, "zoom": 5, "switch": False}),
        ({"what": "zoom", "zoom": 0}, {"torch": None, "zoom": 1, "switch": False}),
        ({"what": "switch"}, {"torch": None, "zoom": None, "switch": True}),
    ],
    ids=["light", "nearer", "no nearer than it goes", "no farther", "the other camera"],
)
def test_a_wish_reaches_the_phone_and_its_answer_the_desk(call, wish, heard):
    call.phone.emit("camera", CAN)
    call.desk.get_received()

    assert ask(call, **wish).status_code == 204

    assert call.told(call.phone, "camera.asked") == [{"request": "the wish", **heard}]
    call.phone.emit("camera", {**CAN, "request": "the wish", "failed": True})
    (told,) = call.told(call.desk, "camera.changed")
    assert (told["request"], told["failed"]) == ("the wish", True)


@pytest.mark.parametrize("cause", ["torch", "zoom", "switch"])
@pytest.mark.parametrize("said", [None, {"cameras": 1}], ids=["not yet told", "can nothing"])
def test_what_the_camera_cannot_do_is_refused_and_not_asked_of_the_phone(call, cause, said):
    if said:
        call.phone.emit("camera", said)

    refused = ask(call, what=cause, on=True)

    assert (refused.status_code, refused.json["code"]) == (409, "camera_cannot")
    assert refused.json["values"]["cause"] == cause
    assert call.told(call.phone, "camera.asked") == []


@pytest.mark.parametrize(
    "said",
    [
        {"torch": "bright"},
        {"zoom": {"min": 1}},
        {"zoom": {"min": 1, "max": float("inf"), "step": 1, "now": 1}},
        {"cameras": -1},
        {"request": "x" * 37},
        {"cameras": 10**30},
    ],
)
def test_a_phone_that_says_nonsense_of_its_camera_is_not_believed(call, said):
    assert call.phone.emit("camera", said, callback=True) == {"code": "bad_payload"}

    assert call.told(call.desk, "camera.changed") == []


def test_a_camera_is_worked_no_faster_than_hands_are(call):
    call.phone.emit("camera", CAN)

    answers = [ask(call, what="zoom", zoom=2) for _ in range(9)]

    assert [one.status_code for one in answers] == [204] * 8 + [429]
    assert answers[-1].json["code"] == "too_many"


def test_what_a_camera_can_is_forgotten_with_the_call(call):
    call.phone.emit("camera", CAN)
    call.officer.post(f"/api/v1/sessions/{call.session.id}/end")

    assert ask(call, what="torch", on=True).status_code == 409
