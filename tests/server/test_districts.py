"""Somebody of one district works as in a bureau of its own: of the others nothing shows.

未央 is the district of the coordinator who asks; 雁塔 is the one that must not show.
"""

from __future__ import annotations

import pytest

from server.clock import utcnow
from server.models.account import Role
from server.models.notice import Channel, Notice, NoticeStatus


@pytest.fixture
def here(town):
    return town.case(name="未央小炒")


@pytest.fixture
def there(town):
    return town.case(name="雁塔书屋", district=town.yanta)


@pytest.fixture
def desk(town, sign_in_as):
    """The coordinator of 未央."""
    return sign_in_as(Role.COORDINATOR, district=town.weiyang)


@pytest.fixture
def chief(sign_in_as):
    """A coordinator of the whole bureau."""
    return sign_in_as(Role.COORDINATOR)


def is_not_there(answer):
    """Not theirs looks like not there: in the status, in the code, in every word."""
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert answer.json["values"] == {}


# --- the outbox -----------------------------------------------------------------------------


@pytest.fixture
def failed(town, db):
    """A message that did not leave, about a case or about none."""

    def make(case=None):
        made = Notice(
            bureau_id=town.bureau.id,
            case_id=case.id if case else None,
            kind="result",
            channel=Channel.SMS,
            to="19900000001",
            subject="",
            body="x",
            status=NoticeStatus.FAILED,
            next_try_at=utcnow(),
        )
        db.add(made)
        db.commit()
        return made

    return make


def test_the_outbox_holds_the_messages_about_the_districts_cases_alone(
    desk, chief, here, there, failed
):
    mine, theirs, nobodys = failed(here), failed(there), failed()

    def outbox(somebody):
        return [one["id"] for one in somebody.get("/api/v1/notices").json["items"]]

    assert outbox(desk) == [mine.id]
    assert outbox(chief) == [mine.id, theirs.id, nobodys.id]


def test_as_many_messages_count_as_failed_as_the_outbox_shows(desk, here, there, failed):
    failed(here), failed(there), failed(there)

    assert desk.get("/api/v1/overview").json["notices_failed"] == 1


def test_a_cursor_leads_to_no_message_of_another_district(desk, chief, here, there, failed):
    mine = [failed(case).id for case in (here, there, here, there, here)][::2]
    everything = chief.get("/api/v1/notices?limit=1").json["next"]

    seen, query = [], "limit=1"
    while True:
        page = desk.get(f"/api/v1/notices?{query}").json
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        query = f"limit=1&cursor={page['next']}"

    assert seen == mine
    borrowed = desk.get(f"/api/v1/notices?cursor={everything}").json["items"]
    assert [one["id"] for one in borrowed] == mine[1:]


def test_a_message_of_another_district_is_not_sent_again_by_guessing_its_number(
    desk, here, there, failed, db
):
    mine, theirs, nobodys = failed(here), failed(there), failed()

    assert desk.post(f"/api/v1/notices/{mine.id}/retry").json["status"] == "waiting"
    for hidden in (theirs, nobodys):
        is_not_there(desk.post(f"/api/v1/notices/{hidden.id}/retry"))
        assert hidden.status is NoticeStatus.FAILED


# --- what concerns every district -----------------------------------------------------------


def test_an_administrator_of_one_district_connects_no_system_that_hears_of_all(
    town, sign_in_as, db
):
    office = sign_in_as(Role.ADMINISTRATOR, district=town.weiyang)
    wanted = {"url": "http://10.0.0.1", "subjects": ["case"]}

    for answer in (office.get("/api/v1/webhooks"), office.post("/api/v1/webhooks", wanted)):
        assert (answer.status_code, answer.json["code"]) == (403, "not_yours")
        assert answer.json["values"] == {"cause": "district"}
