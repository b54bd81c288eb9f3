"""Relays for closed networks: who is given a credential, what it says, and how long it works."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr, ValidationError

from server.config import Settings
from server.models.account import Role
from server.services import sessions
from server.services.relays import relays_for

SECRET = "known to us and to the relay"
ADDRESSES = ["turn:relay.bureau.test:443?transport=tcp", "turns:relay.bureau.test:5349"]
NOON = datetime(2026, 11, 26, 4, 20, tzinfo=UTC)


@pytest.fixture
def relayed(settings) -> Settings:
    """The settings of the application under test, with a relay."""
    settings.turn_url = ", ".join(ADDRESSES)
    settings.turn_secret = SecretStr(SECRET)
    return settings


def test_a_name_says_until_when_and_the_password_that_we_said_so(relayed):
    (relay,) = relays_for("applicant-7", relayed, at=NOON)

    until, who = relay.username.split(":")
    proof = hmac.new(SECRET.encode(), relay.username.encode(), hashlib.sha1).digest()
    assert relay.urls == ADDRESSES
    assert who == "applicant-7"
    assert base64.b64decode(relay.credential) == proof
    assert timedelta(hours=3) <= datetime.fromtimestamp(int(until), UTC) - NOON
    assert datetime.fromtimestamp(int(until), UTC) - NOON <= timedelta(hours=4)


def test_a_page_that_asks_again_in_the_same_hour_is_told_the_same(relayed):
    now, soon, later = (
        relays_for("applicant-7", relayed, at=NOON + timedelta(minutes=minutes))
        for minutes in (0, 39, 40)
    )

    assert now == soon != later


def test_one_persons_name_with_anothers_password_opens_nothing(relayed):
    (own,), (theirs,) = (relays_for(who, relayed, at=NOON) for who in ("expert-1", "expert-2"))

    assert own.credential != theirs.credential


def test_without_a_relay_of_the_bureau_nobody_elses_is_named():
    assert relays_for("applicant-7", Settings(), at=NOON) == []


@pytest.mark.parametrize(
    "address",
    [
        "relay.bureau.test",
        "http://relay.bureau.test",
        "stun:stun.example.com",
        "turn:a b",
        "turn:relay.bureau.test?transport=sctp",
    ],
)
def test_an_address_no_browser_would_take_is_refused_at_the_start(address):
    with pytest.raises(ValidationError, match="a relay looks like"):
        Settings(turn_url=address, turn_secret=SECRET)


def test_a_relay_without_its_secret_is_refused_at_the_start():
    with pytest.raises(ValidationError, match="YUNKAN_TURN_SECRET"):
        Settings(turn_url=ADDRESSES[0])


def test_a_wrong_setting_is_complained_of_without_telling_the_secret():
    with pytest.raises(ValidationError) as refused:
        Settings(turn_url="relay.bureau.test", turn_secret=SECRET)

    assert SECRET not in str(refused.value)


@pytest.mark.usefixtures("relayed")
def test_a_phone_is_told_of_relays_while_it_may_join_and_not_before_or_after(town, caller, db):
    session, token = town.call(town.visit())
    phone = caller(token=token)

    before = phone.get("/api/v1/applicant")
    agreed = phone.post("/api/v1/applicant/consent", {"choice": "agreed", "language": "zh"})
    sessions.end(db, session, by="wang", at=NOON)
    db.commit()
    after = phone.get("/api/v1/applicant")

    assert before.json["relays"] == after.json["relays"] == []
    (relay,) = agreed.json["relays"]
    assert relay["urls"] == ADDRESSES
    assert relay["username"].endswith(f":applicant-{session.id}")
    assert SECRET not in agreed.text


@pytest.mark.usefixtures("relayed")
def test_the_officer_in_the_call_is_told_of_relays_and_whoever_else_reads_the_sheet_is_not(
    town, caller, sign_in_as, db
):
    visit = town.visit()
    session, _ = town.call(visit)
    lead = town.account(Role.EXPERT, expert=town.lead)
    sheet = f"/api/v1/surveys/{visit.survey_id}"

    officers = caller(lead).get(sheet).json["session"]
    others = sign_in_as(Role.COORDINATOR).get(sheet).json["session"]
    sessions.end(db, session, by="wang", at=NOON)
    db.commit()
    ended = caller(lead).get(sheet).json["session"]

    (relay,) = officers["relays"]
    assert relay["username"].endswith(f":expert-{lead.id}")
    assert others["relays"] == ended["relays"] == []
