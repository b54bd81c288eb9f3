"""Import: a bureau's spreadsheet read, validated and stored in SQLite, from bytes to commit."""

from __future__ import annotations

import io
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook
from rows import Row
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from stdnum.cn import ric, uscc

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from server.adapters.calendar import StateCouncilCalendar
from server.adapters.database import migrate, open_database
from server.models.bureau import Bureau, District, DistrictLevel, ItemType, Mode, ModeRule
from server.models.case import Case
from server.models.coordinates import Datum
from server.models.imports import Import
from server.services.importing.choices import Choices
from server.services.importing.known import known_to
from server.services.importing.preview import make_preview
from server.services.importing.second_bureau import CHICAGO, bureau_of
from server.services.importing.storing import store
from server.services.importing.undoing import undo

AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
CHICAGO_FILE = Path(__file__).parents[3] / "shared" / "data" / "chicago" / "inspections_2013q3.csv"
SIZES = {True: 25_000, False: 50_000}


def measure(quick: bool) -> list[Row]:
    """50,000 rows (25,000 when quick, with the same target a row), all of them different."""
    count = SIZES[quick]
    most = 10 * count / 50_000
    content = _workbook(count)
    rows: list[Row] = []
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        migrate(url)
        engine = open_database(url)
        with Session(engine) as db:
            bureau = _bureau(db)
            checked, stored, _ = _import(db, bureau, content)
            rows += [
                Row(f"read and validate {count} rows", checked, "s"),
                Row(f"store {count} rows", stored, "s"),
                Row(f"validate and store {count} rows", checked + stored, "s", f"<= {most:g}"),
            ]
            held = db.scalar(select(func.count()).select_from(Case)) or 0
            rows.append(Row("cases stored, of those sent", held / count, "share", ">= 1"))
            checked, stored, batch = _import(db, bureau, content)
            rows.append(Row("the same file again", checked + stored, "s", f"<= {most:g}"))
            rows.append(Row("rows changed by it", batch.rows_new, "rows", "<= 0"))
            first = db.get_one(Import, 1)
            begun = time.perf_counter()
            undo(db, first, by="bench", at=AT)
            db.commit()
            rows.append(Row("undo the import as a whole", time.perf_counter() - begun, "s"))
            if CHICAGO_FILE.is_file():
                chicago = bureau_of(db)
                checked, stored, batch = _import(
                    db, chicago, CHICAGO_FILE.read_bytes(), Choices(preset=CHICAGO)
                )
                rows.append(Row(f"Chicago, {batch.rows_total} rows", checked + stored, "s"))
                ended = batch.rows_new + batch.rows_known + batch.rows_refused
                share = ended / batch.rows_total
                rows.append(Row("Chicago rows with an outcome", share, "share", ">= 1"))
                rows.append(Row("Chicago rows refused", batch.rows_refused, "rows"))
        engine.dispose()
    return rows


def _import(
    db: Session, bureau: Bureau, content: bytes, choices: Choices | None = None
) -> tuple[float, float, Import]:
    """Seconds to read and validate, seconds to store and commit, and the import."""
    choices = choices or Choices()
    begun = time.perf_counter()
    known = known_to(db, bureau, choices, today=AT.date())
    seen = make_preview(
        content, file_name="bench.xlsx", known=known, today=AT.date(), choices=choices
    )
    checked = time.perf_counter() - begun
    batch = Import(
        bureau_id=bureau.id, file_name="bench.xlsx", file_sha256="", by="bench", columns={},
        created_at=AT,
    )  # fmt: skip
    db.add(batch)
    db.flush()
    store(db, batch, seen, calendar=StateCouncilCalendar(), by="bench", at=AT)
    db.commit()
    return checked, time.perf_counter() - begun - checked, batch


def _bureau(db: Session) -> Bureau:
    bureau = Bureau(
        code="bench", name="基准局", name_en="Bench", phone="029-80000000", longitude=108.9469,
        latitude=34.3432, datum=Datum.GCJ02,
    )  # fmt: skip
    db.add(bureau)
    db.flush()
    db.add(
        District(bureau_id=bureau.id, code="610112", name="未央区", level=DistrictLevel.DISTRICT)
    )
    db.add(
        ItemType(
            bureau_id=bureau.id, code="1304", name="城镇污水排入排水管网许可",
            modes=ModeRule.EITHER, preferred=Mode.VIDEO, minutes_video=25, minutes_on_site=60,
        )
    )  # fmt: skip
    db.commit()
    return bureau


def _workbook(count: int) -> bytes:
    """Every row another applicant at another address: nothing is saved by caches."""
    chance = random.Random(2)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("办件")
    sheet.append(["待踏勘办件清单"])
    sheet.append(
        ["办件编号", "单位名称", "证照号码", "联系人", "手机", "事项名称", "经营地址", "区县",
         "经度", "纬度", "受理日期", "备注"]
    )  # fmt: skip
    for n in range(count):
        day = AT.date() - timedelta(days=n % 30)
        sheet.append(
            [f"XA{n:08}", f"长安商行{n}", _identifier(n), "张桂兰", f"1990{n:07}", "排水许可",
             f"西安市未央区凤城五路 {n} 号", "未央区", f"{chance.uniform(108.8, 109.1):.6f}",
             chance.uniform(34.2, 34.4), day.strftime("%Y.%m.%d") if n % 2 else day, "无"]
        )  # fmt: skip
    sheet.append([f"合计 {count} 件"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _identifier(n: int) -> str:
    if n % 2:
        body = f"92610112MA{n:07}"
        return body + str(uscc.calc_check_digit(body))
    body = f"6101121900{n // 1000 % 12 + 1:02}{n // 12000 % 28 + 1:02}{n % 1000:03}"
    return body + str(ric.calc_check_digit(body + "0"))
