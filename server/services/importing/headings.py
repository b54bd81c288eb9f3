"""Which row holds the headings, and which of our fields each column is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from server.services.importing.cells import Value, shown

LOOKED_AT = 40  # rows from the top in which headings are looked for
_LONGEST_HEADING = 30


class Field(StrEnum):
    """What a column can mean to us."""

    NUMBER = "number"  # 办件编号
    NAME = "name"  # 申请人, 单位名称
    SHOP = "shop"  # 店名, where it differs from the applicant
    IDENTIFIER = "identifier"  # 证照号码
    REGISTRATION = "registration"  # a number of the applicant's that is not checked
    CONTACT = "contact"  # 联系人
    PHONE = "phone"
    ADDRESS = "address"
    DISTRICT = "district"
    ITEM = "item"  # 事项, by name
    ITEM_CODE = "item_code"
    TASK_CODE = "task_code"  # 实施编码
    ACCEPTED_ON = "accepted_on"  # 受理日期
    SURVEY_BY = "survey_by"  # 踏勘期限
    WORKING_DAYS = "working_days"  # 承诺时限
    WISH = "wish"  # 期望时间
    LONGITUDE = "longitude"
    LATITUDE = "latitude"
    PLACE = "place"  # both coordinates in one cell
    DATUM = "datum"  # 坐标系


#: How bureaus head these columns. The first is our own word.
SYNONYMS: Mapping[Field, str] = {
    Field.NUMBER: "办件编号 业务编号 申办流水号 受理编号 办件号 流水号 受理号 业务流水号 申请编号 "
    "办件流水号 case_no case_number project_no",
    Field.NAME: "名称 申请人 单位名称 企业名称 申请单位 申请人名称 市场主体名称 主体名称 "
    "申请人姓名 单位 企业 商户名称 经营者 经营者名称 姓名 被勘验单位 踏勘单位 项目单位 "
    "applicant business_name applyer_name name",
    Field.SHOP: "店名 门店名称 招牌名称 字号 场所名称 店铺名称 经营场所名称 shop",
    Field.IDENTIFIER: "证照号码 统一社会信用代码 信用代码 社会信用代码 证件号 证件号码 身份证号 "
    "身份证号码 身份证 证照号 统一信用代码 公民身份号码 applyer_page_code uscc",
    Field.REGISTRATION: "注册号 工商注册号 许可证号 营业执照号 license_no",
    Field.CONTACT: "联系人 联系人姓名 负责人 经办人 法定代表人 法人 法人代表 负责人姓名 contact "
    "contact_name",
    Field.PHONE: "手机 联系电话 电话 手机号 手机号码 联系方式 负责人电话 联系人电话 联系人手机 "
    "电话号码 联系人联系电话 联系人手机号 法人电话 负责人手机 contact_mobile phone",
    Field.ADDRESS: "地址 经营场所 勘验地点 经营地址 踏勘地点 踏勘地址 勘验地址 场所地址 住所 "
    "详细地址 单位地址 经营场所地址 现场地址 所在地址 注册地址 生产地址 地点 address",
    Field.DISTRICT: "区县 属地 辖区 街道 所属区县 所属辖区 所在区 行政区划 区划 所属街道 镇街 "
    "街办 片区 所属片区 district",
    Field.ITEM: "事项 事项名称 业务名称 办理事项 申请事项 许可事项 业务类型 业务事项 审批事项 "
    "申办事项 踏勘事项 item task_name",
    Field.ITEM_CODE: "事项编码 事项代码 事项基本编码 基本编码 目录编码 catalog_code",
    Field.TASK_CODE: "实施编码 实施清单编码 task_code",
    Field.ACCEPTED_ON: "受理日期 受理时间 收件时间 收件日期 申请日期 申请时间 申报时间 登记日期 "
    "日期 accept_date inspection_date",
    Field.SURVEY_BY: "踏勘期限 勘验期限 办结期限 到期日 截止日期 承诺办结日期 应办结日期 "
    "办理期限 promise_date",
    Field.WORKING_DAYS: "承诺时限 承诺期限 办理时限 法定时限 承诺工作日 承诺办理时限 promise_day",
    Field.WISH: "期望时间 预约时间 期望踏勘时间 方便时间 预约踏勘时间 可踏勘时间",
    Field.LONGITUDE: "经度 东经 lng lon longitude x坐标",
    Field.LATITUDE: "纬度 北纬 lat latitude y坐标",
    Field.PLACE: "坐标 经纬度 位置坐标 地理坐标 定位 坐标位置",
    Field.DATUM: "坐标系 坐标系统 坐标类型 datum",
}
NEEDED = (Field.NAME, Field.ADDRESS)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it is, what its heading says, and what it is to us, if anything."""

    index: int
    heading: str
    field: Field | None


