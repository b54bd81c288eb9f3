"""The officer asks for a photo; a phone that was away finds what it was asked for."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pytest

from server.clock import utcnow
from server.services.stills_asked import PATIENCE, StillsAsked

POINT, OTHER = "sinks", "pollution_distance"


@pytest.fixture
def ask(call):
    def ask(point=POINT):
        path = f"/api/v1/surveys/{call.survey.id}/stills"
        answer = call.officer.post(path, {"point": point, "source": "phone"})
        assert answer.status_code == 202, answer.json
        return answer.json["request"]

    return ask


def wanted(call):
    return call.applicant.get("/api/v1/applicant").json["still"]


def send(call, jpeg, request):
    photo = {
        "file": (io.BytesIO(jpeg), "photo.jpg"),
        "sha256": hashlib.sha256(jpeg).hexdigest(),
        "point": POINT,
        "request": request,
    }
    assert call.applicant.post("/api/v1/applicant/evidence", data=photo).status_code == 201


def test_a_phone_that_was_away_finds_what_it_was_asked_for(call, ask):
    assert wanted(call) is None
    request = ask()
    assert call.told(call.phone, "still.requested") == [{"request": request, "point": POINT}]
    assert wanted(call) == {"request": request, "point": POINT}


def test_once_the_photo_has_come_it_is_wanted_no_more(call, ask, jpeg):
    send(call, jpeg, ask())
    assert wanted(call) is None


def test_a_photo_taken_for_an_earlier_request_leaves_the_newer_one(call, ask, jpeg):
    earlier, newer = ask(), ask()
    send(call, jpeg, earlier)
    assert wanted(call)["request"] == newer


def test_the_officer_takes_it_back_and_the_phone_is_told(call, ask):
    request = ask()
    path = f"/api/v1/surveys/{call.survey.id}/stills/{request}"
    assert call.officer.delete(path).status_code == 204
    assert call.told(call.phone, "still.withdrawn") == [{"request": request}]
    assert wanted(call) is None
    assert call.officer.delete(path).status_code == 204
    assert call.told(call.phone, "still.withdrawn") == []


def test_another_point_is_shown_and_no_photo_of_the_first_is_wanted(call, ask):
    ask()
    path = f"/api/v1/surveys/{call.survey.id}/point"
    assert call.officer.post(path, {"point": POINT}).status_code == 204
    assert wanted(call) is not None
    assert call.officer.post(path, {"point": OTHER}).status_code == 204
    assert wanted(call) is None


def test_after_a_minute_nobody_waits_for_it():
    asked, at = StillsAsked(), utcnow()
    one = asked.ask(1, POINT, at=at)
    assert asked.of(1, at=at + PATIENCE - timedelta(seconds=1)) == one
    assert asked.of(1, at=at + PATIENCE) is None
    assert asked.of(2, at=at) is None
