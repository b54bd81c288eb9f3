"""Photos a phone took while no network carried the call, and sent when there was one."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select

from server.clock import utcnow
from server.models.account import Role
from server.models.evidence import Evidence, EvidenceSource
from server.models.session import Consent, SessionStatus
from server.models.survey import SurveyStatus
from server.services import checklists, evidence, later, presence, sessions, surveys
from server.services.presence import Hindered, Hindrance, Presence

POINT = "sinks"
TAKEN_AT = datetime(2026, 11, 24, 3, 58, tzinfo=UTC)


@pytest.fixture
def visit(town):
    return town.visit()


@pytest.fixture
def call(town, visit):
    return town.call(visit)


@pytest.fixture
def phone(call, caller):
    made = caller(token=call[1])
    assert made.post("/api/v1/applicant/consent", {"choice": "agreed"}).status_code == 200
    return made


@pytest.fixture
def begin(visit, db, scripts):
    def begin():
        surveys.begin(db, visit.survey, by="limin", at=utcnow())
        checklists.pin(db, visit.survey, scripts)
        db.commit()

    return begin


@pytest.fixture
def send(phone, jpeg):
    def send(data=jpeg, *, by=phone, point=POINT, **form):
        photo = {
            "file": (io.BytesIO(data), "photo.jpg"),
            "sha256": hashlib.sha256(data).hexdigest(),
            "point": point,
            "taken_at": TAKEN_AT.isoformat(),
            "live": "false",
            **form,
        }
        return by.post("/api/v1/applicant/evidence", data=photo)

    return send


@pytest.fixture
def time_passes(visit, db):
    """Until so long after the appointment's end."""

    def pass_by(after):
        length = visit.ends_at - visit.starts_at
        visit.ends_at = utcnow() - after
        visit.starts_at = visit.ends_at - length
        link = sessions.JoinLink
        for one in db.scalars(select(link)):
            one.expires_at = visit.ends_at + timedelta(hours=2)
        db.commit()

    return pass_by


def count(db):
    return db.scalar(select(func.count()).select_from(Evidence))


def test_a_late_photo_is_kept_at_its_point_with_both_times_and_says_nobody_watched(
    begin, send, visit, sign_in_as
):
    begin()
    answer = send()

    assert (answer.status_code, answer.json["number"]) == (201, 1)
    sheet = sign_in_as(Role.EXPERT).get(f"/api/v1/surveys/{visit.survey_id}").json
    (piece,) = sheet["evidence"]
    assert (piece["source"], piece["point"]) == ("later", POINT)
    assert datetime.fromisoformat(piece["taken_at"]) == TAKEN_AT
    assert datetime.fromisoformat(piece["received_at"]) > TAKEN_AT


def test_a_photo_that_was_seen_live_is_not_said_to_be_late(begin, send, db):
    begin()
    send(live="true")

    assert db.scalars(select(Evidence.source)).one() is EvidenceSource.PHONE


def test_the_phone_is_told_what_to_show_before_anybody_has_begun(phone, visit):
    told = phone.get("/api/v1/applicant/evidence").json

    assert told["steps"], "points that ask for photos"
    assert all(step["photos"] > 0 for step in told["steps"])
    sinks = next(step for step in told["steps"] if step["name"] == POINT)
    assert (sinks["photos"], sinks["photos_done"]) == (3, 0)
    assert (told["kept"], told["refused"]) == ([], "")
    assert datetime.fromisoformat(told["until"]) == visit.ends_at + later.LATEST


def test_what_arrived_is_listed_by_its_digest_also_after_the_officer_put_it_away(
    begin, send, phone, jpeg, visit, sign_in_as
):
    begin()
    send()
    sign_in_as(Role.EXPERT).delete(f"/api/v1/surveys/{visit.survey_id}/evidence/1")

    told = phone.get("/api/v1/applicant/evidence").json

    assert told["kept"] == [{"point": POINT, "sha256": hashlib.sha256(jpeg).hexdigest()}]
    assert next(step for step in told["steps"] if step["name"] == POINT)["photos_done"] == 0


def test_a_photo_sent_twice_is_one_and_stays_where_the_officer_put_it(
    begin, send, db, visit, sign_in_as
):
    begin()
    send()
    assert send().json["number"] == 1
    sign_in_as(Role.EXPERT).delete(f"/api/v1/surveys/{visit.survey_id}/evidence/1")

    assert send().status_code == 201
    assert count(db) == 1
    assert evidence.of_survey(db, visit.survey) == []


def test_photos_may_come_before_the_officer_has_begun(send, visit, begin, db):
    assert send().status_code == 201
    assert visit.survey.status is SurveyStatus.SCHEDULED

    begin()
    assert evidence.photos_by_point(evidence.of_survey(db, visit.survey)) == {POINT: 1}


def test_nothing_is_taken_of_somebody_who_has_not_agreed(send, phone, db):
    db.execute(delete(Consent))
    db.commit()

    answer = send()

    assert (answer.status_code, answer.json["code"]) == (409, "consent_missing")
    assert (count(db), phone.get("/api/v1/applicant/evidence").json["refused"]) == (0, "")


def test_a_survey_takes_no_photos_without_end(send, jpeg, phone, db, monkeypatch):
    monkeypatch.setattr(later, "MOST", 1)
    send()

    answer = send(jpeg + b"\0")

    assert (answer.status_code, answer.json["values"]["cause"]) == (409, "many")
    assert phone.get("/api/v1/applicant/evidence").json["refused"] == answer.json["title"]
    assert count(db) == 1


