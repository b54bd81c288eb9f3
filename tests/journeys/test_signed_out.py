"""An officer is signed out in the middle of a survey: nothing is lost, nothing goes as another."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from server.demo.headless import photo_of
from server.demo.seed import EXPERT_ACCOUNTS, PASSWORD
from tests.journeys.conftest import DESK, PATIENCE, own_demonstration, own_plan

PHONE = {"width": 390, "height": 844}

demo = own_demonstration()  # of visits on site there are few
published = own_plan()


@pytest.mark.parametrize(
    ("language", "theme", "nth"), [("zh", "light", 0), ("en", "dark", 1)], ids=["zh", "en"]
)
def test_what_an_officer_photographed_goes_once_they_are_signed_in_again(
    people, demo, published, sign_in, look, tmp_path, language, theme, nth
):
    round_ = [one for one in published["rounds"] if one["mode"] == "on_site"][nth]
    survey, lead = round_["visits"][0]["survey_id"], round_["lead"]["name"]
    account = EXPERT_ACCOUNTS[lead]
    hands = sign_in(account)
    hands.post(f"/api/v1/surveys/{survey}/start")
    page = people.desk(account, english=language == "en", viewport=PHONE)
    settings = [
        {"name": name, "value": value, "url": demo.address}
        for name, value in (("theme", theme), ("language", language))
    ]
    page.context.add_cookies(settings)
    page.goto(f"{demo.address}/expert/#survey={survey}")
    page.reload()
    page.wait_for_load_state("networkidle")

    page.context.clear_cookies()
    page.context.add_cookies(settings)
    file = tmp_path / "photo.jpg"
    file.write_bytes(photo_of("灭火器", size=(1200, 900)))
    page.locator("input[type=file]").first.set_input_files(file)
    notice = page.get_by_role("alert").filter(has_text=lead)
    expect(notice).to_be_visible(timeout=PATIENCE)
    look(page, f"signed-out-{language}-phone")
    page.set_viewport_size(DESK)
    look(page, f"signed-out-{language}-desk")

    another = next(name for name in EXPERT_ACCOUNTS.values() if name != account)
    _sign_in(page.context, demo.address, another)
    with page.expect_response(re.compile("/api/v1/me$")):  # it looks who is there
        pass
    expect(notice).to_be_visible()
    assert hands.get(f"/api/v1/surveys/{survey}")["evidence"] == []

    with page.expect_response(lambda answer: answer.url.endswith("/evidence")) as sent:
        _sign_in(page.context, demo.address, account)
    assert sent.value.status == 201
    expect(notice).to_have_count(0)
    [kept] = hands.get(f"/api/v1/surveys/{survey}")["evidence"]
    assert kept["source"] == "officer"


def _sign_in(context: BrowserContext, address: str, name: str) -> None:
    """In another window of the same browser."""
    door = context.new_page()
    door.goto(f"{address}/sign-in")
    door.locator("input[autocomplete=username]").fill(name)
    door.locator("input[type=password]").fill(PASSWORD)
    door.keyboard.press("Enter")
    door.wait_for_url("**/expert/**")
    door.close()
