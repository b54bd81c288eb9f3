"""What an administrator does at the prompt."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta

import openpyxl
import pytest
from click.testing import Result
from openpyxl import Workbook
from sqlalchemy import func, select

from inspection.checklist.catalogue import load_catalogue
from inspection.checklist.script import load
from server import commands
from server.adapters.database import open_database
from server.adapters.files import files_at
from server.clock import local_day, utcnow
from server.config import ROOT, Settings
from server.models.account import Account, Role
from server.models.bureau import Bureau
from server.models.case import Case
from server.models.imports import Import
from server.services.planning import drawing

NAMES = (
    *("migrate", "create-account", "import-cases", "draw-experts", "plan", "check-draw"),
    *("record-calls", "move-calls", "check-scripts", "export-script", "import-script"),
    "export-xform",
    *("send-test", "backup", "restore"),
)
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def prompt(app, settings, monkeypatch, db):
    """`prompt("backup", folder)`: as the administrator would type it."""
    monkeypatch.setenv("YUNKAN_FOLDER", str(settings.folder))
    monkeypatch.setenv("YUNKAN_DATABASE_URL", settings.database_url)
    opened = []

    def remembered(url):
        opened.append(open_database(url))
        return opened[-1]

    monkeypatch.setattr(commands, "open_database", remembered)

    def type_in(*words, **options) -> Result:
        db.commit()
        result = app.test_cli_runner().invoke(args=[str(word) for word in words], **options)
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        db.expire_all()
        return result

    yield type_in
    for engine in opened:
        engine.dispose()


@pytest.fixture
def workbook(tmp_path):
    book = Workbook()
    book.active.append(["办件编号", "名称", "事项", "地址", "受理日期", "统一社会信用代码"])
    book.active.append(
        ["W-1", "张记小炒", "0101", "西安市未央区凤城五路 1 号", "2026-11-20", "91110000600037341L"]
    )
    book.active.append(["W-2", "老孙家", "", "西安市未央区凤城五路 2 号", "2026-11-20", ""])
    file = tmp_path / "办件.xlsx"
    book.save(file)
    return file


@on_one_database
@pytest.mark.parametrize("name", NAMES)
def test_each_command_explains_itself(prompt, name):
    result = prompt(name, "--help")

    assert result.exit_code == 0
    assert f"{name} " in result.output
    assert len(result.output) > 100


@on_one_database
def test_no_command_is_left_out_here(app):
    ours = {
        command.name
        for command in app.cli.commands.values()
        if "server" in command.callback.__module__
    }

    assert ours == set(NAMES)


@on_one_database
def test_calls_are_moved_to_no_worker_that_is_not_listed(app, prompt):
    refused = prompt("move-calls", "127.0.0.1:8010", "127.0.0.1:9")
    app.extensions["parts"].media.close()

    assert refused.exit_code == 1
    assert "media_unavailable: 127.0.0.1:9" in refused.output


def test_an_account_made_at_the_prompt_can_sign_in(prompt, town, caller):
    result = prompt(
        "create-account", "zhou", "--bureau", "xian", "--name", "周统筹", "--role", "coordinator",
        "--password", "correct horse",
    )  # fmt: skip

    assert (result.exit_code, result.output) == (0, "zhou can sign in.\n")
    answer = caller().post("/api/v1/sign-in", {"sign_in_name": "zhou", "password": "correct horse"})
    assert answer.json["account"]["role"] == "coordinator"


@on_one_database
def test_an_experts_account_belongs_to_their_badge(prompt, town, db):
    made = prompt(
        "create-account", "limin", "--bureau", "xian", "--name", "李敏", "--role", "expert",
        "--badge", town.lead.badge, "--password", "correct horse",
    )  # fmt: skip

    assert made.exit_code == 0, made.output
    account = db.scalars(select(Account)).one()
    assert (account.role, account.expert_id) == (Role.EXPERT, town.lead.id)


@on_one_database
def test_an_account_may_be_narrowed_to_a_district(prompt, town, db):
    made = prompt(
        "create-account", "wu", "--bureau", "xian", "--name", "吴监督", "--role", "supervisor",
        "--district", "610112", "--password", "correct horse",
    )  # fmt: skip

    assert made.exit_code == 0, made.output
    assert db.scalars(select(Account)).one().district_id == town.weiyang.id


@on_one_database
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--bureau", "nowhere", "--role", "coordinator"], "no bureau has the code 'nowhere'"),
        (["--bureau", "xian", "--role", "expert"], "--badge names an expert"),
        (["--bureau", "xian", "--role", "supervisor", "--district", "9"], "no district '9'"),
        (["--bureau", "xian", "--role", "king"], "'king' is not one of"),
        (["--bureau", "xian", "--role", "supervisor", "--password", "short"], "bad_payload"),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_words(prompt, town, db, words, said):
    options = ["--name", "某人", "--password", "correct horse", *words]

    result = prompt("create-account", "new", *options)

    assert result.exit_code != 0
    assert said in result.output
    assert "Traceback" not in result.output
    assert db.scalar(select(func.count()).select_from(Account)) == 0


@on_one_database
def test_drawing_experts_is_turned_on_and_off(prompt, town):
    for choice, draws in (("on", True), ("off", False)):
        done = prompt("draw-experts", choice, "--bureau", "xian")

        assert (done.exit_code, done.output) == (0, f"Drawing experts is {choice}.\n")
        assert town.bureau.draws_experts is draws


@on_one_database
def test_an_administrator_chooses_at_the_prompt_whether_calls_are_recorded(prompt, town, db):
    for choice, records in (("on", True), ("off", False)):
        done = prompt("record-calls", choice, "--bureau", "xian")

        assert (done.exit_code, done.output) == (0, f"Recording calls is {choice}.\n")
        assert town.bureau.records_calls is records


def test_a_plans_draw_is_checked_at_the_prompt(prompt, town, db, computed):
    town.bureau.draws_experts = True
    town.case()
    day = local_day(utcnow()) + timedelta(days=1)
    plan = computed(day, day + timedelta(days=6), at=utcnow())

    done = prompt("check-draw", plan.id)
    assert (done.exit_code, done.output) == (
        0,
        f"Plan {plan.id} was drawn by its seed, among all who could go.\n",
    )

    drawing.one(db, plan).seed = "00" * 32
    assert "was not drawn by its seed" in prompt("check-draw", plan.id).output
    assert "there is no plan" in prompt("check-draw", plan.id + 1).output


def test_a_dry_run_says_what_would_happen_and_stores_nothing(prompt, town, db, workbook):
    result = prompt("import-cases", workbook, "--bureau", "xian", "--dry-run")

    assert result.exit_code == 0, result.output
    assert "item_missing" in result.output
    assert "1 refused" in " ".join(result.output.split())
    assert db.scalar(select(func.count()).select_from(Case)) == 0
    assert db.scalar(select(func.count()).select_from(Import)) == 0


def test_importing_at_the_prompt_twice_changes_nothing_the_second_time(prompt, town, db, workbook):
    first = prompt("import-cases", workbook, "--bureau", "xian")
    second = prompt("import-cases", workbook, "--bureau", "xian")

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert "1 new, 0 known" in first.output
    assert "0 new, 1 known" in second.output
    assert db.scalars(select(Case.number)).all() == ["W-1"]


@on_one_database
def test_a_table_without_a_needed_column_is_refused_in_words(prompt, town, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("办件编号,事项,地址\nW-1,0101,凤城五路 1 号\n", encoding="utf-8")

    result = prompt("import-cases", file, "--bureau", "xian", "--dry-run")

    assert result.exit_code != 0
    assert "no column was found for: name" in result.output


@on_one_database
def test_a_file_that_is_no_table_is_refused_in_words(prompt, town, tmp_path):
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"\x89PNG\r\n")

    result = prompt("import-cases", file, "--bureau", "xian")

    assert result.exit_code != 0
    assert "spreadsheet_refused" in result.output


@on_one_database
def test_the_shipped_scripts_are_sound_and_a_broken_one_is_named(prompt, tmp_path):
    assert prompt("check-scripts").output == "All scripts are sound.\n"

    folder = tmp_path / "scripts" / "food"
    folder.mkdir(parents=True)
    (folder / "bakery.toml").write_text("title = ", encoding="utf-8")
    broken = prompt("check-scripts", tmp_path / "scripts")

    assert broken.exit_code != 0
    assert "bakery.toml" in broken.output


@pytest.fixture
def own_scripts(tmp_path, monkeypatch):
    """A scripts folder of the bureau's own, as shipped."""
    folder = tmp_path / "own-scripts"
    shutil.copytree(Settings().scripts_folder, folder)
    monkeypatch.setenv("YUNKAN_SCRIPTS_FOLDER", str(folder))
    return folder


