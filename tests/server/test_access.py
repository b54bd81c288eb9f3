"""Where a request comes from, and how much of the bureau somebody sees."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from server.app import create_app
from server.models.account import Account, Role
from server.models.applicant import Applicant
from server.services import accounts
from server.services.scope import scope_of
from server.web.sockets import socketio

HOSTILE = "http://evil.example"


def test_a_write_asked_for_by_a_page_of_another_site_is_refused(sign_in_as):
    desk = sign_in_as(Role.COORDINATOR)

    foreign = desk.post("/api/v1/sign-out", headers={"Origin": HOSTILE})

    assert (foreign.status_code, foreign.json["code"]) == (403, "bad_csrf")
    own = desk.post("/api/v1/sign-out", headers={"Origin": "http://localhost"})
    assert own.status_code == 204


def test_another_site_cannot_sign_a_visitor_in_as_somebody_it_knows(town, caller):
    account = town.account(Role.COORDINATOR)
    form = {"sign_in_name": account.sign_in_name, "password": "correct horse"}

    answer = caller().post("/api/v1/sign-in", form, headers={"Origin": HOSTILE})

    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(("origin", "let_in"), [(HOSTILE, False), ("http://localhost", True)])
def test_a_socket_opened_by_a_page_of_another_site_is_refused(app, sign_in_as, origin, let_in):
    desk = sign_in_as(Role.COORDINATOR)

    answer = desk.get(
        "/socket.io/?EIO=4&transport=polling", headers={"Origin": origin, "Host": "localhost"}
    )

    assert (answer.status_code == 200) is let_in
    assert socketio.server.eio.cors_allowed_origins not in ([], "*")


def test_behind_a_proxy_tries_are_counted_by_the_address_the_proxy_tells(
    settings, town, db, monkeypatch
):
    monkeypatch.setitem(accounts.TRIES, "sign_in", 2)
    app = create_app(settings.model_copy(update={"trusted_proxies": 1}))
    form = {"sign_in_name": "nobody", "password": "wrong"}

    def tries(address):
        client = app.test_client()
        for number in range(3):
            answer = client.post(
                "/api/v1/sign-in",
                json=form | {"sign_in_name": f"nobody{number}"},
                headers={"X-Forwarded-For": address},
            )
        return answer.status_code

    db.commit()
    assert tries("203.0.113.7") == 429
    one = app.test_client().post(
        "/api/v1/sign-in", json=form, headers={"X-Forwarded-For": "203.0.113.8"}
    )
    assert one.status_code == 401
    app.extensions["engine"].dispose()


def test_somebody_of_a_district_sees_it_and_all_below_it(town, db, other_bureau):
    account = Account(bureau_id=town.bureau.id, district_id=town.weiyang.id)

    assert set(db.scalars(scope_of(account).districts())) == {town.weiyang.id, town.street.id}


def test_somebody_of_the_city_sees_every_district_of_their_bureau(town, db, other_bureau):
    everything = {town.city.id, town.weiyang.id, town.street.id, town.yanta.id}

    for district in (None, town.city.id):
        account = Account(bureau_id=town.bureau.id, district_id=district)
        assert set(db.scalars(scope_of(account).districts())) == everything


def test_the_list_of_cases_ends_at_the_district(town, sign_in_as):
    here, there = town.case(), town.case(district=town.yanta)

    def seen(**options):
        found = sign_in_as(Role.COORDINATOR, **options).get("/api/v1/cases").json["items"]
        return {case["id"] for case in found}

    assert seen() == {here.id, there.id}
    assert seen(district=town.yanta) == {there.id}
    assert seen(district=town.street) == set()


def test_a_statement_that_fails_writes_no_persons_data_to_the_log(town, db, caplog):
    applicant = db.scalar(select(Applicant)) or town.case().applicant
    applicant.phone = "19900001234"
    applicant.identifier_kind = "nonsense"

    with caplog.at_level(logging.DEBUG), pytest.raises((DBAPIError, LookupError)) as failure:
        db.flush()

    assert "19900001234" not in str(failure.value)
    assert "19900001234" not in caplog.text


def test_somebody_of_a_district_narrows_the_list_further(town, sign_in_as):
    in_the_street, _ = town.case(district=town.street), town.case()
    town.case(district=town.yanta)
    desk = sign_in_as(Role.COORDINATOR, district=town.weiyang)

    def listed(district):
        found = desk.get(f"/api/v1/cases?status=received&district={district.id}")
        return [case["id"] for case in found.json["items"]]

    assert listed(town.street) == [in_the_street.id]
    assert listed(town.yanta) == []
