"""The spreadsheet a clerk would send: a title, two-row headings, and all the usual columns."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from server.demo.town import Shop

COLUMNS = (
    "办件编号", "申请人", "统一社会信用代码/身份证号", "联系人", "联系电话", "事项名称",
    "店名", "经营场所", "所属区县", "经度", "纬度", "受理日期",
)  # fmt: skip


def workbook_of(shops: Sequence[Shop], item_names: Mapping[str, str], day: date) -> bytes:
    """An .xlsx with identifiers and telephone numbers as text, as it should be."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # a new workbook has one
    sheet.title = "踏勘办件"
    sheet["A1"] = f"{day.year}年{day.month}月{day.day}日 待踏勘办件清单"
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(COLUMNS))
    for column, heading in enumerate(COLUMNS, start=1):
        sheet.cell(2, column, heading).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = 18
    for shop in shops:
        sheet.append(
            [
                shop.number,
                shop.name,
                shop.identifier,
                shop.contact,
                shop.phone,
                item_names[shop.code],
                shop.name,
                shop.address,
                shop.district,
                shop.longitude,
                shop.latitude,
                shop.accepted_on.strftime("%Y-%m-%d"),
            ]
        )
    sheet.append([f"合计 {len(shops)} 件"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
