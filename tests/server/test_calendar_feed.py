"""An expert's visits in their own calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

from server.clock import utcnow
from server.models.bureau import Mode


@pytest.fixture
def feed(caller, town):
    def read(expert=None):
        answer = caller().get(f"/api/v1/calendar/{(expert or town.lead).calendar_token}.ics")
        assert answer.status_code == 200
        assert answer.mimetype == "text/calendar"
        return Calendar.from_ical(answer.text).walk("VEVENT")

    return read


def test_each_visit_is_an_event_at_its_time(feed, town):
    video = town.visit()
    on_site = town.visit(mode=Mode.ON_SITE, second=town.second)

    events = {str(event["uid"]): event for event in feed()}

    assert set(events) == {f"visit-{video.id}@yunkan", f"visit-{on_site.id}@yunkan"}
    call = events[f"visit-{video.id}@yunkan"]
    assert (call.decoded("dtstart"), call.decoded("dtend")) == (video.starts_at, video.ends_at)
    assert str(call["summary"]).startswith("视频踏勘 张记小炒")
    assert "location" not in call
    assert "未央区" in str(events[f"visit-{on_site.id}@yunkan"]["location"])


def test_the_second_officer_sees_the_visit_too_and_nobody_else(feed, town):
    town.visit(mode=Mode.ON_SITE, second=town.second)

    assert len(feed(town.second)) == 1
    assert feed(town.stranger) == []


def test_a_visit_taken_back_leaves_the_calendar(feed, town, db):
    visit = town.visit()
    visit.promised = False
    db.commit()

    assert feed() == []


def test_the_distant_past_is_left_out(feed, town):
    town.visit(starts_at=utcnow() - timedelta(days=31))

    assert feed() == []


def test_the_feed_holds_nothing_about_the_applicant(caller, town):
    visit = town.visit(mode=Mode.ON_SITE)
    text = caller().get(f"/api/v1/calendar/{town.lead.calendar_token}.ics").text

    for private in (visit.survey.case.applicant.contact, visit.survey.case.applicant.phone):
        assert private not in text


def test_an_address_that_was_replaced_or_never_given_shows_nothing(caller, town, db):
    old = town.lead.calendar_token
    town.lead.calendar_token = "another"
    db.commit()

    for token in (old, "", "x" * 43):
        assert caller().get(f"/api/v1/calendar/{token}.ics").status_code == 404


def test_an_expert_who_left_has_no_feed(caller, town, db):
    town.lead.active = False
    db.commit()

    assert caller().get(f"/api/v1/calendar/{town.lead.calendar_token}.ics").status_code == 404
