"""An observer of a call is invited, agreed to, watches, and is asked to leave."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PATIENCE


@pytest.fixture
def visit(video_visits) -> dict[str, Any]:
    """A video visit nobody has touched, with its lead's sign-in name."""
    found, lead = next(video_visits)
    return {**found, "lead": lead}


def test_a_citizen_supervisor_observes_a_call_as_long_as_the_applicant_agrees(
    people, demo, sign_in, visit, look
):
    hands = sign_in("tongchou")
    desk = people.desk("tongchou")
    desk.goto(f"{demo.address}/coordinator/#/cases/{visit['case_id']}")
    desk.reload()
    link = _invite(desk, "王红", look)
    seen = people.phone()
    seen.goto(link)
    expect(seen.get_by_text("申请人同意以后才能看")).to_be_visible()
    look(seen, "observer-asking")

    phone = people.phone()
    phone.goto(hands.post(f"/api/v1/visits/{visit['id']}/link")["url"])
    expect(phone.get_by_text("王红（社会监督员）")).to_be_visible()
    phone.get_by_text("王红（社会监督员）").scroll_into_view_if_needed()
    look(phone, "applicant-told-of-observer")
    phone.get_by_role("button", name="同意并开始").click()
    phone.get_by_role("button", name="开始通话").click()
    officer = people.desk(visit["lead"])
    officer.goto(f"{demo.address}/expert/#survey={visit['survey_id']}")
    officer.get_by_role("button", name="开始踏勘").first.click()

    watch = seen.get_by_role("button", name="开始旁听")
    expect(watch).to_be_visible(timeout=PATIENCE)
    look(seen, "observer-agreed")
    watch.click()
    _sees_a_picture(seen)
    look(seen, "observer-watching")
    expect(officer.get_by_text("旁听：王红（社会监督员）")).to_be_visible(timeout=PATIENCE)
    look(officer, "expert-observed")
    expect(phone.get_by_text("王红（社会监督员）在旁听")).to_be_visible(timeout=PATIENCE)
    look(phone, "applicant-observed")

    later = people.phone(english=True)
    later.goto(_invite(desk, "Chen", look))
    expect(phone.get_by_text("Chen（社会监督员）想旁听")).to_be_visible(timeout=PATIENCE)
    expect(phone.get_by_role("button", name="挂断")).to_be_in_viewport(ratio=1)
    look(phone, "applicant-asked-of-observer")
    phone.get_by_role("button", name="同意", exact=True).click()
    expect(later.get_by_role("button", name="Start observing")).to_be_visible(timeout=PATIENCE)

    phone.get_by_role("button", name="王红（社会监督员）在旁听").click()
    phone.get_by_role("button", name="请王红（社会监督员）离开").click()
    expect(seen.get_by_role("heading", name="这个链接不能用了")).to_be_visible(timeout=PATIENCE)
    look(seen, "observer-refused")
    expect(officer.get_by_text("旁听：王红（社会监督员）")).to_have_count(0, timeout=PATIENCE)
    desk.reload()
    history = desk.locator(".history")
    expect(history.get_by_text("旁听：申请人不同意")).to_be_visible(timeout=PATIENCE)
    look(desk, "desk-observers")


def _invite(desk: Page, name: str, look) -> str:
    desk.get_by_role("button", name="请人旁听").click()
    desk.get_by_label("姓名").fill(name)
    look(desk, f"desk-inviting-{name}")
    desk.get_by_role("button", name="邀请，拿链接").click()
    field = desk.get_by_role("textbox", name="旁听的链接")
    expect(field).to_have_value(re.compile("/o#"))
    return field.input_value()


def _sees_a_picture(page: Page) -> None:
    page.wait_for_function(
        "() => [...document.querySelectorAll('video')].some(v => v.videoWidth > 0 && !v.paused)",
        timeout=30_000,
    )
