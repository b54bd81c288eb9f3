"""Whom the applicant sees: the officers' names, each at the seat where its picture is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inspection.media.engine import Event, Happening
from inspection.media.engine import Role as Part
from server.models.account import Role
from server.web.calling import remember_seats

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
OURS, ANOTHER = "127.0.0.1:8010", "127.0.0.1:8020"


@pytest.fixture
def call(town):
    return town.call(town.visit())


@pytest.fixture
def phone(call, caller):
    return caller(token=call[1])


@pytest.fixture
def sits(app, call, db):
    """A worker says who sits where before the phone; it has the call unless said otherwise."""
    call[0].media_worker = OURS

    def sits(*identities, at=NOON, worker=OURS):
        phone = f"applicant-{call[0].id}"
        said = Event(Happening.SEATED, call[0].room, phone, Part.APPLICANT, at, sees=identities)
        db.commit()
        with app.app_context():
            remember_seats(worker, said)

    return sits


def test_each_officer_is_named_where_they_are_seen_and_nobody_where_nobody_is(town, phone, sits):
    officer = town.account(Role.EXPERT, expert=town.lead)
    assert phone.get("/api/v1/applicant").json["seen"] == []

    sits("", f"expert-{officer.id}")

    seen = phone.get("/api/v1/applicant").json["seen"]
    assert seen == [None, {"name": officer.expert.name, "badge": officer.expert.badge}]
    sits("", at=NOON + timedelta(seconds=1))
    assert phone.get("/api/v1/applicant").json["seen"] == [None]


def test_whoever_is_no_officer_of_ours_has_no_name(phone, sits):
    sits("expert-999999", "somebody")

    assert phone.get("/api/v1/applicant").json["seen"] == [None, None]


def test_what_was_said_before_changes_nothing_however_late_it_comes(phone, sits):
    sits("expert-1", "expert-2", at=NOON + timedelta(seconds=1))
    sits("expert-1")
    assert len(phone.get("/api/v1/applicant").json["seen"]) == 2


def test_a_worker_that_has_lost_the_call_says_nothing_of_it(phone, sits):
    sits("expert-1", "expert-2")
    sits("", "", "", at=NOON + timedelta(seconds=20), worker=ANOTHER)
    assert len(phone.get("/api/v1/applicant").json["seen"]) == 2
