"""Observers of a call: invited by a link, named to the applicant, in only while they agree."""

from __future__ import annotations

import pytest

from server.adapters import media
from server.models.account import Role
from server.models.lifecycle import Event
from server.models.observer import Observer, ObserverStatus
from server.models.session import Consent
from server.services import observing
from server.web.sockets import socketio


@pytest.fixture(autouse=True)
def _nobody_at_the_media_worker(monkeypatch):
    for patience in ("JOIN_SECONDS", "OTHER_SECONDS"):
        monkeypatch.setattr(media, patience, 0.01)


@pytest.fixture
def visit(town):
    return town.visit()


@pytest.fixture
def phone(caller, town, visit):
    return caller(token=town.call(visit)[1])


@pytest.fixture
def desk(sign_in_as):
    return sign_in_as(Role.COORDINATOR)


@pytest.fixture
def invite(desk, phone, visit, caller):
    """`invite()`: somebody whose browser opened the link a coordinator made."""

    def make(name="王红", capacity="citizen"):
        told = {"name": name, "capacity": capacity}
        made = desk.post(f"/api/v1/visits/{visit.id}/observers", told)
        assert made.status_code == 201, made.text
        seen = caller()
        answer = seen.post("/api/v1/observe", {"token": made.json["url"].partition("#")[2]})
        seen.csrf = answer.json["csrf"]
        return seen

    return make


def agree(phone, named=True):
    ids = [one["id"] for one in phone.get("/api/v1/applicant").json["observers"]] if named else []
    answer = phone.post("/api/v1/applicant/consent", {"choice": "agreed", "observers": ids})
    assert answer.status_code == 200
    return answer.json


def joined(seen):
    return seen.post("/api/v1/observe/media", {"sdp": "v=0"}).json["code"]


def test_the_applicant_is_told_who_watches_before_agreeing_and_it_is_kept(invite, phone, db):
    seen = invite()

    (told,) = phone.get("/api/v1/applicant").json["observers"]
    assert (told["name"], told["capacity"], told["agreed"]) == ("王红", "citizen", False)
    assert seen.get("/api/v1/observe").json["stage"] == "asking"
    assert joined(seen) == "consent_missing"
    (after,) = agree(phone)["observers"]

    assert after["agreed"] is True
    assert [one.observers for one in db.query(Consent)] == [[told["id"]]]
    assert seen.get("/api/v1/observe").json["stage"] == "open"
    assert joined(seen) == "media_unavailable"  # let in, if only there were a worker


def test_one_invited_later_waits_until_the_applicant_agrees_to_them_too(invite, phone, db):
    agree(phone)
    seen = invite()
    assert joined(seen) == "consent_missing"
    (told,) = phone.get("/api/v1/applicant").json["observers"]

    answer = phone.post(f"/api/v1/applicant/observers/{told['id']}/agreement")

    assert answer.json["observers"][0]["agreed"] is True
    assert joined(seen) == "media_unavailable"
    assert [one.observers for one in db.query(Consent).order_by(Consent.id)] == [[], [told["id"]]]


def test_who_was_not_named_on_the_page_is_not_agreed_to(invite, phone):
    seen = invite()

    agree(phone, named=False)

    for where in ("/api/v1/observe/media", "/api/v1/observe/media/view"):
        answer = seen.post(where, {"sdp": "v=0", "ticket": "x"})
        assert (answer.status_code, answer.json["code"]) == (409, "consent_missing")
        assert answer.json["title"] == "申请人还没有同意您旁听"


def test_whom_the_applicant_refuses_is_out_and_the_call_goes_on(invite, phone):
    seen, other = invite(), invite("陈处", "superior")
    agree(phone)
    first = phone.get("/api/v1/applicant").json["observers"][0]["id"]

    answer = phone.post(f"/api/v1/applicant/observers/{first}/refusal")

    assert [one["name"] for one in answer.json["observers"]] == ["陈处"]
    assert answer.json["stage"] == "ready"
    assert seen.get("/api/v1/observe").status_code == 401
    assert joined(other) == "media_unavailable"


def test_whom_the_applicant_refuses_while_they_join_is_not_let_in(invite, phone, monkeypatch):
    seen = invite()
    (one,) = agree(phone)["observers"]

    def refused_meanwhile(*anything, may):
        phone.post(f"/api/v1/applicant/observers/{one['id']}/refusal")
        may()  # asked once they are in, and puts them out

    monkeypatch.setattr("server.web.observer.watch.join_call", refused_meanwhile)

    assert joined(seen) == "link_invalid"


def test_an_invitation_taken_back_leads_nowhere(invite, desk, visit):
    seen = invite()
    path = f"/api/v1/visits/{visit.id}/observers"
    (one,) = desk.get(path).json["items"]

    assert desk.delete(f"{path}/{one['id']}").status_code == 204

    assert seen.get("/api/v1/observe").status_code == 401
    assert desk.get(path).json["items"] == []
    assert desk.delete(f"{path}/{one['id']}").json["code"] == "move_refused"


def test_coming_and_going_stands_in_the_history_of_the_case(invite, phone, desk, app, visit, db):
    seen = invite()
    agree(phone)
    joined(seen)
    page = socketio.test_client(app, query_string="as=observer", flask_test_client=seen.client)
    page.disconnect()

    moves = db.query(Event.to).filter_by(subject="observer").order_by(Event.id)
    assert [to for (to,) in moves] == ["watching", "away"]
    timeline = desk.get(f"/api/v1/cases/{visit.survey.case_id}").json["timeline"]
    assert [one["note"] for one in timeline if one["subject"] == "observer"] == ["王红", "王红"]


def test_an_observer_who_goes_while_somebody_else_writes_is_gone_all_the_same(
    invite, phone, app, db, monkeypatch, others_write
):
    seen = invite()
    agree(phone)
    joined(seen)
    out, went = [], observing.went
    monkeypatch.setattr(observing, "went", lambda *one, at: (others_write(), went(*one, at=at)))
    monkeypatch.setattr("server.web.observer.watch.put_out", lambda *who: out.append(who))
    page = socketio.test_client(app, query_string="as=observer", flask_test_client=seen.client)

    page.disconnect()

    assert db.query(Observer).one().status is ObserverStatus.AWAY
    assert len(out) == 1


def test_the_officers_see_who_may_watch(invite, phone, sign_in_as, visit):
    invite()
    agree(phone)

    sheet = sign_in_as(Role.EXPERT).get(f"/api/v1/surveys/{visit.survey_id}").json

    (one,) = sheet["session"]["observers"]
    assert (one["name"], one["status"], one["agreed"]) == ("王红", "invited", True)


def test_a_call_has_five_observers_and_no_more(invite, desk, visit, db):
    for number in range(observing.MOST):
        invite(f"第 {number} 位")

    told = {"name": "又一位", "capacity": "other"}
    answer = desk.post(f"/api/v1/visits/{visit.id}/observers", told)

    assert (answer.status_code, answer.json["values"]["cause"]) == (400, "observers")
    assert db.query(Observer).count() == observing.MOST


def test_an_observers_page_tells_nothing_of_the_applicant(invite, phone):
    told = invite().get("/api/v1/observe").json

    assert told.keys() == {
        "csrf", "id", "name", "stage", "status", "bureau", "premises", "item_type",
        "item_type_en", "officer", "starts_at", "relays",
    }  # fmt: skip
