"""Signing in, staying in, signing out; guessing is slowed down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from server.clock import utcnow
from server.errors import BadPayload, TooMany
from server.models.account import Account, Attempt, Role, SignIn
from server.services import accounts
from server.services.tokens import token_hash

PASSWORD = "correct horse"
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.fixture
def zhou(town):
    return town.account(Role.COORDINATOR, sign_in_name="zhou")


def try_to_sign_in(caller, name, password):
    return caller().post("/api/v1/sign-in", {"sign_in_name": name, "password": password})


def test_a_password_is_kept_as_argon2id_only(town, db, caller):
    made = accounts.create_account(
        db,
        bureau_id=town.bureau.id,
        sign_in_name="wu",
        name="吴监督",
        password="battery staple",
        role=Role.SUPERVISOR,
    )
    db.commit()

    assert made.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "battery" not in made.password_hash
    assert try_to_sign_in(caller, "wu", "battery staple").status_code == 200


def test_who_signs_in_is_told_who_they_are(zhou, caller, town):
    answer = try_to_sign_in(caller, "zhou", PASSWORD)

    assert answer.json["account"] == {
        "sign_in_name": "zhou",
        "name": "周统筹",
        "role": "coordinator",
        "expert_id": None,
        "district": None,
        "district_en": None,
    }
    assert answer.json["bureau"]["phone"] == town.bureau.phone


def test_the_cookie_is_out_of_reach_of_scripts_and_only_its_hash_is_kept(zhou, caller, db):
    answer = try_to_sign_in(caller, "zhou", PASSWORD)

    cookie = answer.headers["Set-Cookie"]
    token = cookie.partition("=")[2].partition(";")[0]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert db.scalars(select(SignIn.token_hash)).all() == [token_hash(token)]


@pytest.mark.parametrize("secure", [True, False])
def test_behind_tls_the_cookie_is_bound_to_host_and_tls(zhou, app, caller, settings, secure):
    settings.secure_cookies = secure

    cookie = try_to_sign_in(caller, "zhou", PASSWORD).headers["Set-Cookie"]

    assert cookie.startswith("__Host-yunkan=") is secure
    assert ("Secure" in cookie) is secure


def test_a_wrong_name_and_a_wrong_password_look_the_same(zhou, caller):
    wrong_name = try_to_sign_in(caller, "zhu", PASSWORD)
    wrong_password = try_to_sign_in(caller, "zhou", "correct house")

    assert wrong_name.status_code == wrong_password.status_code == 401
    assert wrong_name.json == wrong_password.json
    assert wrong_name.json["code"] == "sign_in_failed"
    assert "Set-Cookie" not in wrong_name.headers


def test_a_closed_account_cannot_sign_in_and_is_out_at_once(zhou, caller, db):
    desk = caller(zhou)
    assert desk.get("/api/v1/me").status_code == 200

    db.get_one(Account, zhou.id).active = False
    db.commit()

    assert desk.get("/api/v1/me").json["code"] == "not_signed_in"
    assert try_to_sign_in(caller, "zhou", PASSWORD).json["code"] == "sign_in_failed"


def test_a_sign_in_ends_after_its_hours(zhou, caller, db):
    desk = caller(zhou)
    signed_in = db.scalars(select(SignIn)).one()
    assert timedelta(hours=11.9) < signed_in.expires_at - utcnow() <= timedelta(hours=12)

    signed_in.expires_at = utcnow()
    db.commit()

    assert desk.get("/api/v1/me").status_code == 401


def test_signing_out_ends_the_session_on_the_server_too(zhou, caller, db):
    desk = caller(zhou)
    stolen = desk.client.get_cookie("yunkan").value

    assert desk.post("/api/v1/sign-out").status_code == 204

    thief = caller()
    thief.client.set_cookie("yunkan", stolen)
    assert thief.get("/api/v1/me").status_code == 401
    assert db.scalar(select(func.count()).select_from(SignIn)) == 0


@pytest.mark.parametrize(
    "shown", ["", "x" * 43, "令牌"], ids=["none", "another", "no token at all"]
)
def test_a_write_without_our_pages_token_is_refused(zhou, caller, shown):
    desk = caller(zhou)
    desk.csrf = shown.encode().decode("latin-1")

    answer = desk.post("/api/v1/sign-out")

    assert (answer.status_code, answer.json["code"]) == (403, "bad_csrf")
    assert desk.get("/api/v1/me").status_code == 200


def test_the_token_of_somebody_elses_session_does_not_serve(zhou, town, caller):
    desk, other = caller(zhou), caller(town.account(Role.SUPERVISOR))
    desk.csrf = other.csrf

    assert desk.post("/api/v1/sign-out").json["code"] == "bad_csrf"


def test_too_many_tries_wait_as_many_seconds_as_the_answer_says(zhou, caller, monkeypatch):
    monkeypatch.setitem(accounts.TRIES, "sign_in", 2)
    for _ in range(2):
        assert try_to_sign_in(caller, "zhou", "wrong").status_code == 401

    answer = try_to_sign_in(caller, "zhou", PASSWORD)

    assert (answer.status_code, answer.json["code"]) == (429, "too_many")
    assert 590 <= answer.json["values"]["seconds"] <= 600
    assert answer.headers["Retry-After"] == str(answer.json["values"]["seconds"])
    assert str(answer.json["values"]["seconds"]) in answer.json["title"]


def test_tries_are_forgotten_after_ten_minutes(db):
    for minute in range(20):
        accounts.count_try(db, "sign_in", "name zhou", at=NOON + timedelta(seconds=minute))
    with pytest.raises(TooMany) as refused:
        accounts.count_try(db, "sign_in", "name zhou", at=NOON + timedelta(minutes=4))
    assert refused.value.values["seconds"] == 6 * 60

    accounts.count_try(db, "sign_in", "name zhou", at=NOON + timedelta(minutes=10, seconds=1))


def test_one_persons_tries_do_not_slow_down_another(db):
    for _ in range(20):
        accounts.count_try(db, "sign_in", "name zhou", at=NOON)

    accounts.count_try(db, "sign_in", "name wu", at=NOON)
    accounts.count_try(db, "join", "name zhou", at=NOON)


def test_names_and_addresses_that_tried_are_not_written_down(db):
    accounts.count_try(db, "sign_in", "name zhou", at=NOON)

    assert "zhou" not in db.scalars(select(Attempt.who)).one()


@pytest.mark.parametrize(
    ("name", "password", "cause"),
    [("new", "seven77", "password"), ("zhou", PASSWORD, "sign_in_name")],
    ids=["short password", "taken name"],
)
def test_an_account_that_cannot_be(zhou, town, db, name, password, cause):
    with pytest.raises(BadPayload) as refused:
        accounts.create_account(
            db,
            bureau_id=town.bureau.id,
            sign_in_name=name,
            name="某人",
            password=password,
            role=Role.SUPERVISOR,
        )

    assert refused.value.values["cause"] == cause
    assert db.scalar(select(func.count()).select_from(Account)) == 1