@on_one_database
def test_a_script_edited_in_excel_is_in_force_with_a_newer_version(prompt, own_scripts, tmp_path):
    key, file = "food/small-restaurant", tmp_path / "small-restaurant.xlsx"
    assert prompt("export-script", key, file).exit_code == 0
    book = openpyxl.load_workbook(file)
    book["survey"]["C3"] = "门头与申请一致"
    book.save(file)

    same_version = prompt("import-script", file, key)
    assert same_version.exit_code != 0
    assert "[settings 2]" in same_version.output

    book["settings"]["A2"] = "2099010101"
    book.save(file)
    assert prompt("import-script", file, key).output.endswith("as version 2099010101.\n")
    assert load(own_scripts / f"{key}.toml").points[0].label.zh == "门头与申请一致"


@on_one_database
def test_a_script_is_handed_to_other_tools_with_or_without_the_spoken_lines(prompt, tmp_path):
    key = "food/food-retail"
    assert prompt("export-xform", key, tmp_path / "expert.xml").exit_code == 0
    assert prompt("export-xform", "--applicant", key, tmp_path / "shop.xml").exit_code == 0

    (line,) = (point.spoken.zh for point in load(ROOT / "scripts" / f"{key}.toml").points[:1])
    assert line in (tmp_path / "expert.xml").read_text("utf-8")
    assert line not in (tmp_path / "shop.xml").read_text("utf-8")
    assert prompt("export-xform", "food/nothing", tmp_path / "no.xml").exit_code != 0
    assert not (tmp_path / "no.xml").exists()


