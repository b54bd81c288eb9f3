"""At the plan: a survey was left out, why, and what would let it in."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect

from server.clock import local_day, utcnow
from tests.journeys.conftest import PATIENCE, signed_in

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def crowded(demo):
    """A draft of one day that is far too short for all that waits."""
    desk = signed_in(demo, "chicago")
    rows = "name,address,purpose,inspection_date\n" + "".join(
        f"Grill {n},{n} N CLARK ST CHICAGO IL 60614,Canvass,2013-07-01\n" for n in range(1, 121)
    )
    preview = desk.upload(
        "/api/v1/imports", rows.encode(), "grills.csv", {"preset": "chicago-2013q3"}
    )
    desk.post(f"/api/v1/imports/{preview['id']}/commit")
    day = local_day(utcnow()) + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    order = {"first_day": day.isoformat(), "last_day": day.isoformat(), "seconds": 1}
    plan = desk.post("/api/v1/plans", order)
    deadline = time.monotonic() + 60
    while (now := desk.get(f"/api/v1/plans/{plan['id']}"))["status"] != "draft":
        assert time.monotonic() < deadline, now["error"]
        time.sleep(0.1)
    assert now["unplanned"]
    yield now
    desk.fetch("DELETE", f"/api/v1/plans/{plan['id']}")


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_survey_left_out_says_what_would_let_it_in(people, demo, crowded, look, english, size):
    name = f"ways-in-{'en' if english else 'zh'}-{'phone' if size is PHONE else 'desk'}"
    page = people.desk("chicago", english=english, viewport=size)
    page.goto(f"{demo.address}/coordinator/#/plan/{crowded['id']}")
    left = page.locator("article.loose").first
    left.scroll_into_view_if_needed()
    look(page, f"{name}-asked")

    left.get_by_role("button").click()

    expect(what_came_of_it(left)).to_be_visible(timeout=PATIENCE)
    expect(left).not_to_contain_text("way_in.")
    look(page, name)


def test_a_server_that_does_not_answer_is_said_and_asked_again(people, demo, crowded):
    page = people.desk("chicago", english=True)
    page.route(re.compile("/changes$"), lambda route: route.abort())
    page.goto(f"{demo.address}/coordinator/#/plan/{crowded['id']}")
    left = page.locator("article.loose").first
    left.get_by_role("button").click()
    expect(left.get_by_role("alert")).to_be_visible()

    page.unroute(re.compile("/changes$"))
    left.get_by_role("button").click()

    expect(what_came_of_it(left)).to_be_visible(timeout=PATIENCE)


def what_came_of_it(left: Locator) -> Locator:
    """The changes that would do, or that none does; while they are tried out, neither."""
    return left.locator("div[role=status] .because, p.notice[role=status]")
