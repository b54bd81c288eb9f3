"""Every page of the staff, in both languages, light and dark, at a desk and on a phone."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

PHONE = {"width": 390, "height": 844}
TABS = ("cases", "import", "plan", "today", "guidance", "archive")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_desk_is_accessible_and_fits(people, demo, published, look, english, theme, size):
    options = {"viewport": PHONE} if size == "phone" else {}
    page = people.desk("tongchou", english=english, **options)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": demo.address}])
    for tab in TABS:
        page.goto(f"{demo.address}/coordinator/#/{tab}")
        page.reload()
        page.wait_for_load_state("networkidle")
        look(page, f"desk-{tab}-{'en' if english else 'zh'}-{theme}-{size}")


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize(
    ("english", "planned", "words"),
    [
        (False, 4, "4 / 9 个片区已排好，还要约 12 秒"),
        (True, 4, "4 of 9 areas planned, about 12 s left"),
        (False, 9, "片区都已排好，正在跨片区调整，还要约 12 秒"),
        (True, 9, "All areas planned, now across them, about 12 s left"),
    ],
)
def test_while_a_city_is_planned_its_page_counts_the_areas(
    people, demo, published, look, english, planned, words, size
):
    at_work = {"status": "running", "seconds": 30, "progress": 0.6}
    body = json.dumps(published | at_work | {"parts": 9, "parts_planned": planned})
    options = {"viewport": PHONE} if size == "phone" else {}
    page = people.desk("tongchou", english=english, **options)
    page.route(
        re.compile(rf"/api/v1/plans/{published['id']}$"), lambda route: route.fulfill(body=body)
    )
    page.goto(f"{demo.address}/coordinator/#/plan/{published['id']}")
    page.reload()

    expect(page.get_by_role("status").get_by_text(words)).to_be_visible()
    look(page, f"plan-in-parts-{planned}-{'en' if english else 'zh'}-{size}")


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize(
    ("english", "capacity", "words"),
    [
        (False, None, r"还能接通\s*[1-9]\d* 场"),
        (True, None, r"more fit\s*[1-9]\d* calls"),
        (False, {"workers": 2, "fit": 0, "disk_full": True}, r"还能接通\s*0 场"),
        (True, {"workers": 1, "fit": 9, "disk_full": True}, r"more fit\s*9 calls"),
        (True, {"workers": 0, "fit": 0}, r"video is away\s*0 calls"),
    ],
)
def test_the_day_says_how_many_more_calls_fit(
    people, demo, published, look, english, capacity, words, size
):
    options = {"viewport": PHONE} if size == "phone" else {}
    page = people.desk("tongchou", english=english, **options)
    if capacity is not None:
        page.route("**/api/v1/capacity", lambda route: route.fulfill(body=json.dumps(capacity)))
    page.goto(f"{demo.address}/coordinator/#/today")
    page.reload()

    expect(page.locator(".figures div").filter(has_text=re.compile(words))).to_be_visible()
    if capacity and capacity.get("disk_full"):
        expect(page.get_by_text(re.compile("不录像|unrecorded"))).to_be_visible()
    full = "" if capacity is None else f"-{capacity['workers']}-full"
    look(page, f"today-calls{full}-{'en' if english else 'zh'}-{size}")


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
def test_the_experts_day_and_the_sign_in_are_accessible(people, demo, published, look, english):
    language = "en" if english else "zh"
    page = people.desk("limin", english=english)
    page.wait_for_load_state("networkidle")
    look(page, f"expert-day-{language}")
    page.context.clear_cookies(name="yunkan")
    page.goto(f"{demo.address}/sign-in")
    page.wait_for_load_state("networkidle")
    look(page, f"sign-in-{language}")


def test_a_wrong_password_is_said_in_words_and_nobody_is_signed_in(people, demo, look):
    page = people.phone(english=True)
    page.goto(f"{demo.address}/sign-in")
    page.locator("input[autocomplete=username]").fill("tongchou")
    page.locator("input[type=password]").fill("not the password")
    page.keyboard.press("Enter")

    expect(page.get_by_text("The name or the password is wrong")).to_be_visible()
    look(page, "sign-in-refused")


def test_no_chinese_is_left_on_the_english_frame_of_the_desk(people, demo, published):
    page = people.desk("tongchou", english=True)
    expect(page.locator("th").first).to_be_visible()
    heads = page.locator("th, [role=columnheader]").all_inner_texts()
    frame = " ".join([page.locator("nav").first.inner_text(), *heads])

    assert CHINESE.search(frame) is None
