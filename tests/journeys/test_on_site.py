"""A visit in person: the same checklist on the officer's own phone."""

from __future__ import annotations

import hashlib
from datetime import datetime
from itertools import count

import pytest
from playwright.sync_api import expect

from server.demo.headless import passing_value, photo_of, question
from server.demo.seed import EXPERT_ACCOUNTS

PIXEL = {"width": 412, "height": 839}
PHONE = {"width": 390, "height": 844}


def test_two_officers_survey_on_site_with_a_phone(people, demo, published, sign_in, look, tmp_path):
    round_ = next(one for one in published["rounds"] if one["mode"] == "on_site")
    visit = round_["visits"][0]
    lead = EXPERT_ACCOUNTS[round_["lead"]["name"]]
    officer = people.desk(lead, viewport=PIXEL, has_touch=True, is_mobile=True)
    look(officer, "onsite-day")
    officer.goto(f"{demo.address}/expert/#survey={visit['survey_id']}")
    officer.get_by_role("button", name="到了，开始踏勘").first.click()
    look(officer, "onsite-checklist")

    photo = photo_of("灭火器", size=(4032, 3024))
    file = tmp_path / "photo.jpg"
    file.write_bytes(photo)
    with officer.expect_response(lambda answer: answer.url.endswith("/evidence")) as sent:
        officer.locator("input[type=file]").first.set_input_files(file)
        expect(officer.get_by_text("拍好了").first).to_be_visible()  # said for three seconds
    assert sent.value.status == 201

    hands = sign_in(lead)
    sheet = hands.get(f"/api/v1/surveys/{visit['survey_id']}")
    kept = sheet["evidence"][0]
    assert kept["sha256"] == hashlib.sha256(photo).hexdigest()
    assert (kept["width"], kept["source"]) == (4032, "officer")

    _work(hands, sheet)
    name = [[[0.1, 0.3], [0.4, 0.1], [0.8, 0.3]]]
    for role in ("lead", "second"):
        hands.post(
            f"/api/v1/surveys/{visit['survey_id']}/signatures",
            {"role": role, "name": sheet["visit"][role], "strokes": name},
        )
    concluded = hands.post(
        f"/api/v1/surveys/{visit['survey_id']}/verdict",
        {"finding": hands.get(f"/api/v1/surveys/{visit['survey_id']}")["suggested"]},
    )
    assert concluded["verdict"]["finding"] == "pass"
    officer.reload()
    look(officer, "onsite-concluded")


def test_every_visit_of_the_demonstration_begins_at_a_time_people_say(published):
    visits = [
        visit["starts_at"]
        for round_ in published["rounds"]
        if round_["mode"] == "on_site"
        for visit in round_["visits"]
    ]

    assert visits
    assert not [begins for begins in visits if datetime.fromisoformat(begins).minute % 5]


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
def test_an_administrator_says_when_visits_begin_and_others_read_it(
    people, demo, look, english, size
):
    options = {"viewport": PHONE} if size == "phone" else {}
    ways = f"{'en' if english else 'zh'}-{size}"
    page = people.desk("guanli", english=english, **options)
    page.goto(f"{demo.address}/coordinator/#/settings")
    grids = page.locator("input[name=on_site_grid]")
    expect(grids.nth(1)).to_be_checked()  # five minutes
    grids.nth(3).check(force=True)
    expect(page.locator(".toast")).to_be_visible()
    hint = page.locator("fieldset").filter(has=grids.first).locator(".hint")
    expect(hint).to_contain_text("09:00, 09:15, 09:30" if english else "09:00、09:15、09:30")
    hint.scroll_into_view_if_needed()
    look(page, f"settings-grid-{ways}")
    grids.first.check(force=True)
    expect(hint).to_contain_text("09:17")
    look(page, f"settings-grid-any-{ways}")
    grids.nth(1).check(force=True)
    expect(hint).to_contain_text("09:05")

    reader = people.desk("tongchou", english=english, **options)
    reader.goto(f"{demo.address}/coordinator/#/settings")
    expect(reader.locator("input[name=on_site_grid]").nth(1)).to_be_disabled()
    look(reader, f"settings-grid-read-{ways}")


def _work(hands, sheet) -> None:
    survey, numbers = sheet["id"], count()  # a photo that is the same as another counts once
    for _ in range(5):  # opening questions may open further points
        sheet = hands.get(f"/api/v1/surveys/{survey}")
        if not sheet["remaining"]:
            return
        for lack in sheet["remaining"]:
            for _ in range(lack["photos_missing"]):
                photo = photo_of(f"{next(numbers)} {lack['point']}", size=(1200, 900))
                hands.upload(
                    f"/api/v1/surveys/{survey}/evidence",
                    photo,
                    "photo.jpg",
                    {"sha256": hashlib.sha256(photo).hexdigest(), "point": lack["point"]},
                )
            hands.post(
                f"/api/v1/surveys/{survey}/answers",
                {
                    "point": lack["point"],
                    "value": passing_value(question(sheet["script"], lack["point"])),
                },
            )
