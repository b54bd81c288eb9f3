"""A survey's checklist is the script it began with."""

from __future__ import annotations

import shutil

from server.clock import utcnow
from server.config import ROOT
from server.services import checklists, surveys
from server.services.checklists import Scripts

FILE = "food/small-restaurant.toml"


def test_a_survey_keeps_the_script_it_began_with_though_a_newer_one_is_in_force(town, db, tmp_path):
    early, late = town.visit().survey, town.visit(lead=town.second).survey
    file = tmp_path / FILE
    file.parent.mkdir()
    shutil.copyfile(ROOT / "scripts" / FILE, file)
    in_force = Scripts(tmp_path)

    for survey in (early, late):
        surveys.begin(db, survey, by="limin", at=utcnow())
    first = checklists.pin(db, early, in_force).script
    file.write_text(file.read_text("utf-8").replace(first.version, "2099123101"), "utf-8")
    second = checklists.pin(db, late, in_force).script
    db.commit()

    assert first.version != second.version == "2099123101"
    for _ in range(2):  # as stored, then as remembered
        assert checklists.worked_of(db, early).script == first
        assert checklists.worked_of(db, late).script == second


def test_pinned_scripts_do_not_pile_up_in_memory(begun, db, monkeypatch):
    survey = begun()
    monkeypatch.setattr(checklists, "MOST_PINNED", 1)
    monkeypatch.setattr(checklists, "_PINNED", {"another": checklists.worked_of(db, survey).script})

    assert checklists.worked_of(db, survey).script.key == "food/small-restaurant"
    assert len(checklists._PINNED) == 1
