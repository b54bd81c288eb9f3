"""Other systems hear of events, signed, again and again until they take them."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.clock import utcnow
from server.models.account import Role
from server.models.case import CaseStatus
from server.models.notice import NoticeStatus, Webhook, WebhookDelivery
from server.services.outbox import WAITS
from server.services.webhooks import deliver_webhooks

SECRET = "a secret of 256 bits"


@pytest.fixture
def webhook(town, db, gateway):
    made = Webhook(bureau_id=town.bureau.id, url=gateway.url, secret=SECRET, subjects=["case"])
    db.add(made)
    db.commit()
    return made


@pytest.fixture
def withdrawn(town, db):
    """A case withdrawn after somebody asked to hear of it."""

    def withdraw():
        case = town.case()
        case.move(CaseStatus.WITHDRAWN, by="zhou", at=utcnow(), note="不办了")
        db.commit()
        return case

    return withdraw


def deliveries(db):
    return db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)).all()


def test_an_event_arrives_once_with_a_signature_that_verifies(webhook, withdrawn, db, gateway):
    case, at = withdrawn(), utcnow()

    assert (deliver_webhooks(db, at=at), deliver_webhooks(db, at=at)) == (1, 0)

    (call,) = gateway.calls
    told = json.loads(call.body)
    assert (told["type"], told["subject_id"], told["from"]) == (
        "case.withdrawn",
        case.id,
        "received",
    )
    parts = dict(part.split("=") for part in call.headers["X-Yunkan-Signature"].split(","))
    assert int(parts["t"]) == int(at.timestamp())
    signed = hmac.new(SECRET.encode(), f"{parts['t']}.".encode() + call.body, hashlib.sha256)
    assert hmac.compare_digest(parts["v1"], signed.hexdigest())
    assert deliveries(db)[0].status is NoticeStatus.SENT


def test_what_is_told_names_nobody(webhook, withdrawn, db, gateway):
    case = withdrawn()
    deliver_webhooks(db, at=utcnow())

    told = gateway.calls[0].body.decode()
    for private in (case.applicant.name, case.applicant.phone, case.premises.address, "不办了"):
        assert private not in told


def test_a_system_that_is_down_is_tried_again_then_the_failure_stays_on_record(
    webhook, withdrawn, db, gateway
):
    gateway.status = 500
    withdrawn()
    at = utcnow()
    for wait in WAITS:
        deliver_webhooks(db, at=at)
        assert deliver_webhooks(db, at=at + wait - timedelta(seconds=1)) == 0
        at += wait
    deliver_webhooks(db, at=at)

    (delivery,) = deliveries(db)
    assert (delivery.status, delivery.tries) == (NoticeStatus.FAILED, 4)
    assert "500" in delivery.error
    assert len(gateway.calls) == 4


def test_a_redirect_is_not_followed(webhook, withdrawn, db, gateway):
    gateway.status, gateway.location = 302, f"{gateway.url}/elsewhere"
    withdrawn()

    deliver_webhooks(db, at=utcnow())

    assert len(gateway.calls) == 1
    assert deliveries(db)[0].status is NoticeStatus.WAITING


def test_only_what_was_asked_for_is_told_and_only_of_ones_own_bureau(
    webhook, town, other_bureau, db, gateway
):
    visit = town.visit()  # case and survey move
    other_bureau.visit()

    deliver_webhooks(db, at=utcnow())

    told = [json.loads(call.body) for call in gateway.calls]
    assert {one["subject_id"] for one in told} == {visit.survey.case_id}
    assert [one["type"] for one in told] == ["case.planned", "case.notified"]


def test_a_new_webhook_hears_of_what_happens_from_now_on(withdrawn, town, db, gateway):
    withdrawn()
    db.add(Webhook(bureau_id=town.bureau.id, url=gateway.url, secret=SECRET, subjects=["case"]))
    db.commit()
    later = withdrawn()

    deliver_webhooks(db, at=utcnow())

    assert [json.loads(call.body)["subject_id"] for call in gateway.calls] == [later.id]


def test_the_administrator_sees_the_secret_once_and_can_stop_it(sign_in_as, withdrawn, db, gateway):
    desk = sign_in_as(Role.ADMINISTRATOR)
    made = desk.post("/api/v1/webhooks", {"url": gateway.url, "subjects": ["case"]})
    assert made.status_code == 201
    assert len(made.json["secret"]) == 43
    assert made.json["secret"] not in desk.get("/api/v1/webhooks").text

    assert desk.delete(f"/api/v1/webhooks/{made.json['id']}").status_code == 204
    withdrawn()
    deliver_webhooks(db, at=utcnow())

    assert gateway.calls == []


@pytest.mark.parametrize("url", ["ftp://10.0.0.1/", "javascript:alert(1)", "", "http://"])
def test_only_http_addresses_are_told(sign_in_as, url):
    answer = sign_in_as(Role.ADMINISTRATOR).post(
        "/api/v1/webhooks", {"url": url, "subjects": ["case"]}
    )

    assert (answer.status_code, answer.json["code"]) == (400, "bad_payload")
