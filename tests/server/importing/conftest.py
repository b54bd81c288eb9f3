"""A bureau to import into, and the workbooks that bureaus really send."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.orm import Session

from server.adapters.calendar import StateCouncilCalendar
from server.models.bureau import Bureau, District, DistrictLevel, ItemType, Mode, ModeRule
from server.models.coordinates import Datum
from server.models.imports import Import
from server.services.importing.caserow import Known
from server.services.importing.choices import Choices
from server.services.importing.known import known_to
from server.services.importing.matching import DistrictNames, ItemNames, Named
from server.services.importing.presets import item_aliases
from server.services.importing.preview import Outcome, Preview, make_preview
from server.services.importing.storing import store

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
OFFICE = (108.9469, 34.3432)

COMPANY = "91110000600037341L"
PERSON = "360426199101010071"

ITEMS = (
    ("0101", "食品经营许可(小型餐饮·热食类制售)"),
    ("0104", "食品经营许可(食品销售·含散装直接入口及冷藏冷冻食品)"),
    ("0501", "第三类医疗器械经营许可"),
    ("0503", "第三类医疗器械经营许可(角膜接触镜零售)"),
    ("1304", "城镇污水排入排水管网许可"),
    ("1401", "旅馆业特种行业许可"),
)
DISTRICTS = (
    ("610102", "新城区", DistrictLevel.DISTRICT),
    ("610112", "未央区", DistrictLevel.DISTRICT),
    ("610112003", "大明宫街道", DistrictLevel.STREET),
    ("XX-FD", "沣东新城", DistrictLevel.ZONE),
)


@pytest.fixture
def known() -> Known:
    """What a bureau without a single case knows."""
    return Known(
        items=ItemNames([Named(i, *item) for i, item in enumerate(ITEMS, 1)], item_aliases()),
        districts=DistrictNames([Named(i, *row[:2]) for i, row in enumerate(DISTRICTS, 1)]),
        office=OFFICE,
        datum=Datum.WGS84,
    )


@pytest.fixture
def preview(known: Known) -> Callable[..., Preview]:
    def look(content: bytes, **choices: Any) -> Preview:
        return make_preview(
            content,
            file_name="名单.xlsx",
            known=known,
            today=TODAY,
            choices=Choices.from_json(choices),
        )

    return look


@pytest.fixture
def bureau(db: Session) -> Bureau:
    bureau = Bureau(
        code="demo", name="演示局", name_en="Demo", phone="029-80000000",
        longitude=OFFICE[0], latitude=OFFICE[1],
    )  # fmt: skip
    db.add(bureau)
    db.flush()
    for code, name, level in DISTRICTS:
        db.add(District(bureau_id=bureau.id, code=code, name=name, level=level))
    for code, name in ITEMS:
        db.add(
            ItemType(
                bureau_id=bureau.id, code=code, name=name, modes=ModeRule.EITHER,
                preferred=Mode.VIDEO, minutes_video=25, minutes_on_site=60, working_days=10,
            )
        )  # fmt: skip
    db.commit()
    return bureau


@dataclass(frozen=True)
class Imported:
    batch: Import
    preview: Preview


@pytest.fixture
def import_file(db: Session) -> Callable[..., Imported]:
    """Preview a file against what is stored, and store it, as the desk does."""

    def run(bureau: Bureau, content: bytes, *, name: str = "名单.xlsx", **raw: Any) -> Imported:
        choices = Choices.from_json(raw)
        known = known_to(db, bureau, choices, today=TODAY)
        seen = make_preview(content, file_name=name, known=known, today=TODAY, choices=choices)
        batch = Import(
            bureau_id=bureau.id, file_name=name, file_sha256="0" * 64, by="chen",
            columns=choices.as_json(), created_at=NOON,
        )  # fmt: skip
        db.add(batch)
        db.flush()
        store(db, batch, seen, calendar=StateCouncilCalendar(), by="chen", at=NOON)
        db.commit()
        return Imported(batch, seen)

    return run


def xlsx(*rows: Sequence[Any], finish: Callable[[Worksheet], None] | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if finish:
        finish(sheet)
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xls(*rows: Sequence[Any], merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None:
                sheet.write(r, c, value, day) if isinstance(value, date) else sheet.write(
                    r, c, value
                )
    for top, bottom, left, right in merged:
        sheet.merge(top, bottom, left, right)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def make_xlsx() -> Callable[..., bytes]:
    return xlsx


HEADINGS = ("办件编号", "单位名称", "事项名称", "经营地址", "所属区县", "联系电话", "受理日期")


def plain(number: object, **changed: Any) -> list[Any]:
    """A row under `HEADINGS` with nothing wrong with it."""
    row = {
        "number": number, "name": f"商行{number}", "item": "排水许可",
        "address": f"凤城五路 {number} 号", "district": "未央区", "phone": "13909200316",
        "day": "2026-11-16",
    } | changed  # fmt: skip
    return list(row.values())


@pytest.fixture
def plain_list() -> Callable[..., bytes]:
    """A workbook of so many faultless rows."""
    return lambda count, first=1: xlsx(HEADINGS, *(plain(f"B{first + n}") for n in range(count)))


@dataclass(frozen=True)
class Ugly:
    """A workbook, what becomes of each of its rows, and what is said about which cell."""

    content: bytes
    outcomes: dict[int, Outcome]
    findings: set[tuple[str, str]] = field(default_factory=set)
    leftovers: dict[int, str] = field(default_factory=dict)
    choices: dict[str, Any] = field(default_factory=dict)


NEW, WARNED, REFUSED = Outcome.NEW, Outcome.WARNED, Outcome.REFUSED


def titles_and_totals() -> Ugly:
    def finish(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:G1")
        sheet.merge_cells("A2:G2")
        sheet.merge_cells("A8:G8")

    return Ugly(
        xlsx(
            ["2026年11月排水整治名单"],
            ["填报单位：未央区住建局        填报日期：2026年11月20日"],
            HEADINGS,
            plain("001"),
            plain("002"),
            [],
            ["合  计", "2 家"],
            ["备注：红色为重点单位。"],
            ["填表人：王芳", None, None, "审核人：李敏"],
            finish=finish,
        ),
        {4: NEW, 5: NEW},
        leftovers={7: "total", 8: "note", 9: "note"},
    )


def two_row_headings() -> Ugly:
    def finish(sheet: Worksheet) -> None:
        for merged in ("A1:A2", "B1:C1", "D1:F1", "G1:H1", "I1:I2"):
            sheet.merge_cells(merged)

    head = [
        ["序号", "申请人", None, "经营场所", None, None, "联系人", None, "受理日期"],
        [None, "名称", "证件号码", "地址", "经度", "纬度", "姓名", "电话", None],
    ]
    good = [1, "张记小炒", COMPANY, "未央区凤城五路 8 号", 108.94, 34.33, "张桂兰", "13909200316",
            date(2026, 11, 16)]  # fmt: skip
    bad = [2, "老孙家", PERSON[:-1] + "2", "未央区未央路 9 号", 108.94, 34.33, "孙浩",
           "1390920031", date(2026, 11, 16)]  # fmt: skip
    return Ugly(
        xlsx(*head, good, bad, finish=finish),
        {3: NEW, 4: REFUSED},
        {("C4", "resident_check"), ("H4", "phone_short")},
        choices={"constants": {"item": "餐饮许可"}},
    )


def old_xls_with_cells_merged_down() -> Ugly:
    rows = [
        ["单位名称", "事项名称", "地址", "区县", "联系电话", "收件时间"],
        ["永兴洗浴", "排水许可", "凤城五路 88 号", "未央区", "13909200316", date(2026, 11, 16)],
        ["鑫源宾馆", "旅馆特行", "未央路 136 号", None, 13929210371, date(2026, 11, 16)],
        ["惠民供热站", "锅炉报装", "太华北路 20 号", "新城区", "029-86524321", date(2026, 11, 17)],
    ]
    return Ugly(
        xls(*rows, merged=[(1, 2, 3, 3)]),
        {2: NEW, 3: NEW, 4: REFUSED},
        {("B4", "item_unknown")},
    )


def csv_in_gb18030() -> Ugly:
    text = "\r\n".join(
        [
            "业务编号,企业名称,许可事项,勘验地点,辖区,手机号码,申请日期",
            '0012,"鑫源宾馆,总店",旅馆业特种行业许可,未央路 136 号,未央,13929210371,20261116',
            "0013,𠮷祥宾馆,旅馆业特种行业许可,未央路 138 号,未央,139292103711,2026/11/16",
            ",,,,,,",
        ]
    )
    return Ugly(text.encode("gb18030"), {2: NEW, 3: REFUSED}, {("F3", "phone_long")})


def csv_where_zeros_were_saved() -> Ugly:
    text = (
        "办件编号,申请人,事项,地址,电话,受理日期\n"
        '="000123",张三,1304,未央区草滩八路 6 号,="13909200316",2026.11.5\n'
        '"=HYPERLINK(""x"")",李四,1304,未央区草滩八路 7 号,,2026.11.5\n'
    )
    return Ugly(
        text.encode("utf-8-sig"),
        {2: NEW, 3: REFUSED},
        {("A3", "formula_text"), ("E3", "phone_missing")},
    )


def tabs_in_utf16_called_xls() -> Ugly:
    row = "汇丰酒店\t旅馆特行\t大明宫街道玄武路 66 号\t2026年11月5日上午\n"
    text = f"名称\t事项\t地址\t受理日期\n{row}"
    return Ugly(text.encode("utf-16"), {2: NEW})


def identifiers_eaten_by_excel() -> Ugly:
    head = ["办件编号", "名称", "事项", "地址", "统一社会信用代码/身份证号", "受理日期"]
    numbers = [
        610112199001011239, "6.10112E+17", "360426199101010000", "36042619910101007",
        "911100006OOO37341L", "91110000600037342L", "610112800101123", PERSON.lower(),
    ]  # fmt: skip
    rows = [
        [f"A{n}", f"商行{n}", "排水许可", f"未央区文景路 {n} 号", number, "2026-11-16"]
        for n, number in enumerate(numbers, 2)
    ]
    rows.append([610112199001011239, "商行", "排水许可", "未央区文景路", PERSON, "2026-11-16"])
    rows.append([date(2026, 3, 5), "商行", "排水许可", "未央区文景路", PERSON, "2026-11-16"])
    return Ugly(
        xlsx(head, *rows),
        {**dict.fromkeys(range(2, 8), REFUSED), 8: WARNED, 9: NEW, 10: REFUSED, 11: REFUSED},
        {
            ("E2", "digits_lost"), ("E3", "digits_lost"), ("E4", "digits_lost"),
            ("E5", "resident_length"), ("E6", "uscc_lookalike"), ("E7", "uscc_check"),
            ("E8", "identifier_old"), ("A10", "digits_lost"), ("A11", "became_date"),
        },
    )  # fmt: skip


def full_width_and_invisible() -> Ugly:
    return Ugly(
        xlsx(
            ["＊单 位 名 称（全称）", "办理事项", "经营地址\n（详细）", "负责人电话：", "收件时间"],
            ["永兴洗浴　", "\u00a0排水许可\u200b", "未央区凤城五路８８号", "１３９０９２００３１６",
             "２０２６-１１-１６"],
            ["'鑫源宾馆", "排水许可", "未央区未央路 1 号", "+86 139-0920-0316", "2026-11-16 09:30"],
            ["　", "排水许可", "未央区未央路 2 号", "(029)86524321", "2026-11-16"],
        ),
        {2: NEW, 3: NEW, 4: REFUSED},
        {("A4", "name_missing")},
    )  # fmt: skip


def every_form_of_date() -> Ugly:
    days = [
        "2026.3.5", "2026-3-5", "2026/3/5", "20260305", "2026年3月5日", 46086, "46086", 46086.5,
        datetime(2026, 3, 5, 9),  # noqa: DTZ001  (a cell has no time zone)
        "2026-03-05T09:30:00", "2026年3月5日 上午",
    ]  # fmt: skip
    wrong = ["2026-11-31", "3/5", "下周一", None, True, time(9, 30), 610112199001011239]
    rows = [plain(f"D{n}", day=day) for n, day in enumerate(days + wrong)]
    rows.append(plain("D99", day="2027-01-05"))
    first_wrong = len(days) + 2
    codes = ["date_impossible", "date_unreadable", "date_unreadable", "accepted_missing",
             "date_unreadable", "date_unreadable", "date_unreadable"]  # fmt: skip
    return Ugly(
        xlsx(HEADINGS, *rows),
        {
            **dict.fromkeys(range(2, first_wrong), NEW),
            **dict.fromkeys(range(first_wrong, first_wrong + 7), REFUSED),
            first_wrong + 7: WARNED,
        },
        {(f"G{first_wrong + n}", code) for n, code in enumerate(codes)}
        | {(f"G{first_wrong + 7}", "date_ahead")},
    )


def instructions_first_and_rows_hidden() -> Ugly:
    book = Workbook()
    guide = book.active
    assert guide is not None
    guide.title = "填表说明"
    guide.append(["1. 请勿改动表头。"])
    old = book.create_sheet("去年")
    old.append(HEADINGS)
    old.append(plain("OLD"))
    old.sheet_state = "hidden"
    sheet = book.create_sheet("办件")
    for row in (HEADINGS, plain("H1"), plain("H2"), plain("H3")):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    return Ugly(saved(book), {2: NEW, 3: WARNED, 4: NEW}, {("", "hidden_row")})


def names_of_item_types() -> Ugly:
    names = ["食品经营许可", "餐饮许可", "旅馆业特种行业许可证", "第三类医疗器械经营许可", "0104",
             "城镇污水排入排水管网许可 ", None]  # fmt: skip
    rows = [plain(f"I{n}", item=name) for n, name in enumerate(names)]
    return Ugly(
        xlsx(HEADINGS, *rows),
        {2: REFUSED, 3: NEW, 4: REFUSED, 5: NEW, 6: NEW, 7: NEW, 8: REFUSED},
        {("C2", "item_ambiguous"), ("C4", "item_unknown"), ("C8", "item_missing")},
    )


def places_in_every_form() -> Ugly:
    head = ["名称", "事项", "地址", "受理日期", "经纬度", "坐标系"]
    places = ["108°56′48.8″，34°17′35.5″", "108.9469，34.2932", "34.2932,108.9469", "", "在路口",
              "8.9469,34.2932", "108.9469, 34.2932"]  # fmt: skip
    rows = [
        [f"商行{n}", "排水许可", f"未央区文景路 {n} 号", "2026-11-16", place, "GCJ-02"]
        for n, place in enumerate(places, 2)
    ]
    rows[6][5] = "北京54"
    return Ugly(
        xlsx(head, *rows),
        {2: NEW, 3: NEW, 4: NEW, 5: WARNED, 6: WARNED, 7: WARNED, 8: REFUSED},
        {
            ("E5", "place_missing"), ("E6", "place_unreadable"), ("E7", "place_far"),
            ("F8", "datum_unknown"),
        },
    )  # fmt: skip


def swapped_columns() -> Ugly:
    head = ["名称", "事项", "地址", "受理日期", "经度", "纬度"]
    return Ugly(
        xlsx(head, ["商行", "排水许可", "未央区文景路 1 号", "2026-11-16", 34.2932, "108.9469"]),
        {2: WARNED},
        {("E2", "place_swapped")},
    )


def formulas_and_errors() -> Ugly:
    def finish(sheet: Worksheet) -> None:
        sheet["B2"] = "=A2&B3"
        sheet["D3"] = "#N/A"
        sheet["D3"].data_type = "e"
        sheet["G4"] = "=TODAY()"

    return Ugly(
        xlsx(HEADINGS, plain("F1"), plain("F2"), plain("F3"), plain("F4"), finish=finish),
        {2: REFUSED, 3: REFUSED, 4: REFUSED, 5: NEW},
        {("B2", "formula_not_calculated"), ("D3", "cell_error"), ("G4", "formula_not_calculated")},
    )


def groups_repeats_and_printed_pages() -> Ugly:
    return Ugly(
        xlsx(
            HEADINGS,
            ["一、凤城路街道"],
            plain("R1"),
            plain("R2"),
            HEADINGS,
            ["二、大明宫街道"],
            plain("R1", name="另一家"),
            ["小计：3 家"],
        ),
        {3: NEW, 4: NEW, 7: REFUSED},
        {("A7", "number_repeated")},
        {2: "title", 5: "heading", 6: "title", 8: "total"},
    )


def no_numbers_and_the_same_row_twice() -> Ugly:
    row = plain("")[1:]
    return Ugly(
        xlsx(HEADINGS[1:], row, row, plain("", address="凤城五路 9 号")[1:]),
        {2: NEW, 3: REFUSED, 4: NEW},
        {("", "row_repeated")},
    )


def far_from_the_corner_with_a_million_blank_rows() -> Ugly:
    def finish(sheet: Worksheet) -> None:
        sheet.insert_rows(1, 4)
        sheet.insert_cols(1, 2)
        sheet["C1048576"].fill = PatternFill("solid", fgColor="FFFF00")

    return Ugly(xlsx(HEADINGS, plain("M1"), finish=finish), {6: NEW})


def districts_said_and_found() -> Ugly:
    rows = [
        plain("Q1", district="未央"),
        plain("Q2", district="610102"),
        plain("Q3", district=610112),
        plain("Q4", district="雁塔区"),
        plain("Q5", district=None, address="西咸新区沣东新城三桥路 1 号"),
        plain("Q6", district=None, address="某路 1 号"),
    ]
    return Ugly(
        xlsx(HEADINGS, *rows),
        {2: NEW, 3: NEW, 4: NEW, 5: WARNED, 6: NEW, 7: WARNED},
        {("E5", "district_unknown"), ("E7", "district_missing")},
    )


def the_national_exchange_table() -> Ugly:
    head = ["project_no", "task_code", "task_name", "applyer_name", "applyer_page_code",
            "contact_name", "contact_mobile", "address", "accept_date", "row_guid"]  # fmt: skip
    task = COMPANY + "3" + "00016421300Y"
    rows = [
        ["P-1", task, "排水许可", "张记", COMPANY, "张桂兰", "13909200316", "未央区文景路 1 号",
         "2026-11-16 10:00:00", "x"],
        ["P-2", "XK0010100Y", "排水许可", "李记", COMPANY, "李敏", "13909200317",
         "未央区文景路 2 号", "2026-11-16 10:00:00", "y"],
    ]  # fmt: skip
    return Ugly(
        xlsx(head, *rows),
        {2: NEW, 3: WARNED},
        {("B3", "task_code_unusual")},
        choices={"preset": "exchange-accept", "source": "platform"},
    )


UGLY = (
    titles_and_totals, two_row_headings, old_xls_with_cells_merged_down, csv_in_gb18030,
    csv_where_zeros_were_saved, tabs_in_utf16_called_xls, identifiers_eaten_by_excel,
    full_width_and_invisible, every_form_of_date, instructions_first_and_rows_hidden,
    names_of_item_types, places_in_every_form, swapped_columns, formulas_and_errors,
    groups_repeats_and_printed_pages, no_numbers_and_the_same_row_twice,
    far_from_the_corner_with_a_million_blank_rows, districts_said_and_found,
    the_national_exchange_table,
)  # fmt: skip


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "ugly" in metafunc.fixturenames:
        metafunc.parametrize("ugly", UGLY, ids=lambda make: make.__name__)
