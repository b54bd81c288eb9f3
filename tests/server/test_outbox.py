"""Notices leave one by one; what fails is tried again and stays visible."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from server.adapters.senders import ConsoleSender, HttpSmsSender, NotSent, senders_of
from server.config import Settings
from server.errors import MoveRefused
from server.models.account import Role
from server.models.notice import Channel, Notice, NoticeStatus
from server.services.outbox import WAITS, deliver_due, try_again

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
TEXT = "【云勘】张记小炒，11月24日周二10:00视频看店：http://127.0.0.1:8000/j#secret"


@pytest.fixture
def notice(town, db):
    made = Notice(
        bureau_id=town.bureau.id,
        kind="invitation",
        channel=Channel.SMS,
        to="19900000001",
        subject="",
        body=TEXT,
        next_try_at=NOON,
    )
    db.add(made)
    db.commit()
    return made


@pytest.fixture
def deliver(db, gateway):
    def now(at=NOON):
        return deliver_due(db, {Channel.SMS: HttpSmsSender(gateway.url)}, at=at)

    return now


def test_a_notice_goes_out_once_and_its_text_is_forgotten(notice, deliver, gateway):
    assert (deliver(), deliver()) == (1, 0)

    (call,) = gateway.calls
    assert json.loads(call.body) == {"to": "19900000001", "text": TEXT}
    assert (notice.status, notice.sent_at, notice.tries) == (NoticeStatus.SENT, NOON, 1)
    assert (notice.body, notice.error) == ("", "")


def test_a_notice_waits_until_it_is_due(notice, deliver, gateway):
    assert deliver(NOON - timedelta(seconds=1)) == 0
    assert gateway.calls == []


def test_a_gateway_that_fails_is_tried_again_and_again_then_the_failure_is_seen(
    notice, deliver, gateway, sign_in_as
):
    gateway.status = 503
    at = NOON
    for wait in WAITS:
        assert deliver(at) == 1
        assert notice.status is NoticeStatus.WAITING
        assert "503" in notice.error
        assert deliver(at + wait - timedelta(seconds=1)) == 0
        at += wait
    deliver(at)

    assert (notice.status, notice.tries) == (NoticeStatus.FAILED, 4)
    assert notice.body == TEXT  # still to be sent
    desk = sign_in_as(Role.COORDINATOR)
    assert desk.get("/api/v1/overview").json["notices_failed"] == 1
    (shown,) = desk.get("/api/v1/notices?status=failed").json["items"]
    assert "503" in shown["error"]
    assert shown["to"] == "199****0001"
    assert "secret" not in json.dumps(shown)


def test_the_coordinator_has_a_failed_notice_sent_again(notice, deliver, gateway, sign_in_as, db):
    notice.status, notice.tries = NoticeStatus.FAILED, 4
    db.commit()

    answer = sign_in_as(Role.COORDINATOR).post(f"/api/v1/notices/{notice.id}/retry")

    assert answer.json["status"] == "waiting"
    assert deliver(notice.next_try_at) == 1
    assert notice.status is NoticeStatus.SENT


def test_what_has_not_failed_is_not_sent_again(notice):
    with pytest.raises(MoveRefused):
        try_again(notice, at=NOON)


def test_one_that_fails_does_not_hold_up_the_next(notice, town, db, gateway):
    class Picky:
        def send(self, to, subject, body, *, key):
            if to == "19900000001":
                raise NotSent("no such number")

    db.add(
        Notice(
            bureau_id=town.bureau.id,
            kind="result",
            channel=Channel.SMS,
            to="19900000002",
            subject="",
            body="x",
            next_try_at=NOON,
        )
    )
    db.commit()

    assert deliver_due(db, {Channel.SMS: Picky()}, at=NOON) == 2

    statuses = db.scalars(select(Notice.status).order_by(Notice.id)).all()
    assert statuses == [NoticeStatus.WAITING, NoticeStatus.SENT]


def test_what_is_not_configured_goes_to_the_console(tmp_path):
    senders = senders_of(Settings(folder=tmp_path))

    assert set(senders) == set(Channel)
    assert all(isinstance(sender, ConsoleSender) for sender in senders.values())


def test_a_gateway_nobody_listens_at_is_not_sent():
    with pytest.raises(NotSent):
        HttpSmsSender("http://127.0.0.1:9").send("19900000001", "", "x", key="1")


def test_a_gateway_is_reached_over_http_only():
    with pytest.raises(ValueError, match="http"):
        HttpSmsSender("file:///etc/passwd")
