"""One real day of a real city: the Chicago file, planned by its coordinator in the browser."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "chicago" / "inspections_2013q3.csv"
DAY = "2013-09-26"


def test_the_coordinator_plans_a_real_day_of_chicago(people, look, tmp_path):
    if not DATA.is_file():
        pytest.skip("the Chicago file is not beside this checkout")
    day, rows = tmp_path / "chicago-day.csv", 0
    with (
        DATA.open(encoding="utf-8", newline="") as source,
        day.open("w", encoding="utf-8", newline="") as target,
    ):
        reader = csv.DictReader(source)
        writer = csv.DictWriter(target, reader.fieldnames or [])
        writer.writeheader()
        for row in reader:
            if row["inspection_date"] == DAY:
                writer.writerow(row)
                rows += 1
    assert rows >= 60
    desk = people.desk("chicago", english=True)
    desk.locator("nav").get_by_text("Import", exact=True).click()
    desk.locator("input[type=file]").set_input_files(day)
    preset = desk.locator("select").filter(has_text="Chicago")
    expect(preset).to_be_visible()
    preset.select_option(label="Chicago inspections, third quarter of 2013")
    commit = desk.get_by_role("button", name=re.compile(r"^Import \d+"))
    expect(commit).to_be_visible()
    look(desk, "chicago-preview")
    commit.click()
    desk.locator("nav").get_by_text(re.compile("^Plan")).click()
    desk.get_by_role("button", name=re.compile(r"^Plan .*\d")).click()
    expect(desk.get_by_role("button", name=re.compile("^Publish"))).to_be_visible(timeout=90_000)
    look(desk, "chicago-plan")
