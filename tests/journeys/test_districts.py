"""The desk of one district, beside a bureau that has planned everything already."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect

from server.clock import local_day
from tests.journeys.conftest import turn_to_the_week_of

PHONE = {"width": 390, "height": 844}
TABS = ("cases", "import", "plan", "today", "archive")


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_desk_of_a_district_says_which_it_is_and_fits(
    people, demo, published, look, english, size
):
    page = people.desk(
        "weiyang", english=english, **({"viewport": PHONE} if size == "phone" else {})
    )
    language = "en" if english else "zh"
    for tab in TABS:
        page.goto(f"{demo.address}/coordinator/#/{tab}")
        page.reload()
        page.wait_for_load_state("networkidle")
        expect(page.locator(".topbar .district b")).to_have_text("Weiyang" if english else "未央区")
        look(page, f"district-{tab}-{language}-{size}")


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
def test_rows_of_other_districts_are_marked_and_the_rest_is_imported(people, demo, look, english):
    language, options = ("en", {"viewport": PHONE}) if english else ("zh", {})
    page = people.desk("weiyang", english=english, **options)
    page.goto(f"{demo.address}/coordinator/#/import")
    page.wait_for_load_state("networkidle")
    look(page, f"district-import-empty-{language}")
    page.locator("input[type=file]").set_input_files(
        {"name": "cases.xlsx", "mimeType": "application/octet-stream", "buffer": demo.workbook}
    )

    words = "Nothing to mend: pass them on" if english else "不用改，转给管那里的统筹员"
    expect(page.get_by_text(words)).to_be_visible()
    look(page, f"district-import-preview-{language}")


def test_the_board_of_a_district_shows_its_stops_and_when_officers_are_elsewhere(
    people, demo, published, sign_in
):
    desk = sign_in("weiyang")
    days = f"from={published['first_day']}&to={published['last_day']}"
    own = {case["id"] for case in desk.get("/api/v1/cases?limit=200")["items"]}
    board = desk.get(f"/api/v1/board?{days}")
    stops = {visit["case_id"] for round_ in board["rounds"] for visit in round_["visits"]}
    assert stops
    assert stops <= own
    elsewhere = [span["starts_at"] for expert in board["experts"] for span in expert["elsewhere"]]

    page = people.desk("weiyang")
    page.goto(f"{demo.address}/coordinator/#/plan")
    turn_to_the_week_of(page, local_day(datetime.fromisoformat(min(elsewhere))))
    expect(page.locator(".leave").first).to_be_attached()
