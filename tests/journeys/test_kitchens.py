"""Kitchens with several fridges, and what is right and wrong in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from server.demo.show import Demonstration
from tests.journeys.conftest import PATIENCE, import_and_publish, own_demonstration, visits_by_video

KITCHEN = "food/small-restaurant"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


demo = own_demonstration()  # the one of all journeys has few kitchens, and others begin there


@pytest.fixture(scope="module")
def visits(demo: Demonstration) -> list[tuple[dict[str, Any], str]]:
    return list(visits_by_video(import_and_publish(demo)))


@pytest.fixture
def kitchens(visits, sign_in) -> list[tuple[dict[str, Any], str]]:
    """Places where each fridge is read, and what their leads sign in with."""
    return [
        (visit, lead)
        for visit, lead in visits
        if sign_in(lead).get(f"/api/v1/surveys/{visit['survey_id']}")["script"]["key"] == KITCHEN
    ]


@pytest.fixture
def elsewhere(visits, kitchens, sign_in) -> tuple[dict[str, Any], str]:
    """A place that is no such kitchen, and where at least five points are asked about."""
    return next(
        (visit, lead)
        for visit, lead in visits
        if (visit, lead) not in kitchens
        and len(sign_in(lead).get(f"/api/v1/surveys/{visit['survey_id']}")["asked"]) >= 5
    )


@pytest.fixture(params=["zh-light", "en-dark"])
def way(request) -> dict[str, Any]:
    language, theme = request.param.split("-")
    return {"english": language == "en", "color_scheme": theme}


@pytest.fixture(autouse=True)
def losses_are_meant(people) -> Iterator[None]:
    """A browser complains of a network that a test takes away; nothing else is forgiven."""
    yield
    people.mishaps[:] = [one for one in people.mishaps if "INTERNET_DISCONNECTED" not in one]


def named(way: dict[str, Any]) -> str:
    return f"{'en' if way['english'] else 'zh'}-{way['color_scheme']}"


def test_what_there_are_several_of_is_asked_about_one_by_one(
    people, demo, kitchens, sign_in, look, way
):
    visit, lead = kitchens[way["english"]]
    sign_in(lead).post(f"/api/v1/surveys/{visit['survey_id']}/start")
    desk = people.desk(lead, **way)
    desk.goto(f"{demo.address}/expert/#survey={visit['survey_id']}")
    how_many = re.compile("有几台|How many")
    desk.locator(".rail a", has_text=how_many).click()
    reading = desk.locator("#reading")
    desk.context.set_offline(True)
    reading.fill("99")
    reading.press("Enter")
    too_many = desk.get_by_text(re.compile("请填 . 至|Enter a whole number"))
    expect(too_many).to_be_visible()  # at once, whatever the network says
    look(desk, f"expert-30-too-many-{named(way)}")
    reading.fill("3")
    reading.press("Enter")
    expect(too_many).to_have_count(0)
    third = desk.locator(".rail .of", has_text=re.compile("(冷藏设备|Refrigerator|Fridge) 3"))
    expect(third).to_be_visible()
    desk.context.set_offline(False)
    unsent = desk.locator(".verdict-bar .chip.rectify[role=status]")
    expect(unsent).to_have_count(0, timeout=PATIENCE)
    expect(too_many).to_have_count(0)
    third.locator("+ li a").click()
    reading.fill("12")
    reading.press("Enter")
    expect(desk.locator(".rail .of + li .fail, .rail .of + li .rectify")).to_have_count(1)
    look(desk, f"expert-31-the-third-of-three-{named(way)}")
    desk.locator(".rail a", has_text=how_many).click()
    reading.fill("2")
    reading.press("Enter")
    expect(third).to_have_count(0)


@contextmanager
def answers_held_back(page: Page, path: str) -> Iterator[list[Any]]:
    """What the server answers to this page meanwhile reaches it only afterwards."""
    held: list[tuple[Any, Any]] = []
    holding = True

    def hold(route: Route) -> None:
        if holding:
            held.append((route, route.fetch()))
        else:
            route.continue_()

    page.route(path, hold)
    yield held
    holding = False  # taking the route away would let go of what is held
    for route, answer in held:
        route.fulfill(response=answer)


def test_a_phone_keeps_to_the_point_shown_last_though_an_older_answer_comes_after_it(
    people, demo, elsewhere, sign_in
):
    visit, lead = elsewhere
    page = people.open(PHONE, english=False)
    page.goto(sign_in("tongchou").post(f"/api/v1/visits/{visit['id']}/link")["url"])
    page.get_by_role("button", name="同意并开始").click()
    page.get_by_role("button", name="开始通话").click()
    desk = people.desk(lead)
    desk.goto(f"{demo.address}/expert/#survey={visit['survey_id']}")
    desk.get_by_role("button", name="开始踏勘").first.click()
    where = page.locator("progress")
    expect(where).to_be_visible(timeout=PATIENCE)
    desk.locator(".rail a").nth(1).click()
    expect(where).to_have_attribute("value", "2")
    with answers_held_back(page, "**/api/v1/applicant") as held:
        page.get_by_role("button", name="English").click()  # asks the server for everything
        expect(page.get_by_role("button", name="中文")).to_be_visible()
        desk.locator(".rail a").nth(4).click()
        expect(where).to_have_attribute("value", "5")
    assert held
    page.wait_for_timeout(500)  # that nothing happens has no event
    expect(where).to_have_attribute("value", "5")


def test_right_and_wrong_are_shown_beside_what_is_asked(people, demo, kitchens, sign_in, look):
    visit, lead = kitchens[2]
    page = people.open(PHONE, english=False)
    page.goto(sign_in("tongchou").post(f"/api/v1/visits/{visit['id']}/link")["url"])
    page.get_by_role("button", name=re.compile("同意并开始|Agree and start")).click()
    page.get_by_role("button", name=re.compile("开始通话|Start the call")).click()
    desk = people.desk(lead)
    desk.goto(f"{demo.address}/expert/#survey={visit['survey_id']}")
    desk.get_by_role("button", name="开始踏勘").first.click()
    desk.locator(".rail a", has_text=re.compile("防鼠|rats")).first.click()
    for one in (desk, page):  # its place is kept before it is there
        expect(one.locator("img[src*=sketches]")).to_be_visible(timeout=PATIENCE)
        one.wait_for_function(
            "() => document.querySelector('img[src*=sketches]')?.naturalWidth > 0"
        )
    look(desk, "expert-32-right-and-wrong")
    look(page, "applicant-34-right-and-wrong")
    page.locator(".sketch").click()
    look(page, "applicant-35-right-and-wrong-large")