@on_one_database
def test_a_workbook_with_faults_changes_nothing(prompt, own_scripts, tmp_path):
    key, file = "food/small-restaurant", tmp_path / "small-restaurant.xlsx"
    prompt("export-script", key, file)
    before = (own_scripts / f"{key}.toml").read_bytes()
    book = openpyxl.load_workbook(file)
    book["survey"]["B3"] = "=A1"
    book["choices"]["B2"] = "=A1"
    book.save(file)

    refused = prompt("import-script", file, key)

    assert refused.exit_code != 0
    first, below, second, _ = refused.output.splitlines()[:4]
    assert (
        first == "small-restaurant.xlsx [survey 3] 单元格里是公式。改法：复制后选择性粘贴为数值。"
    )
    assert below.strip().startswith("small-restaurant.xlsx [survey 3] a cell holds a formula.")
    assert second.startswith("small-restaurant.xlsx [choices 2]")
    assert (own_scripts / f"{key}.toml").read_bytes() == before


@on_one_database
def test_a_new_item_type_is_added_with_excel_alone(prompt, own_scripts, tmp_path):
    key, file = "food/bakery", tmp_path / "bakery.xlsx"
    prompt("export-script", "food/small-restaurant", file)
    book = openpyxl.load_workbook(file)
    for row in book["ks_meta"].iter_rows(min_row=2):
        row[1].value = {"code": "0199", "name::zh": "烘焙店", "name::en": "Bakery"}.get(
            row[0].value, row[1].value
        )
    book.save(file)

    assert prompt("import-script", file, key).exit_code == 0

    entry = load_catalogue(own_scripts).entry(key)
    assert (entry.item.code, entry.item.name.zh) == ("0199", "烘焙店")
    assert load(own_scripts / f"{key}.toml").item == entry.item
    assert prompt("check-scripts", own_scripts).exit_code == 0


