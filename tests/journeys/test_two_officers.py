"""A video survey by two officers on two pages, and the applicant's phone, on scripts of different
categories: both answer, each sees the other's, the second dissents, the lead decides."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import update
from sqlalchemy.orm import Session

from server.adapters.database import open_database
from server.config import Settings
from server.demo.seed import EXPERT_ACCOUNTS
from server.demo.show import Demonstration, demonstration, free_port
from server.models.bureau import Bureau
from tests.journeys.conftest import import_and_publish, pictures_move, signed_in
from tests.journeys.test_states import work

REASON = "现场与申报不符，宜先整改"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """A bureau that wants two officers by video, too."""
    with demonstration(tmp_path_factory.mktemp("two"), free_port()) as running:
        engine = open_database(Settings(folder=running.folder).where_database())
        with Session(engine) as db:
            db.execute(update(Bureau).values(video_officers=2))
            db.commit()
        engine.dispose()
        yield running


@pytest.fixture(scope="module")
def of_category(demo: Demonstration) -> dict[str, tuple[dict[str, Any], str, str]]:
    """By category of its script: a visit by video, and what its officers sign in with.

    The three shortest of the demonstration: what is seen here is the same on a long one.
    """
    found: dict[str, tuple[dict[str, Any], str, str]] = {}
    length: dict[str, int] = {}
    for round_ in import_and_publish(demo)["rounds"]:
        if round_["mode"] != "video" or not round_["second"]:
            continue
        lead, second = (EXPERT_ACCOUNTS[round_[one]["name"]] for one in ("lead", "second"))
        for visit in round_["visits"]:
            if visit["item_type"] in length:
                continue
            sheet = signed_in(demo, lead).get(f"/api/v1/surveys/{visit['survey_id']}")
            length[visit["item_type"]] = sum(point["photos"] for point in sheet["script"]["points"])
            category = sheet["script"]["key"].partition("/")[0]
            known = found.get(category)
            if known is None or length[visit["item_type"]] < length[known[0]["item_type"]]:
                found[category] = (visit, lead, second)
    assert len(found) >= 3, sorted(found)
    shortest = sorted(found, key=lambda category: length[found[category][0]["item_type"]])
    return {category: found[category] for category in shortest[:3]}


@pytest.mark.parametrize("nth", range(3), ids=["one", "another", "a-third"])
def test_two_officers_each_sign_their_own_view(people, demo, of_category, sign_in, look, nth):
    visit, *accounts = list(of_category.values())[nth]
    survey = visit["survey_id"]
    lead, second = (people.desk(one) for one in accounts)
    for desk in (lead, second):
        desk.goto(f"{demo.address}/expert/#survey={survey}")
    lead.get_by_role("button", name="开始踏勘").first.click()
    phone = people.phone()
    phone.goto(sign_in("tongchou").post(f"/api/v1/visits/{visit['id']}/link")["url"])
    phone.get_by_role("button", name="同意并开始").click()
    phone.get_by_role("button", name="开始通话").click()
    pictures_move(lead)

    hands = [sign_in(one) for one in accounts]
    sheet = hands[0].get(f"/api/v1/surveys/{survey}")
    mine, theirs = _two_plain_points(sheet)
    _answer(lead, mine, "1")
    _answer(second, theirs, "1")
    for desk in (lead, second):
        for point in (mine, theirs):
            expect(_line(desk, point)).to_have_class("pass")
    _line(lead, theirs).click()
    name = sheet["visit"]["second"]
    expect(lead.locator(".point").get_by_text(re.compile(f"{name} .*答"))).to_be_visible()

    work(hands[0], survey)
    see = look if nth == 0 else (lambda page, name: None)  # the same pages, on another script
    _dissent(second, see)
    expect(lead.get_by_text(f"{name}保留意见").first).to_be_visible()
    lead.get_by_text("主办签字").click()
    _draw(lead)
    expect(lead.locator(".side .views .agrees")).to_be_visible()
    lead.get_by_role("button", name="回到清单").click()

    expect(lead.locator("dialog")).to_have_count(0)
    lead.keyboard.press("r")
    expect(lead.locator(".draft .words")).to_contain_text("踏勘人员")
    see(lead, "two-officers-draft")
    lead.keyboard.press("Escape")
    expect(lead.locator("dialog")).to_have_count(0)
    lead.get_by_role("button", name="出结论").click()
    expect(lead.locator(".side").get_by_text(REASON)).to_be_visible()
    see(lead, "two-officers-verdict")
    lead.locator(".side .button.primary").click()
    expect(lead.get_by_text("结论已出").first).to_be_visible()
    expect(second.get_by_text("结论已出").first).to_be_visible()

    for language, word in (("zh", "保留意见"), ("en", "Dissent")):
        address = f"/api/v1/surveys/{survey}/record.pdf?language={language}"
        said = _text_of(hands[1].fetch("GET", address))
        assert word in said
        assert REASON.partition("，")[2] in said


def _two_plain_points(sheet: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The first and the last that are asked from the beginning, and are passed or failed."""
    asked = {
        point["name"]: point
        for point in sheet["script"]["points"]
        if point["answer"]["kind"] == "pass_fail_na" and not point["repeat"]
    }
    open_now = [asked[name] for name in sheet["asked"] if name in asked]
    return open_now[0], open_now[-1]


def _line(page: Page, point: dict[str, Any]):
    return page.locator(".rail a", has=page.get_by_text(point["label"]["zh"], exact=True))


def _answer(page: Page, point: dict[str, Any], key: str) -> None:
    _line(page, point).click()
    expect(page.locator(".point h2")).to_have_text(point["label"]["zh"])
    page.keyboard.press(key)


def _dissent(second: Page, see) -> None:
    second.get_by_text("协办签字").click()
    second.get_by_role("button", name="保留意见").click()
    second.get_by_label("为什么不同意").fill(REASON)
    see(second, "two-officers-dissent")
    _draw(second)
    expect(second.locator(".side .views .dissents")).to_contain_text(REASON)
    second.get_by_role("button", name="回到清单").click()


def _draw(page: Page) -> None:
    """A name drawn, and given."""
    pen = page.locator("svg.pen")
    pen.scroll_into_view_if_needed()
    box = pen.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 40 + 15 * step, box["y"] + 40 + (step % 2) * 30)
    page.mouse.up()
    page.get_by_role("button", name="签好了").click()


def _text_of(pdf: bytes) -> str:
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return "".join(words.split())