def test_a_point_that_the_checklist_has_not_is_refused(send, db):
    answer = send(point="nothing_of_the_kind")

    assert (answer.status_code, answer.json["code"]) == (400, "answer_not_valid")
    assert count(db) == 0


def test_a_call_that_has_ended_still_takes_what_the_phone_kept(begin, send, call, db):
    begin()
    session, _ = call
    sessions.went_live(session, by="limin", at=utcnow())
    sessions.end(db, session, by="limin", at=utcnow())
    db.commit()

    assert session.status is SessionStatus.ENDED
    assert send().status_code == 201


def test_an_expired_link_brings_photos_and_opens_nothing_else(begin, send, phone, time_passes):
    begin()
    time_passes(timedelta(hours=3))

    assert send().status_code == 201
    assert phone.get("/api/v1/applicant/evidence").status_code == 200
    assert phone.get("/api/v1/applicant").status_code == 401
    refused = phone.post("/api/v1/applicant/consent", {"choice": "agreed"})
    assert (refused.status_code, refused.json["code"]) == (401, "not_signed_in")


def test_a_day_after_the_appointment_nothing_is_taken_any_more(begin, send, time_passes, db):
    begin()
    time_passes(later.LATEST)

    answer = send()
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert count(db) == 0


def test_once_the_verdict_is_given_the_phone_is_told_so_and_whom_to_call(
    begin, send, phone, visit, db
):
    begin()
    visit.survey.move(SurveyStatus.CONCLUDED, by="limin", at=utcnow())
    db.commit()

    answer = send()
    assert (answer.status_code, answer.json["code"]) == (409, "no_longer_taken")
    assert answer.json["values"]["cause"] == "verdict"
    assert "打电话" in answer.json["title"]
    assert phone.get("/api/v1/applicant/evidence").json["refused"] == answer.json["title"]
    assert count(db) == 0


def test_photos_of_an_appointment_that_was_moved_are_not_mixed_with_the_next(
    begin, send, visit, db
):
    begin()
    sessions.back_to_planning(db, visit, by="limin", at=utcnow(), note="moved")
    db.commit()

    answer = send()
    assert (answer.status_code, answer.json["values"]["cause"]) == (409, "moved")
    assert count(db) == 0


def test_a_revoked_link_brings_nothing(begin, send, call, db):
    begin()
    sessions.revoke_links(db, call[0], at=utcnow())
    db.commit()

    answer = send()
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert count(db) == 0


def test_of_two_phones_the_one_that_opened_the_link_last_sends_and_the_other_opens_it_again(
    begin, send, phone, call, caller, db
):
    begin()
    second = caller(token=call[1])

    assert send().status_code == 401
    assert send(by=second).status_code == 201
    again = caller(token=call[1])
    assert send(by=again).json["number"] == 1
    assert count(db) == 1


def test_a_phone_whose_clock_is_wrong_is_taken_at_its_word_beside_the_servers(begin, send, db):
    begin()
    send(taken_at="2031-01-01T00:00:00Z")

    piece = db.scalars(select(Evidence)).one()
    assert piece.taken_at == datetime(2031, 1, 1, tzinfo=UTC)
    assert abs(piece.received_at - utcnow()) < timedelta(minutes=5)


def test_a_photo_damaged_on_the_way_is_refused_and_may_come_again(begin, send, jpeg, db):
    begin()
    digest = hashlib.sha256(jpeg).hexdigest()
    answer = send(jpeg[:-20], sha256=digest)

    assert (answer.status_code, answer.json["values"]["cause"]) == (422, "hash_mismatch")
    assert count(db) == 0
    assert send().status_code == 201


def test_the_desk_hears_that_photos_wait_on_the_phone_until_the_last_has_come(
    begin, send, jpeg, visit, sign_in_as
):
    begin()
    expert = sign_in_as(Role.EXPERT)

    def told():
        session = expert.get(f"/api/v1/surveys/{visit.survey_id}").json["session"]
        return session["applicant_hindered"], session["photos_waiting"]

    assert told() == ("", 0)
    send(waiting="1")
    assert told() == ("later", 1)
    send(jpeg + b"\0", waiting="0")
    assert told() == ("", 0)


def test_a_phone_that_is_back_in_its_call_sends_the_rest_without_being_said_to_be_out_of_it(
    begin, send, jpeg, call, app
):
    begin()
    here, session = app.extensions["parts"].presence, call[0].id
    here.beat(session, presence.Side.APPLICANT, presence.Quality.GOOD, at=utcnow())

    send(waiting="1")
    assert here.hindered(session) == Hindered(Hindrance.NOTHING, 1)
    here.hinder(session, Hindered(Hindrance.LATER, 1))  # a beat that was long on its way
    send(jpeg + b"\0", waiting="0")
    assert here.hindered(session) == Hindered()


def test_a_photo_seen_live_that_arrives_after_the_call_waits_no_more(begin, send, call, app):
    begin()
    here, session = app.extensions["parts"].presence, call[0].id
    here.hinder(session, Hindered(Hindrance.NOTHING, 1))  # its last beat

    send(live="true", waiting="0")

    assert here.hindered(session) == Hindered()


def test_what_a_phone_said_of_its_hindrance_outlasts_its_voice():
    here, at = Presence(), TAKEN_AT
    here.beat(7, presence.Side.APPLICANT, presence.Quality.LOST, at=at)
    assert here.hinder(7, Hindered(Hindrance.LATER, 2))
    assert not here.hinder(7, Hindered(Hindrance.LATER, 2))

    here.silent(at=at + timedelta(minutes=1))

    assert here.hindered(7) == Hindered(Hindrance.LATER, 2)
    assert here.hinder(7, Hindered())
    assert here.hindered(7) == Hindered()
