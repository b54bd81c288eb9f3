"""A bad morning at the coordinator's desk: somebody calls in ill, and the plan goes on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from server.clock import local_day, utcnow
from server.demo.door import Door
from tests.journeys.conftest import PATIENCE, own_demonstration, own_plan, turn_to_the_week_of

PHONE = {"width": 390, "height": 844}
WAYS = [
    ("zh", "light", "desk"),
    ("en", "dark", "phone"),
    ("zh", "dark", "phone"),
    ("en", "light", "desk"),
]
WORDS = {
    "leave": ("登记请假", "Record leave"),
    "record": ("登记", "Record"),
    "adjust": ("调整方案", "Adjust the plan"),
    "leave as it is": ("保持原样", "Leave it as it is"),
    "accept": ("按此调整", "Adjust, "),
    "again": ("重新生成方案", "Propose again"),
    "move": ("改时间", "Move"),
    "ask": ("看看要改动什么", "See what would change"),
    "not now": ("先不登记", "Not now"),
}


def button(page: Page, name: str) -> Any:
    chinese, english = WORDS[name]
    return page.get_by_role("button", name=re.compile(f"^({chinese}|{english})"))


def board_of(desk: Door, day: date) -> list[dict[str, Any]]:
    rounds: list[dict[str, Any]] = desk.get(f"/api/v1/board?from={day}&to={day}")["rounds"]
    return [one for one in rounds if one["status"] == "published"]


def day_of(round_: dict[str, Any]) -> date:
    return local_day(datetime.fromisoformat(round_["leaves_at"]))


demo = own_demonstration()  # what they adjust, others would look for in vain
published = own_plan()


@pytest.fixture
def to_come(published, coordinator) -> list[dict[str, Any]]:
    """Published rounds from tomorrow on, read anew: other tests adjust them too."""
    days = (local_day(utcnow()) + timedelta(days=n) for n in range(1, 10))
    return [round_ for day in days for round_ in board_of(coordinator, day)]


@pytest.fixture
def ill(coordinator) -> Iterator[Callable[[dict[str, Any]], int]]:
    """Who leads a round is ill that day; well again after the test."""
    recorded: list[int] = []

    def fall(round_: dict[str, Any]) -> int:
        day = day_of(round_).isoformat()
        form = {"kind": "sick", "first_day": day, "last_day": day}
        recorded.append(
            coordinator.post(f"/api/v1/experts/{round_['lead']['id']}/absences", form)["id"]
        )
        return recorded[-1]

    yield fall
    for absence in recorded:
        coordinator.post(f"/api/v1/absences/{absence}", method="DELETE")


@pytest.fixture
def desk(people, demo) -> Callable[..., Page]:
    """The plan page, on the week of a day."""

    def open_on(day: date, language: str = "zh", theme: str = "light", size: str = "desk") -> Page:
        options = {"viewport": PHONE} if size == "phone" else {}
        page: Page = people.desk("tongchou", english=language == "en", **options)
        page.context.add_cookies([{"name": "theme", "value": theme, "url": demo.address}])
        page.goto(f"{demo.address}/coordinator/#/plan?new=1")
        page.reload()
        turn_to_the_week_of(page, day)
        page.wait_for_load_state("networkidle")
        return page

    return open_on


def record_leave(page: Page, round_: dict[str, Any]) -> None:
    """By the form of the board."""
    day = day_of(round_).isoformat()
    page.locator("#leave-who").select_option(str(round_["lead"]["id"]))
    page.locator("#leave-first_day").fill(day)
    page.locator("#leave-last_day").fill(day)


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_every_state_of_a_repair_is_accessible_and_fits(desk, to_come, look, ill, way):
    round_, name = to_come[-1], "-".join(way)
    page = desk(day_of(round_), *way)

    button(page, "leave").click()
    record_leave(page, round_)
    look(page, f"adjust-leave-{name}")
    button(page, "not now").click()

    ill(round_)
    page.reload()
    turn_to_the_week_of(page, day_of(round_))
    expect(page.locator(".needs")).to_be_visible()
    page.wait_for_load_state("networkidle")
    look(page, f"adjust-board-{name}")
    button(page, "adjust").click()
    expect(page.locator(".changes").first).to_be_visible(timeout=PATIENCE)
    look(page, f"adjust-proposal-{name}")
    button(page, "leave as it is").click()
    expect(page.locator("dialog")).to_have_count(0)


def test_somebody_is_ill_and_the_plan_goes_on_without_them(desk, to_come, coordinator):
    round_ = to_come[0]
    page = desk(day_of(round_))
    button(page, "leave").click()
    record_leave(page, round_)
    page.locator("#leave-who").focus()
    button(page, "record").last.press("Enter")
    expect(page.locator(".needs")).to_be_visible()

    button(page, "adjust").press("Enter")
    button(page, "accept").press("Enter")

    expect(page.locator(".toast")).to_contain_text("已调整", timeout=PATIENCE)
    expect(page.locator("dialog")).to_have_count(0)
    rounds = board_of(coordinator, day_of(round_))
    assert not any(one["broken"] for one in rounds)
    ill = round_["lead"]["id"]
    assert ill not in {one[who]["id"] for one in rounds for who in ("lead", "second") if one[who]}


def test_leave_on_record_is_listed_and_can_be_taken_back(desk, to_come, coordinator, look):
    round_ = to_come[-1]
    day = day_of(round_)
    form = {"kind": "training", "first_day": day.isoformat(), "last_day": day.isoformat()}
    coordinator.post(f"/api/v1/experts/{round_['lead']['id']}/absences", form)
    page = desk(day)
    button(page, "leave").click()
    page.locator("#leave-who").select_option(str(round_["lead"]["id"]))
    look(page, "adjust-leave-known")

    training = page.locator(".known-leave li").filter(has_text="培训")
    training.get_by_role("button").click()

    expect(training).to_have_count(0)
    assert not any(one["broken"] for one in board_of(coordinator, day) if one["id"] == round_["id"])


def test_a_proposal_that_was_overtaken_says_so_and_is_made_anew(desk, to_come, ill, look):
    first, other = to_come[-1], next(r for r in to_come if r["lead"] != to_come[-1]["lead"])
    ill(first)
    page = desk(day_of(first))
    button(page, "adjust").click()
    expect(button(page, "accept")).to_be_visible(timeout=PATIENCE)
    ill(other)

    button(page, "accept").click()

    expect(page.get_by_role("alert")).to_contain_text("请重新生成")
    look(page, "adjust-overtaken")
    button(page, "again").click()
    expect(page.locator(".changes").first).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)


@pytest.mark.parametrize("way", WAYS[:2], ids="-".join)
def test_one_appointment_is_put_elsewhere_or_refused_with_the_rule(desk, to_come, look, way):
    page = desk(day_of(to_come[-1]), *way)
    page.locator(".videos, .trip").last.click()
    button(page, "move").first.click()
    look(page, f"adjust-move-{'-'.join(way)}")
    page.locator("#move-time").select_option("20:00")
    button(page, "ask").click()
    refused = page.get_by_role("alert")
    expect(refused).to_contain_text(re.compile("不上班|off duty"), timeout=PATIENCE)
    look(page, f"adjust-refused-{'-'.join(way)}")


@pytest.mark.parametrize("way", WAYS[:2], ids="-".join)
def test_the_day_says_calmly_what_needs_adjusting(people, demo, published, look, way):
    language, theme, size = way
    options = {"viewport": PHONE} if size == "phone" else {}
    page = people.desk("tongchou", english=language == "en", **options)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": demo.address}])

    def tell(route: Route) -> None:
        real = route.fetch()
        route.fulfill(response=real, body=json.dumps({**real.json(), "urgent": 2}))

    page.route(re.compile(r"/api/v1/board\?"), tell)
    page.goto(f"{demo.address}/coordinator/#/today")
    page.reload()
    expect(page.locator(".needs")).to_contain_text(re.compile("2 个急件|2 urgent cases"))
    page.wait_for_load_state("networkidle")
    look(page, f"adjust-today-{'-'.join(way)}")


def test_an_appointment_is_dragged_to_another_officer_and_the_change_is_shown(
    desk, to_come, people, look
):
    """What it costs and moves, or the rule against it: nothing is changed by dragging alone."""
    alone = next(one for one in reversed(to_come) if len(one["visits"]) == 1)
    page = desk(day_of(alone))
    if alone["mode"] == "video":
        videos = page.locator(f"[aria-label*='{alone['visits'][0]['premises']}']")
        dragged = videos.locator(".video").first
    else:
        dragged = page.locator(f".trip[data-key='trip {alone['id']}']").first
    dragged.hover()  # it is in sight, and stands still
    block = dragged.bounding_box()
    surface = page.locator(".surface").bounding_box()
    start = (block["x"] + min(5, block["width"] / 2), block["y"] + block["height"] / 2)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 20, surface["y"] + 10, steps=5)
    expect(page.locator(".ghost span")).to_contain_text(":")
    look(page, "adjust-dragging")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator("dialog")).to_have_count(0)

    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 20, start[1], steps=5)
    page.mouse.up()

    expect(page.locator("dialog h2")).to_contain_text("改时间")
    answer = page.locator("dialog .changes, dialog [role=alert]").first
    expect(answer).to_be_visible(timeout=PATIENCE)
    look(page, "adjust-dropped")
