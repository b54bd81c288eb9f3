"""At the case: when could somebody come, and one of these times is promised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from server.clock import LOCAL
from server.demo.door import Door
from server.demo.show import Demonstration, demonstration, free_port
from tests.journeys.conftest import PATIENCE, drafted, import_and_publish

PHONE = {"width": 390, "height": 844}
WAYS = [
    ("zh", "light", "desk"),
    ("en", "dark", "phone"),
    ("zh", "dark", "phone"),
    ("en", "light", "desk"),
]
ASK = re.compile("^(什么时候能去|When could somebody come)")
PROMISE, NOT_NOW = re.compile("^(就约|Make it)"), re.compile("^(先不约|Not now)")
#: A small restaurant by video, a pharmacy on site.
VIDEO, ON_SITE = "0101", "0401"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """One for these tests alone: what they promise, others would find waiting."""
    with demonstration(tmp_path_factory.mktemp("offers"), free_port()) as running:
        import_and_publish(running)
        yield running


@pytest.fixture
def arrived(coordinator: Door) -> Callable[[str], dict[str, Any]]:
    """`arrived("0101")`: one more case comes in, and waits."""

    def make(item: str) -> dict[str, Any]:
        number = f"{datetime.now(LOCAL):%H%M%S%f}"
        columns = {
            "办件编号": number,
            "申请人": "晚来的店",
            "联系电话": "19900009999",
            "事项编码": item,
            "经营场所": f"未央区文景路 {number[-3:]} 号",
            "所属区县": "未央区",
            "经度": "108.94",
            "纬度": "34.325",
            "受理日期": f"{datetime.now(LOCAL):%Y-%m-%d}",
        }
        table = "\n".join(map(",".join, (columns, columns.values())))
        preview = coordinator.upload("/api/v1/imports", table.encode(), "晚来.csv", {})
        coordinator.post(f"/api/v1/imports/{preview['id']}/commit")
        found: dict[str, Any] = coordinator.get(f"/api/v1/cases?q={number}")["items"][0]
        return found

    return make


@pytest.fixture
def desk(people, demo) -> Callable[..., Page]:
    """The page of a case."""

    def open_on(
        case: dict[str, Any], language="zh", theme="light", size="desk", who="tongchou"
    ) -> Page:
        options = {"viewport": PHONE} if size == "phone" else {}
        page: Page = people.desk(who, english=language == "en", **options)
        page.context.add_cookies([{"name": "theme", "value": theme, "url": demo.address}])
        page.goto(f"{demo.address}/coordinator/#/cases/{case['id']}")
        page.reload()
        return page

    return open_on


def offers(page: Page) -> Locator:
    """The times, once they have been asked for."""
    page.get_by_role("button", name=ASK).click()
    found = page.locator(".offers")
    expect(found.get_by_role("table")).to_be_visible(timeout=PATIENCE)
    return found


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_the_times_of_a_case_that_waits_are_accessible_and_fit(desk, arrived, look, way):
    name = "-".join(way)
    page = desk(arrived(ON_SITE if way[0] == "zh" else VIDEO), *way)
    expect(page.get_by_role("button", name=ASK)).to_be_visible()
    look(page, f"offers-asked-{name}")

    found = offers(page)
    found.scroll_into_view_if_needed()
    look(page, f"offers-{name}")
    found.locator("button", has=page.locator(".chip")).click()
    button = found.get_by_role("button", name=PROMISE)
    expect(button).to_be_focused()
    look(page, f"offers-chosen-{name}")

    found.get_by_role("button", name=NOT_NOW).press("Enter")
    expect(button).to_have_count(0)
    expect(found.locator("button", has=page.locator(".chip"))).to_be_focused()


def test_the_best_time_is_promised_by_keyboard_and_the_applicant_is_told(
    desk, arrived, coordinator, look
):
    case = arrived(VIDEO)
    page = desk(case)
    with page.expect_response(re.compile("/offers$")) as offered:  # the best is another soon
        page.get_by_role("button", name=ASK).press("Enter")
    best = offered.value.json()["items"][0]

    page.locator(".offers button", has=page.locator(".chip")).press("Enter")
    expect(page.get_by_role("button", name=PROMISE)).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator(".toast")).to_contain_text("约好了", timeout=PATIENCE)
    expect(page.get_by_role("button", name=ASK)).to_have_count(0)
    expect(page.locator(".survey")).to_contain_text("视频")
    look(page, "offers-promised")
    now = coordinator.get(f"/api/v1/cases/{case['id']}")
    assert (now["status"], now["surveys"][0]["status"]) == ("notified", "scheduled")
    assert now["surveys"][0]["visit"]["starts_at"] == best["starts_at"]
    assert [notice["kind"] for notice in now["notices"]] == ["invitation"]


def test_a_time_that_was_taken_meanwhile_says_so_and_what_is_free_now_is_shown(
    desk, arrived, coordinator, look
):
    page = desk(arrived(VIDEO))
    found = offers(page)
    before = found.locator("tbody tr").first.inner_text()
    found.locator("button", has=page.locator(".chip")).click()
    first = found.get_by_role("group").locator("b").inner_text()
    ill = _everybody_is_away_on_the_day_of(coordinator, first)

    found.get_by_role("button", name=PROMISE).click()

    expect(found.get_by_role("alert")).to_contain_text("请另选一个", timeout=PATIENCE)
    expect(found.get_by_role("alert")).to_be_focused()
    expect(found.get_by_role("button", name=PROMISE)).to_have_count(0)
    expect(found.locator("tbody")).not_to_contain_text(before, timeout=PATIENCE)
    look(page, "offers-taken")
    for absence in ill:
        coordinator.post(f"/api/v1/absences/{absence}", method="DELETE")


def _everybody_is_away_on_the_day_of(coordinator: Door, words: str) -> list[int]:
    month, day = map(int, re.findall(r"\d+", words)[:2])
    year = datetime.now(LOCAL).year + (month < datetime.now(LOCAL).month)
    form = {"kind": "training"} | dict.fromkeys(
        ("first_day", "last_day"), f"{year}-{month:02}-{day:02}"
    )
    experts = coordinator.get("/api/v1/experts")["items"]
    return [
        coordinator.post(f"/api/v1/experts/{one['id']}/absences", form)["id"] for one in experts
    ]


def test_a_server_that_does_not_answer_is_said_and_asked_again(desk, arrived):
    page = desk(arrived(VIDEO), "en")
    page.route(re.compile("/offers$"), lambda route: route.abort())
    page.get_by_role("button", name=ASK).click()
    expect(page.locator(".survey").get_by_role("alert")).to_be_visible()

    page.unroute(re.compile("/offers$"))
    page.locator(".survey").get_by_role("button").click()

    expect(page.locator(".offers").get_by_role("table")).to_be_visible(timeout=PATIENCE)


def test_a_supervisor_sees_the_times_and_promises_none(desk, arrived, look):
    page = desk(arrived(VIDEO), who="jiandu")

    found = offers(page)

    expect(found.locator("tbody")).to_contain_text("最合适")
    expect(found.get_by_role("button")).to_have_count(0)
    look(page, "offers-supervisor")


@pytest.mark.parametrize("way", WAYS[:2], ids="-".join)
def test_a_draft_made_before_a_promise_still_publishes_its_rest(
    people, demo, arrived, coordinator, look, way
):
    language, theme, size = way
    promised, waiting = (arrived(VIDEO)["survey"]["id"] for _ in range(2))
    draft = drafted(coordinator)
    assert {promised, waiting} <= _surveys(draft)
    drafted_at = _begins(draft, waiting)
    offers = coordinator.get(f"/api/v1/surveys/{promised}/offers")["items"]
    far = max(offers, key=lambda one: abs(datetime.fromisoformat(one["starts_at"]) - drafted_at))
    form = {"mode": far["mode"], "starts_at": far["starts_at"]}  # and not in the other's way
    coordinator.post(f"/api/v1/surveys/{promised}/appointment", form)

    options = {"viewport": PHONE} if size == "phone" else {}
    page = people.desk("tongchou", english=language == "en", **options)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": demo.address}])
    page.goto(f"{demo.address}/coordinator/#/plan")
    page.reload()
    page.get_by_role("button", name=re.compile("^(发布计划|Publish the plan)")).click()
    page.get_by_role("button", name=re.compile(r"^(发布 \d|Publish \d)")).click()
    refused = page.get_by_role("dialog").get_by_role("alert")
    expect(refused).to_be_visible(timeout=PATIENCE)
    look(page, f"publish-rest-{'-'.join(way)}")
    page.get_by_role("button", name=re.compile("^(能发的先发布|Publish what still holds)")).click()

    expect(page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE)
    look(page, f"publish-rest-done-{'-'.join(way)}")
    plan = coordinator.get(f"/api/v1/plans/{draft['id']}")
    assert plan["status"] == "published"
    assert waiting in _surveys(plan, "published")
    assert promised not in _surveys(plan, "published")


def _surveys(plan: dict[str, Any], status: str | None = None) -> set[int]:
    return {
        visit["survey_id"]
        for round_ in plan["rounds"]
        for visit in round_["visits"]
        if status in (None, round_["status"])
    }


def _begins(plan: dict[str, Any], survey: int) -> datetime:
    visits = (visit for round_ in plan["rounds"] for visit in round_["visits"])
    visit = next(one for one in visits if one["survey_id"] == survey)
    return datetime.fromisoformat(visit["starts_at"])
