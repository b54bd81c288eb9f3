"""The command check-scripts: every finding of a folder, with file, row and cure."""

from __future__ import annotations

import pytest

from inspection.checklist.check import check_folder

ITEM_TYPE_KEYS = {"code", "category", "name", "department", "modes", "preferred_mode"}
ITEM_TYPE_KEYS |= {"minutes_video", "minutes_on_site"}
ITEM_TYPE_KEYS |= {"statutory_working_days", "promised_working_days"}


@pytest.fixture
def folder(tmp_path, content, as_toml):
    """A scripts folder with one good script, and a way to rewrite its files."""

    def write(content, catalogue=None):
        meta = content["ks_meta"]
        entry = {k: v for k, v in meta.items() if k.partition("::")[0] in ITEM_TYPE_KEYS}
        listed = catalogue or {
            "category": [{"code": "01", "folder": "food", "name::zh": "食品", "name::en": "Food"}],
            "item_type": [{"key": "food/noodle-shop", **entry}],
        }
        (tmp_path / "catalogue.toml").write_text(as_toml(listed), encoding="utf-8")
        (tmp_path / "food").mkdir(exist_ok=True)
        sheets = {name: rows for name, rows in content.items() if name != "key"}
        file = tmp_path / "food" / "noodle-shop.toml"
        file.write_text(as_toml(sheets), encoding="utf-8")
        return listed

    write.path = tmp_path
    return write


def findings(folder):
    return [(fault.file, fault.row, fault.problem.en) for fault in check_folder(folder.path)]


def test_a_good_folder_has_no_findings(folder, content):
    folder(content)

    assert findings(folder) == []


def test_a_script_that_disagrees_with_the_catalogue_is_found(folder, content):
    listed = folder(content)
    content["ks_meta"]["minutes_video"] = 25
    folder(content, listed)

    assert findings(folder) == [
        ("food/noodle-shop.toml", "ks_meta", "differs from the catalogue: minutes_video")
    ]


def test_a_script_the_catalogue_does_not_list_is_found(folder, content):
    listed = folder(content)
    listed["item_type"][0]["key"] = "food/dumpling-shop"
    folder(content, listed)

    assert findings(folder) == [
        ("food/noodle-shop.toml", "ks_meta", "the catalogue does not list it")
    ]


def test_a_catalogue_with_one_code_twice_is_found(folder, content):
    listed = folder(content)
    listed["item_type"] *= 2
    folder(content, listed)

    assert ("catalogue.toml", "item_type 2 0199", "'0199' is used more than once") in findings(
        folder
    )


def test_faults_of_every_file_are_told_together(folder, content):
    listed = folder(content)
    content["survey"][1]["colour"] = "red"
    folder(content, listed)
    (folder.path / "food" / "empty.toml").write_text("")

    assert {file for file, _, _ in findings(folder)} == {"food/noodle-shop.toml", "food/empty.toml"}


def test_a_folder_without_a_catalogue_is_told(tmp_path):
    assert [fault.problem.en for fault in check_folder(tmp_path)] == ["there is no catalogue"]