@dataclass(frozen=True, slots=True)
class Headings:
    """`row` is the number of the last heading row; the cases begin below it."""

    row: int
    columns: tuple[Column, ...]

    def missing(self, constants: Mapping[Field, str]) -> list[Field]:
        """Fields without which no row can become a case."""
        have = {column.field for column in self.columns} | set(constants)
        lacking = [field for field in NEEDED if field not in have]
        return lacking if {Field.ITEM, Field.ITEM_CODE} & have else [*lacking, Field.ITEM]


def find_headings(
    rows: Sequence[Sequence[Value]], chosen: Mapping[str, Field | None] | None = None
) -> Headings | None:
    """The row, or pair of rows, that names most of our fields; None where no row names two.

    `chosen` is the coordinator's (or a preset's) own word on headings, and wins.
    """
    chosen = chosen or {}
    best: Headings | None = None
    best_score = 3
    texts = [[_heading(value) for value in row] for row in rows[:LOOKED_AT]]
    for number, row in enumerate(texts, 1):
        if not any(row):
            continue
        lone = Headings(number, _columns([(text,) for text in row], chosen))
        tried = [lone]
        if number > 1 and any(texts[number - 2]) and _says_exactly(row) >= 2:
            above = [*texts[number - 2], *[""] * len(row)][: len(row)]
            tried.append(Headings(number, _columns(list(zip(above, row, strict=True)), chosen)))
        for headings in tried:
            if (score := _score(headings, texts[number - 1], chosen)) > best_score:
                best, best_score = headings, score
    return best


def _heading(value: Value) -> str:
    text = shown(value) if value != "" else ""
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= _LONGEST_HEADING else ""


def _score(headings: Headings, row: Sequence[str], chosen: Mapping[str, Field | None]) -> int:
    """Two for each field; a heading row has no figures in it, and its needed fields weigh more.

    A column that the coordinator declined was recognised too: the row must not lose by it.
    """
    found: set[Field | str] = {column.field for column in headings.columns if column.field}
    found |= {column.heading for column in headings.columns if column.heading in chosen}
    figures = sum(bool(re.search(r"\d{3}", text)) for text in row)
    return 2 * len(found) + sum(field in found for field in NEEDED) - 2 * figures


def _columns(
    stacks: Sequence[tuple[str, ...]], chosen: Mapping[str, Field | None]
) -> tuple[Column, ...]:
    """A name and a field for each column; a field is given away once, to the best heading."""
    names = [_joined(stack) for stack in stacks]
    guesses: list[tuple[int, int, Field]] = []
    fields: dict[int, Field | None] = {}
    for index, (name, stack) in enumerate(zip(names, stacks, strict=True)):
        if name in chosen:
            fields[index] = chosen[name]
        elif guess := _guess(stack):
            guesses.append((guess[1], index, guess[0]))
    taken = {field for field in fields.values() if field}
    for _, index, field in sorted(guesses):
        if field not in taken:
            fields[index] = field
            taken.add(field)
    return tuple(Column(index, name, fields.get(index)) for index, name in enumerate(names) if name)


def _joined(stack: tuple[str, ...]) -> str:
    parts = list(dict.fromkeys(part for part in stack if part))
    return "/".join(parts)


def _guess(stack: tuple[str, ...]) -> tuple[Field, int] | None:
    """The field meant, and how far-fetched that is (0: said exactly)."""
    parts = list(dict.fromkeys(_plain(part) for part in stack if part))
    together = "".join(parts)
    for rank, text in enumerate(dict.fromkeys([together, parts[-1] if parts else ""])):
        if text and (field := _exact().get(text)):
            return field, rank
    for text in reversed(parts):
        inside = [word for word in _exact() if len(word) >= 2 and _names(word, text)]
        if inside and len(text) <= 15:
            longest = max(inside, key=len)
            return _exact()[longest], 2 + len(text) - len(longest)
    return None


def _says_exactly(row: Sequence[str]) -> int:
    """How many cells are headings beyond doubt: the lower of two heading rows has some."""
    return sum(_plain(text) in _exact() for text in row)


def _names(word: str, text: str) -> bool:
    """A Chinese heading is known by its end: 申请单位联系电话 is a 联系电话."""
    return not word.isascii() and text.endswith(word)


@cache
def _exact() -> dict[str, Field]:
    return {_plain(word): field for field, words in SYNONYMS.items() for word in words.split()}


def _plain(text: str) -> str:
    """Without width, case, spaces, marks, and what stands in brackets: "*手 机（必填）"."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub(r"\([^)]*\)|\[[^]]*\]|【[^】]*】", "", text)
    return re.sub(r"[\s*:、/,.·]", "", text)
