"""The applicant's link, consent, and what becomes of the call."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from server.adapters import media
from server.clock import utcnow
from server.models.account import Role
from server.models.case import CaseStatus
from server.models.expert import Booking
from server.models.round import RoundStatus
from server.models.session import Consent, InspectionSession, JoinLink, SessionStatus
from server.models.survey import SurveyStatus
from server.models.tables import METADATA
from server.services import accounts, sessions
from server.services.tokens import token_hash


@pytest.fixture
def visit(town):
    return town.visit()


@pytest.fixture
def call(town, visit):
    """The session of the visit and the token of its link."""
    return town.call(visit)


@pytest.fixture
def link(call, db):
    return db.scalars(select(JoinLink).where(JoinLink.token_hash == token_hash(call[1]))).one()


@pytest.fixture
def _nobody_at_the_media_worker(monkeypatch):
    for patience in ("JOIN_SECONDS", "SNAPSHOT_SECONDS", "OTHER_SECONDS"):
        monkeypatch.setattr(media, patience, 0.01)


def everything_stored(db) -> str:
    return "\n".join(
        str(tuple(row)) for table in METADATA.sorted_tables for row in db.execute(select(table))
    )


def test_only_the_hash_of_a_links_token_is_stored(call, db):
    _, token = call

    assert len(token) == 43  # 256 bits
    assert token_hash(token) in everything_stored(db)
    assert token not in everything_stored(db)


def test_a_link_read_out_by_the_coordinator_is_stored_nowhere_either(sign_in_as, call, visit, db):
    answer = sign_in_as(Role.COORDINATOR).post(f"/api/v1/visits/{visit.id}/link")

    address, _, token = answer.json["url"].partition("#")
    assert address.endswith("/j")
    assert token_hash(token) in everything_stored(db)
    assert token not in everything_stored(db)


def test_looking_at_a_link_uses_nothing_up(call, link, caller, db):
    robot = caller()
    for path in ("/j", "/j", "/api/v1/applicant", "/api/v1/join"):
        robot.get(path)

    db.refresh(link)
    assert (link.first_used_at, link.grant_hash) == (None, None)
    assert caller(token=call[1]).get("/api/v1/applicant").status_code == 200


@pytest.mark.parametrize("why", ["unknown", "expired", "revoked", "replaced"])
def test_a_link_that_does_not_open_never_says_why(
    town, visit, call, link, caller, sign_in_as, db, why
):
    session, token = call
    match why:
        case "unknown":
            token = "x" * 43
        case "expired":
            link.expires_at = utcnow()
        case "revoked":
            sessions.revoke_links(db, session, at=utcnow())
        case "replaced":
            sign_in_as(Role.COORDINATOR).post(f"/api/v1/visits/{visit.id}/link")

    answer = caller().post("/api/v1/join", {"token": token})

    assert (answer.status_code, answer.json["code"]) == (410, "link_invalid")
    assert answer.json["values"] == {}
    assert "Set-Cookie" not in answer.headers


def test_a_link_works_until_two_hours_after_the_slot(link, visit):
    assert link.expires_at == visit.ends_at + timedelta(hours=2)


def test_opening_the_link_again_takes_over_from_the_first_phone(call, caller):
    _, token = call
    first = caller(token=token)
    assert first.get("/api/v1/applicant").status_code == 200

    second = caller(token=token)

    assert first.get("/api/v1/applicant").status_code == 401
    assert second.get("/api/v1/applicant").status_code == 200


@pytest.mark.usefixtures("_nobody_at_the_media_worker")
def test_a_revoked_link_puts_out_who_is_inside(call, visit, caller, sign_in_as):
    phone = caller(token=call[1])

    sign_in_as(Role.COORDINATOR).delete(f"/api/v1/visits/{visit.id}/link")

    assert phone.get("/api/v1/applicant").status_code == 401
    assert phone.post("/api/v1/applicant/consent", {"choice": "agreed"}).status_code == 401


def test_guessing_links_is_slowed_down(caller, monkeypatch, town):
    monkeypatch.setitem(accounts.TRIES, "join", 2)
    guesser = caller()
    for _ in range(2):
        assert guesser.post("/api/v1/join", {"token": "x" * 43}).status_code == 410

    assert guesser.post("/api/v1/join", {"token": "y" * 43}).status_code == 429


@pytest.mark.usefixtures("_nobody_at_the_media_worker")
def test_no_camera_before_the_applicant_has_agreed(call, caller, db):
    phone = caller(token=call[1])

    before = phone.post("/api/v1/applicant/media", {"sdp": "v=0"})
    phone.post("/api/v1/applicant/consent", {"choice": "agreed", "language": "zh"})
    after = phone.post("/api/v1/applicant/media", {"sdp": "v=0"})

    assert (before.status_code, before.json["code"]) == (409, "consent_missing")
    assert (after.status_code, after.json["code"]) == (503, "media_unavailable")  # none runs here
    consent = db.scalars(select(Consent)).one()
    assert (consent.text_version, consent.language) == (sessions.CONSENT_VERSION, "zh")


def test_choosing_a_visit_in_person_sends_the_case_back_to_planning(call, visit, caller, db):
    session, token = call
    phone = caller(token=token)

    answer = phone.post("/api/v1/applicant/consent", {"choice": "on_site", "language": "zh"})

    assert answer.json["stage"] == "on_site"
    survey = visit.survey
    assert (survey.status, survey.only_on_site, survey.mode) == (SurveyStatus.OPEN, True, None)
    assert survey.case.status is CaseStatus.RECEIVED
    assert session.status is SessionStatus.ENDED
    assert (visit.promised, visit.round.status) == (False, RoundStatus.FINISHED)


def test_the_officers_time_is_free_again_when_the_applicant_wants_a_visit(
    call, visit, caller, town, db
):
    starts_at = visit.starts_at
    assert db.scalar(select(func.count()).select_from(Booking)) == 1

    caller(token=call[1]).post("/api/v1/applicant/consent", {"choice": "on_site"})

    assert db.scalar(select(func.count()).select_from(Booking)) == 0
    town.visit(starts_at=starts_at)  # another case, at the same time


def test_time_that_has_passed_stays_on_the_officers_calendar(town, db):
    begun_at = utcnow() - timedelta(minutes=10)
    visit = town.visit(starts_at=begun_at)
    at = utcnow()

    sessions.back_to_planning(db, visit, by="limin", at=at, note="no answer")
    db.commit()

    booking = db.scalars(select(Booking)).one()
    assert (booking.starts_at, booking.ends_at) == (begun_at, at)


def test_nobody_agrees_to_a_call_that_is_over(call, caller, db):
    session, token = call
    phone = caller(token=token)
    sessions.end(db, session, by="limin", at=utcnow())
    db.commit()

    answer = phone.post("/api/v1/applicant/consent", {"choice": "agreed"})

    assert (answer.status_code, answer.json["code"]) == (409, "move_refused")
    assert db.scalar(select(func.count()).select_from(Consent)) == 0


def test_nobody_there_sends_the_case_back_and_closes_the_link(call, visit, caller, sign_in_as, db):
    session, token = call
    expert = sign_in_as(Role.EXPERT)
    expert.post(f"/api/v1/surveys/{visit.survey_id}/start")

    answer = expert.post(f"/api/v1/surveys/{visit.survey_id}/unreachable", {"note": "三次未接"})

    assert answer.status_code == 204
    assert db.get_one(InspectionSession, session.id).status is SessionStatus.MISSED
    assert visit.survey.case.status is CaseStatus.RECEIVED
    assert caller().post("/api/v1/join", {"token": token}).status_code == 410
