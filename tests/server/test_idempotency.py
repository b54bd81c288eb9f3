"""The same write sent twice happens once and is answered the same."""

from __future__ import annotations

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from server.models.account import IdempotentReply, Role
from server.web import idempotency

KEY = {"Idempotency-Key": "7f1c2f0e-8a52-4c0e-9d6b-3f6f6f3a1b11"}


@pytest.fixture
def chief(sign_in_as):
    return sign_in_as(Role.COORDINATOR)


@pytest.fixture
def visit(town):
    return town.visit()


def test_a_repeated_write_is_answered_the_same_and_done_once(chief, visit, town, db):
    batch = chief.post("/api/v1/imports", data=sheet(), headers=KEY)
    again = chief.post("/api/v1/imports", data=sheet(), headers=KEY)

    assert batch.status_code == again.status_code == 201
    assert batch.json == again.json
    assert len(chief.get("/api/v1/imports").json["items"]) == 1


def test_a_key_with_another_request_is_refused(chief):
    chief.post("/api/v1/imports", data=sheet(), headers=KEY)

    other = chief.post("/api/v1/imports", data=sheet("王记面馆"), headers=KEY)

    assert other.status_code == 422
    assert other.json["code"] == "key_reused"
    assert len(chief.get("/api/v1/imports").json["items"]) == 1


def test_two_people_may_use_the_same_key(chief, sign_in_as):
    chief.post("/api/v1/imports", data=sheet(), headers=KEY)

    other = sign_in_as(Role.COORDINATOR).post("/api/v1/imports", data=sheet(), headers=KEY)

    assert other.status_code == 201
    assert len(chief.get("/api/v1/imports").json["items"]) == 2


def test_a_refusal_is_not_kept_so_that_the_cured_request_may_use_the_key_again(chief, town, db):
    refused = chief.post("/api/v1/plans", {"first_day": "soon", "last_day": "soon"}, headers=KEY)
    assert refused.status_code == 400

    assert chief.post("/api/v1/imports", data=sheet(), headers=KEY).status_code == 201


def test_an_answer_that_holds_a_join_link_is_not_kept(chief, visit, town, db):
    town.call(visit)
    chief.post(f"/api/v1/visits/{visit.id}/link", headers=KEY)

    assert db.scalars(select(IdempotentReply)).all() == []


def test_a_repeat_waits_for_the_first_and_holds_nobody_up(app, chief, sign_in_as):
    """The first is slow, between two transactions; the repeat must not take its turn to write."""
    arrived = threading.Event()
    remember = idempotency._remember

    def slowly(answer):
        arrived.set()
        time.sleep(0.1)
        return remember(answer)

    app.after_request_funcs[None] = [
        slowly if one is remember else one for one in app.after_request_funcs[None]
    ]
    cookie = chief.client.get_cookie("yunkan").value

    def send():
        client = app.test_client()
        client.set_cookie("yunkan", cookie)
        return client.post(
            "/api/v1/imports", data=sheet(), headers={**KEY, "X-CSRF-Token": chief.csrf}
        )

    began = time.monotonic()
    with ThreadPoolExecutor(2) as both:
        first = both.submit(send)
        assert arrived.wait(10)
        second = both.submit(send)

    assert first.result().json == second.result().json
    assert time.monotonic() - began < 8
    assert len(chief.get("/api/v1/imports").json["items"]) == 1


def test_a_key_that_is_too_long_is_refused(chief, db):
    answer = chief.post("/api/v1/sign-out", headers={"Idempotency-Key": "k" * 101})

    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json["title"]
    assert chief.get("/api/v1/me").status_code == 200
    assert db.scalar(select(func.count()).select_from(IdempotentReply)) == 0


def sheet(name="张记小炒"):
    rows = f"办件编号,名称,事项,地址\n1,{name},食品经营许可（小型餐饮）,西安市未央区凤城五路 1 号\n"
    return {"file": (io.BytesIO(rows.encode()), "cases.csv")}
