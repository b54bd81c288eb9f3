"""A script goes to Excel, comes back changed, and is published by a second person."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import own_demonstration, own_plan, visits_by_video

LATER = "2099010101"
SAID = "店门口离污染源有多远"


demo = own_demonstration()  # what is published here is in force for whoever comes after
published = own_plan()


@pytest.fixture(params=["zh-light", "en-dark"])
def way(request) -> dict[str, Any]:
    language, theme = request.param.split("-")
    return {"english": language == "en", "color_scheme": theme}


def edited(book: bytes, change) -> dict[str, Any]:
    """The workbook as somebody saved it, ready to be chosen in a file dialog."""
    opened = openpyxl.load_workbook(BytesIO(book))
    change(opened)
    file = BytesIO()
    opened.save(file)
    return {
        "name": "small-restaurant.xlsx",
        "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "buffer": file.getvalue(),
    }


def at_small_restaurants(page: Page, demo) -> None:
    page.goto(f"{demo.address}/coordinator/#/scripts?q=0101")
    page.locator("tr[data-row] a").first.click()
    expect(page.locator(".sheet-head h2")).to_be_visible()


def test_a_script_edited_in_excel_is_published_by_a_second_person(
    people, demo, published, sign_in, look
):
    began, later = two_restaurants(published, sign_in)
    hands = sign_in(began["lead"])
    before = hands.post(f"/api/v1/surveys/{began['survey_id']}/start")["script"]
    desk = people.desk("tongchou")
    desk.goto(f"{demo.address}/coordinator/#/scripts")
    expect(desk.locator("tr[data-row]")).not_to_have_count(0)
    look(desk, "scripts-list")
    at_small_restaurants(desk, demo)
    look(desk, "scripts-in-force")
    with desk.expect_download() as download:
        desk.get_by_text("下载 Excel").click()
    book = download.value.path().read_bytes()

    def spoil(opened):
        opened["survey"]["B4"] = opened["survey"]["B3"].value
        opened["choices"]["B2"] = "=A1"

    desk.locator("input[type=file]").set_input_files(edited(book, spoil))
    expect(desk.get_by_text("choices 2")).to_be_visible()
    look(desk, "scripts-faulty")

    def change(opened):
        opened["settings"]["A2"] = LATER
        opened["survey"]["C3"] = SAID

    desk.locator("input[type=file]").set_input_files(edited(book, change))
    expect(desk.locator("ins", has_text=SAID)).to_be_visible()
    desk.locator(".preview summary").first.click()
    look(desk, "scripts-draft")
    desk.get_by_role("button", name="提请发布").click()
    expect(desk.get_by_text("已提请，等另一个人发布").first).to_be_visible()
    look(desk, "scripts-proposed")

    second = people.desk("guanli")
    at_small_restaurants(second, demo)
    look(second, "scripts-to-publish")
    second.get_by_role("button", name="发布", exact=True).click()
    expect(second.get_by_text(f"执行本局 {LATER} 版")).to_be_visible()
    look(second, "scripts-published")

    now = sign_in(later["lead"]).post(f"/api/v1/surveys/{later['survey_id']}/start")["script"]
    assert (now["version"], now["points"][0]["label"]["zh"]) == (LATER, SAID)
    assert hands.get(f"/api/v1/surveys/{began['survey_id']}")["script"] == before


def test_what_is_open_in_a_script_is_confirmed_by_name(people, demo, published, look, way):
    desk = people.desk("tongchou", **way)
    desk.goto(f"{demo.address}/coordinator/#/scripts")
    desk.locator("tr[data-row]", has=desk.locator(".chip.rectify")).first.click()
    many = desk.locator(".to-confirm li", has=desk.locator(".chip.rectify"))
    expect(many.first).to_be_visible()
    before = many.count()
    name = f"scripts-{'en' if way['english'] else 'zh'}-{way['color_scheme']}"
    many.first.get_by_role("button").click()
    many.first.locator("input").fill("国家法律法规数据库，2026年11月26日")
    look(desk, f"{name}-confirming")
    many.first.locator("button[type=submit]").click()
    expect(many).to_have_count(before - 1)
    given = desk.locator(".to-confirm li", has=desk.locator(".chip.pass"))
    expect(given.filter(has_text="国家法律法规数据库，2026年11月26日").first).to_be_visible()
    look(desk, f"{name}-confirmed")
    desk.set_viewport_size({"width": 390, "height": 844})
    look(desk, f"{name}-phone")
    desk.locator(".sheet-head button").click()
    look(desk, f"{name}-phone-list")
    desk.locator("input[type=search]").fill("no such thing")
    expect(desk.get_by_text(re.compile("没有这样的事项|no such item type"))).to_be_visible()
    look(desk, f"{name}-phone-none")


def two_restaurants(published, sign_in) -> list[dict[str, Any]]:
    """Visits by video to small restaurants that nobody has begun."""
    found = []
    for visit, lead in visits_by_video(published):
        sheet = sign_in(lead).get(f"/api/v1/surveys/{visit['survey_id']}")
        if sheet["status"] == "scheduled" and sheet["script"]["key"] == "food/small-restaurant":
            found.append({**visit, "lead": lead})
    return found[-2:]