@on_one_database
@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("food/bakery", "the code 0101 is that of"),
        ("pharmacy/bakery", "the folder of category 01 is not pharmacy"),
        ("../elsewhere", "cannot be its key"),
        ("food/../../elsewhere", "cannot be its key"),
    ],
)
def test_a_script_that_cannot_be_listed_is_written_nowhere(
    prompt, own_scripts, tmp_path, key, said
):
    file = tmp_path / "small-restaurant.xlsx"
    prompt("export-script", "food/small-restaurant", file)
    before = {one: one.read_bytes() for one in tmp_path.rglob("*.toml")}

    refused = prompt("import-script", file, key)

    assert refused.exit_code != 0
    assert said in refused.output
    assert {one: one.read_bytes() for one in tmp_path.rglob("*.toml")} == before


@pytest.fixture
def backup(prompt, town, settings, jpeg, tmp_path):
    """A backup of a bureau with one original."""
    digest = files_at(settings.where_files()).put(jpeg)
    folder = tmp_path / "backup"
    made = prompt("backup", folder)
    assert made.exit_code == 0, made.output
    assert len(json.loads((folder / "manifest.json").read_text())["files"]) == 2
    return folder, digest


@on_one_database
def test_what_was_backed_up_comes_back_elsewhere(prompt, backup, jpeg, tmp_path, monkeypatch):
    folder, digest = backup
    monkeypatch.setenv("YUNKAN_FOLDER", str(tmp_path / "new"))
    monkeypatch.setenv("YUNKAN_DATABASE_URL", "")

    result = prompt("restore", folder)

    assert result.exit_code == 0, result.output
    with commands._database() as restored:
        assert restored.scalars(select(Bureau.code)).all() == ["xian"]
    assert files_at((tmp_path / "new" / "evidence").as_uri()).open(digest) == jpeg


@on_one_database
@pytest.mark.parametrize("what", ["yunkan.db", "original", "a file left out"])
def test_a_backup_with_one_flipped_byte_is_refused_and_nothing_restored(
    prompt, backup, tmp_path, monkeypatch, what
):
    folder, digest = backup
    monkeypatch.setenv("YUNKAN_FOLDER", str(tmp_path / "new"))
    monkeypatch.setenv("YUNKAN_DATABASE_URL", "")
    original = folder / "evidence" / digest[:2] / digest[2:4] / digest
    harmed = folder / "yunkan.db" if what == "yunkan.db" else original
    if what == "a file left out":
        harmed.unlink()
    else:
        content = bytearray(harmed.read_bytes())
        content[len(content) // 2] ^= 1
        harmed.write_bytes(content)

    result = prompt("restore", folder)

    assert result.exit_code != 0
    assert harmed.name in result.output
    assert "nothing was restored" in result.output
    assert not (tmp_path / "new").exists()


@on_one_database
def test_nothing_is_overwritten_by_a_backup_or_a_restore(prompt, backup):
    folder, _ = backup

    assert "exists already" in prompt("backup", folder).output
    assert "move it away first" in prompt("restore", folder).output


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_on_postgresql_the_administrator_is_told_what_to_use(prompt, tmp_path):
    result = prompt("backup", tmp_path / "backup")

    assert result.exit_code != 0
    assert "pg_dump" in result.output
    assert not (tmp_path / "backup").exists()


@on_one_database
def test_a_test_message_shows_whether_the_settings_work(prompt, monkeypatch, gateway):
    monkeypatch.setenv("YUNKAN_SMS_URL", gateway.url)
    monkeypatch.setenv("YUNKAN_NOTIFY_URLS", '["wecombot://key"]')

    refused = prompt("send-test", "chat")
    assert refused.exit_code == 1
    assert "https://" in refused.output

    monkeypatch.delenv("YUNKAN_NOTIFY_URLS")
    assert prompt("send-test", "sms", "19900000001").exit_code == 0
    (call,) = gateway.calls
    said = json.loads(call.body)
    assert said["to"] == "19900000001"
    assert "测试消息" in said["text"]
    assert "test message" in said["text"]

    gateway.status = 503
    refused = prompt("send-test", "sms", "19900000001")
    assert refused.exit_code == 1
    assert "短信网关没有收下" in refused.output
    assert "The SMS gateway did not take it" in refused.output
