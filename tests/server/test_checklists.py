"""A survey's checklist is the script it began with."""

from __future__ import annotations

import shutil

import pytest

from inspection.checklist import run
from server.clock import utcnow
from server.config import ROOT
from server.models.survey import SurveyStatus
from server.models.verdict import SignerRole
from server.services import checklists, script_versions, surveys
from server.services.checklists import Scripts

FILE = "food/small-restaurant.toml"
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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
    monkeypatch.setattr(script_versions, "MOST_KEPT", 1)
    kept = {"another": checklists.worked_of(db, survey).script}
    monkeypatch.setattr(script_versions, "_KEPT", kept)

    assert checklists.worked_of(db, survey).script.key == "food/small-restaurant"
    assert len(kept) == 1


def test_a_survey_read_again_after_twenty_later_versions_says_the_same(begun, town, db, tmp_path):
    survey = begun()
    worked = checklists.worked_of(db, survey)
    for point in worked.run.asked[:4]:
        value = point.choices[1].name if point.choices else "3"
        said = {"value": value, "note": "看过", "device": "desk", "by": "limin", "at": utcnow()}
        worked = checklists.answer(db, survey, point=point.name, **said)
    before = _all_it_says(worked)
    for number in range(20):
        later = town.visit(lead=town.second).survey
        surveys.begin(db, later, by="limin", at=utcnow())
        script = checklists.pin(db, later, _another_version(tmp_path, worked.script, number)).script
        assert script.sha256 != worked.script.sha256
    db.commit()
    script_versions._KEPT.clear()
    run._FORMS.clear()
    db.expire_all()

    assert _all_it_says(checklists.worked_of(db, survey)) == before


def _another_version(folder, script, number):
    """Other words, another severity, another share that may be put right."""
    text = (ROOT / "scripts" / FILE).read_text("utf-8").replace("。", f"（{number}）。")
    text = text.replace('"key"', '"general"').replace(script.version, f"21000101{number:02}")
    text = text.replace("rectify_up_to_percent = 30", f"rectify_up_to_percent = {number}")
    file = folder / str(number) / FILE
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    return Scripts(folder / str(number))


def _all_it_says(worked):
    marks = [worked.run.mark(point) for point in worked.run.asked]
    return worked.script.to_json(), worked.run.asked, marks, worked.run.suggested()


@on_one_database
def test_two_officers_answers_are_one_sequence_and_each_change_stays_readable(
    begun, officers, caller, town
):
    survey = begun(second=town.second)
    address = f"/api/v1/surveys/{survey.id}/answers"
    lead, second = (caller(officers[role]) for role in (SignerRole.LEAD, SignerRole.SECOND))

    lead.post(address, {"point": "menu", "value": "pass", "device": "desk"})
    second.post(address, {"point": "fridges", "value": "2", "device": "desk"})
    told = second.post(
        address, {"point": "menu", "value": "fail", "note": "没有标价", "device": "phone"}
    )

    assert told.json["answers"]["menu"]["changes"] == 1
    (first, newer) = lead.get(address, query_string={"point": "menu"}).json["answers"]
    assert (first["value"], first["name"], first["device"]) == ("pass", "李敏", "desk")
    assert (newer["value"], newer["name"], newer["note"]) == ("fail", "王建国", "没有标价")
    assert len(lead.get(address).json["answers"]) == 3


@on_one_database
def test_an_answer_sent_twice_is_one(begun, officers, caller):
    survey = begun()
    address = f"/api/v1/surveys/{survey.id}/answers"
    lead = caller(officers[SignerRole.LEAD])
    for _ in range(2):
        lead.post(address, {"point": "menu", "value": "pass"}, headers={"Idempotency-Key": "one"})

    assert len(lead.get(address).json["answers"]) == 1


@on_one_database
@pytest.mark.parametrize(
    ("after", "answer", "code"),
    [
        ("concluded", {"point": "menu", "value": "pass"}, "move_refused"),
        ("", {"point": "fridges", "value": "99"}, "answer_not_valid"),
        ("", {"point": "fridge_temperature[3]", "value": "4"}, "answer_not_valid"),
        ("closed", {"point": "menu", "value": "pass"}, "not_signed_in"),
    ],
    ids=["after the verdict", "out of range", "of a fridge that is not there", "a closed account"],
)
def test_a_refused_answer_is_logged_with_its_code_and_changes_nothing(
    begun, officers, caller, db, caplog, after, answer, code
):
    survey = begun()
    lead = caller(officers[SignerRole.LEAD])
    if after == "concluded":
        survey.move(SurveyStatus.CONCLUDED, by="limin", at=utcnow())
    if after == "closed":
        officers[SignerRole.LEAD].active = False
    caplog.set_level("INFO", "yunkan.web")

    refused = lead.post(f"/api/v1/surveys/{survey.id}/answers", answer)

    assert refused.json["code"] == code
    who = "somebody without an account" if after == "closed" else "limin"
    (line,) = [one for one in caplog.messages if one.startswith(f"refused {code} to {who}: ")]
    assert after == "closed" or f"survey {survey.id}" in line
    assert checklists.history_of(db, survey) == []
