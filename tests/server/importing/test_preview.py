"""What the coordinator sees before anything is stored, and what they may change about it."""

import io
import json
import re

import pytest
from openpyxl import load_workbook

from server.config import ROOT
from server.errors import BadPayload
from server.services.importing.choices import Choices
from server.services.importing.findings import Cause, Code, Severity
from server.services.importing.headings import Field, find_headings
from server.services.importing.leftovers import Leftover
from server.services.importing.presets import presets
from server.services.importing.preview import Notice, Outcome
from server.services.importing.returning import refused_rows

HEAD = ["单位名称", "办理事项", "经营地址", "身份证号", "联系人", "负责人电话", "备注", "收件时间"]
GOOD = ["永兴洗浴", "排水许可", "未央区凤城五路 88 号", "360426199101010071", "马建军",
        "13909200316", "急", "2026-11-16"]  # fmt: skip
BAD = ["=鑫源宾馆", "锅炉报装", "未央区未央路 136 号", 610112199001011239, "郑秀兰", "1392921037",
       "", "2026-11-31"]  # fmt: skip


def words(language):
    file = ROOT / "static" / "shared" / "messages" / f"import.{language}.json"
    return json.loads(file.read_text(encoding="utf-8"))


def test_the_preview_is_plain_json_with_counts_columns_and_findings(make_xlsx, preview):
    seen = preview(make_xlsx(HEAD, GOOD, BAD))
    told = json.loads(json.dumps(seen.as_json() | {"rows": seen.page()}))

    assert told["counts"] == {
        "total": 2, "new": 1, "warned": 0, "known": 0, "refused": 1, "skipped": 0,
    }  # fmt: skip
    assert told["columns"][3] == {"letter": "D", "heading": "身份证号", "field": "identifier"}
    assert told["notices"] == ["no_number_column", "no_place_column"]
    found = {item["cell"]: item for item in told["rows"][1]["findings"]}
    assert set(found) == {"A3", "B3", "D3", "F3", "H3"}
    assert found["F3"] | {"cell": ""} == {
        "cell": "", "row": 3, "field": "phone", "heading": "负责人电话", "code": "phone_short",
        "severity": "error", "values": {"missing": 1}, "shown": "1392921037",
    }  # fmt: skip
    assert found["H3"]["values"] == {"year": 2026, "month": 11, "day": 31}


def test_people_are_masked_except_where_a_cell_must_be_corrected(make_xlsx, preview):
    good, bad = preview(make_xlsx(HEAD, GOOD, BAD)).page()
    assert good["cells"]["identifier"] == "360***********0071"
    assert good["cells"]["phone"] == "139****0316"
    assert good["cells"]["contact"] == "马*"
    assert bad["cells"]["phone"] == "1392921037"
    assert bad["cells"]["identifier"] == "6.10112E+17"


def test_rows_come_in_pages_and_by_outcome(plain_list, preview):
    seen = preview(plain_list(7))
    assert [row["row"] for row in seen.page(first=2, most=3)] == [4, 5, 6]
    assert seen.page(only=frozenset({Outcome.REFUSED})) == []


def test_red_cells_can_be_corrected_in_place_until_the_row_passes(make_xlsx, preview):
    cures = {"A3": "鑫源宾馆", "B3": "旅馆特行", "D3": "120103198806018241",
             "F3": "13929210371", "H3": "2026-11-30"}  # fmt: skip
    seen = preview(make_xlsx(HEAD, GOOD, BAD), corrections=cures)
    assert seen.outcomes() == {2: Outcome.NEW, 3: Outcome.WARNED}  # accepted in the future
    assert seen.cases[1].name == "鑫源宾馆"


def test_columns_can_be_matched_by_hand_and_left_out(make_xlsx, preview):
    head = ["甲", "乙", "丙", "单位名称"]
    rows = [["商行", "排水许可", "未央区文景路 1 号", "不是名称"]]
    chosen = {"甲": "name", "乙": "item", "丙": "address", "单位名称": ""}
    seen = preview(make_xlsx(head, *rows), columns=chosen)

    assert seen.outcomes() == {2: Outcome.NEW}
    assert seen.cases[0].name == "商行"
    assert seen.cases[0].extra == {}
    assert Notice.NO_ACCEPTED_COLUMN in seen.notices
    assert seen.cases[0].accepted_on.isoformat() == "2026-11-24"


def test_a_row_can_be_left_out(plain_list, preview):
    seen = preview(plain_list(2), skip=[3])
    assert seen.outcomes() == {2: Outcome.NEW, 3: Outcome.SKIPPED}


def test_choices_survive_as_json_and_nonsense_is_refused():
    raw = {"columns": {"甲": "name", "乙": ""}, "constants": {"item": "1304"}, "skip": [4],
           "corrections": {"F7": "1"}, "preset": "chicago-2013q3", "source": "p"}  # fmt: skip
    chosen = Choices.from_json(raw)
    assert Choices.from_json(json.loads(json.dumps(chosen.as_json()))) == chosen
    for wrong in (
        {"columns": {"甲": "nonsense"}},
        {"corrections": {"7F": "1"}},
        {"preset": "none"},
        {"skip": ["x"]},
        {"columns": 3},
    ):
        with pytest.raises(BadPayload):
            Choices.from_json(wrong)


def test_refused_rows_come_back_as_text_that_no_program_runs(preview):
    zh = words("zh")
    table = "\n".join(",".join(map(str, row)) for row in (HEAD, GOOD, BAD))
    seen = preview(table.encode())
    content = refused_rows(seen, lambda found: zh[f"import.{found.code}"])

    sheet = load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == (*HEAD, "要改什么")
    assert len(rows) == 2
    assert rows[1][0] == "'=鑫源宾馆"
    assert "校验码不对" in rows[1][-1]
    assert {cell.data_type for cell in sheet[2] if cell.value} == {"s"}
    again = preview(content)
    assert again.outcomes() == {2: Outcome.REFUSED}


def test_the_lower_of_two_heading_rows_is_not_a_case():
    rows = [["申请人", "", "地址"], ["姓名", "电话", ""], ["张三", "1", "x"]]
    headings = find_headings(rows)
    assert headings.row == 2
    assert [column.field for column in headings.columns] == [
        Field.NAME, Field.PHONE, Field.ADDRESS,
    ]  # fmt: skip


def test_presets_name_fields_and_item_types_that_exist():
    assert set(presets()) >= {"chicago-2013q3", "exchange-accept"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_an_import_can_say_has_its_words(language):
    have = words(language)
    wanted = {f"import.{code}" for code in Code}
    wanted |= {f"import.do.{code}" for code in Code if code.severity is Severity.ERROR}
    wanted |= {f"spreadsheet_refused.{cause}" for cause in Cause}
    wanted |= {f"import.notice.{notice}" for notice in Notice}
    wanted |= {f"import.field.{field}" for field in Field}
    wanted |= {f"import.outcome.{outcome}" for outcome in Outcome}
    wanted |= {f"import.leftover.{kind}" for kind in Leftover}
    assert set(have) == wanted


def test_both_languages_fill_the_same_blanks():
    zh, en = words("zh"), words("en")
    blanks = re.compile(r"\{(\w+)\}")
    for key in zh:
        assert set(blanks.findall(en[key])) <= {*blanks.findall(zh[key]), "heading"}, key
