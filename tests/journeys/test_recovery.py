"""What happens when things break in the middle of a call."""

from __future__ import annotations

import os
import re
import signal
import time

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Watch, pictures_move, pid_of_the_worker_of

#: Seconds within which both sides see a loss.
SEEN_SECONDS = 5.0


def test_a_killed_media_worker_is_noticed_and_the_call_comes_back_with_its_checklist(
    people, demo, video_visits, sign_in
):
    visit, lead = next(video_visits)
    officer, phone = in_a_call(people, demo, sign_in, visit, lead)
    _answer_a_point(officer)
    watches = [Watch(page, "断线了") for page in (officer, phone)]

    os.kill(pid_of_the_worker_of(visit, demo), signal.SIGKILL)
    killed = time.time()

    for each in watches:
        assert 0 < each.seconds_after(killed) < SEEN_SECONDS
    for page in (officer, phone):
        pictures_move(page)
    sheet = sign_in(lead).get(f"/api/v1/surveys/{visit['survey_id']}")
    assert len(sheet["answers"]) == 1


def test_a_revoked_link_puts_the_phone_out_and_does_not_let_it_back(
    people, demo, video_visits, sign_in
):
    visit, lead = next(video_visits)
    _, phone = in_a_call(people, demo, sign_in, visit, lead)

    sign_in("tongchou").fetch("DELETE", f"/api/v1/visits/{visit['id']}/link")

    expect(phone.get_by_text(re.compile("链接.*不能用|打电话"))).to_be_visible(timeout=15_000)


def test_an_applicant_may_ask_for_a_visit_instead_and_the_case_waits_again(
    people, demo, video_visits, sign_in, look
):
    visit, _ = next(video_visits)
    hands = sign_in("tongchou")
    phone = people.phone()
    phone.goto(hands.post(f"/api/v1/visits/{visit['id']}/link")["url"])
    phone.get_by_role("button", name="请到现场来").click()

    expect(phone.get_by_text("好，改为到现场来")).to_be_visible()
    look(phone, "applicant-on-site")
    assert hands.get(f"/api/v1/cases/{visit['case_id']}")["status"] == "received"


def in_a_call(people, demo, sign_in, visit, lead) -> tuple[Page, Page]:
    officer = people.desk(lead)
    officer.goto(f"{demo.address}/expert/#survey={visit['survey_id']}")
    officer.get_by_role("button", name="开始踏勘").first.click()
    phone = people.phone()
    phone.goto(sign_in("tongchou").post(f"/api/v1/visits/{visit['id']}/link")["url"])
    phone.get_by_role("button", name="同意并开始").click()
    phone.get_by_role("button", name="开始通话").click()
    for page in (officer, phone):
        pictures_move(page)
    return officer, phone


def _answer_a_point(officer: Page) -> None:
    """By its key, at the first point whose answer is a choice rather than a reading."""
    buttons = officer.locator(".answering").get_by_role("group").get_by_role("button")
    while not buttons.count():
        officer.keyboard.press("j")
    officer.keyboard.press("1")
    expect(officer.get_by_text(re.compile(r"已答\s*1"))).to_be_visible()
