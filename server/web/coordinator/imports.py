"""Imports: upload, look, choose, store, undo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from apiflask.fields import File, String
from apiflask.schemas import Schema
from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from server.clock import local_day, utcnow
from server.errors import MoveRefused
from server.models.account import Role
from server.models.bureau import Bureau
from server.models.imports import Import, ImportStatus
from server.services.importing import finding, headings
from server.services.importing.choices import Choices
from server.services.importing.known import known_to
from server.services.importing.presets import presets
from server.services.importing.preview import Outcome, Preview, make_preview
from server.services.importing.returning import refused_rows
from server.services.importing.storing import store
from server.services.importing.undoing import undo
from server.services.scope import Scope, scope_of
from server.web.access import current_account, only
from server.web.db import db
from server.web.documents import XLSX
from server.web.names import name_of
from server.web.parts import parts
from server.web.shapes import Out
from server.web.words import Language, language, text

blueprint = APIBlueprint("coordinator_imports", __name__, url_prefix="/api/v1", tag="Imports")

#: Rows with something to look at that one answer holds.
MOST_ROWS = 200


class UploadForm(Schema):
    file = File(required=True)  # type: ignore[no-untyped-call]
    preset = String(load_default="")


class ChoicesIn(BaseModel):
    """What the coordinator decided; what is left out stays as it was."""

    sheet: str | None = Field(None, max_length=100)
    preset: str | None = Field(None, max_length=100)
    source: str | None = Field(None, max_length=100)
    columns: dict[str, str | None] | None = None
    constants: dict[str, str] | None = None
    corrections: dict[str, str] | None = None
    skip: list[int] | None = Field(None, max_length=10_000)


class FieldOut(Out):
    field: str
    name: str
    name_en: str
    required: bool


class ColumnOut(Out):
    column: str
    heading: str
    field: str | None


class FindingOut(Out):
    field: str
    cell: str
    heading: str
    code: str
    values: dict[str, Any]
    severity: str
    text: str


class RowOut(Out):
    row: int
    outcome: Outcome
    values: dict[str, str]
    findings: list[FindingOut]


class ImportRow(Out):
    id: int
    file_name: str
    status: ImportStatus
    by: str
    by_name: str
    created_at: datetime
    rows_total: int
    rows_new: int
    rows_known: int
    rows_warned: int
    rows_refused: int


class PreviewOut(ImportRow):
    rows_outside: int  # refused because they are another district's
    sheet: str
    sheets: list[str]
    notices: list[str]
    missing: list[str]
    preset: str
    presets: list[dict[str, str]]
    columns: list[ColumnOut]
    fields: list[FieldOut]
    rows: list[RowOut]


class Imports(Out):
    items: list[ImportRow]


@blueprint.post("/imports")
@only(Role.COORDINATOR)
@blueprint.input(UploadForm, location="form_and_files")
@blueprint.output(PreviewOut, status_code=201)
def upload(form_and_files_data: dict[str, Any]) -> PreviewOut:
    """Read a spreadsheet and say what would happen. Nothing is stored but the file itself.

    Somebody of one district imports for it: rows that lie outside are refused.
    """
    account = current_account()
    file = form_and_files_data["file"]
    choices = Choices.from_json({"preset": form_and_files_data["preset"]})
    content = file.read()
    preview = _look(db.session, content, file.filename or "", scope_of(account), choices)
    batch = Import(
        bureau_id=account.bureau_id,
        district_id=account.district_id,
        file_name=(file.filename or "")[:200],
        file_sha256=parts().files.put(content),
        by=account.sign_in_name,
        columns=choices.as_json(),
    )
    _count(batch, preview)
    db.session.add(batch)
    db.session.commit()
    return _preview_out(batch, preview)


@blueprint.get("/imports")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(Imports)
def list_imports() -> Imports:
    """The latest imports; to somebody of one district, those made for it."""
    found = finding.latest(db.session, current_account())
    return Imports(items=[_row(batch) for batch in found])


@blueprint.get("/imports/<int:import_id>")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(PreviewOut)
def show_import(import_id: int) -> PreviewOut:
    """The preview again: as it would be now, or as it was stored."""
    batch = _mine(import_id)
    return _preview_out(batch, _look_again(batch))


@blueprint.patch("/imports/<int:import_id>")
@only(Role.COORDINATOR)
@blueprint.input(ChoicesIn)
@blueprint.output(PreviewOut)
def choose(import_id: int, json_data: ChoicesIn) -> PreviewOut:
    """Change what columns mean, correct cells, leave rows out; everything is checked again."""
    batch = _previewed(import_id)
    changed = json_data.model_dump(exclude_none=True)
    for name in ("columns", "constants", "corrections"):
        if name in changed:
            changed[name] = {**batch.columns.get(name, {}), **changed[name]}
    batch.columns = Choices.from_json({**batch.columns, **changed}).as_json()
    preview = _look_again(batch)
    _count(batch, preview)
    db.session.commit()
    return _preview_out(batch, preview)


@blueprint.post("/imports/<int:import_id>/commit")
@only(Role.COORDINATOR)
@blueprint.output(ImportRow)
def commit(import_id: int) -> ImportRow:
    """Store every row that is new and can be stored; the others stay to be mended."""
    batch = _previewed(import_id)
    store(
        db.session,
        batch,
        _look_again(batch),
        calendar=parts().calendar,
        by=current_account().sign_in_name,
        at=utcnow(),
    )
    db.session.commit()
    return _row(batch)


@blueprint.delete("/imports/<int:import_id>")
@only(Role.COORDINATOR)
@blueprint.output(ImportRow)
def undo_import(import_id: int) -> ImportRow:
    """Take the whole import back, but for cases that are already under way."""
    batch = _mine(import_id)
    undo(db.session, batch, by=current_account().sign_in_name, at=utcnow())
    db.session.commit()
    return _row(batch)


@blueprint.get("/imports/<int:import_id>/refused.xlsx")
@only(Role.COORDINATOR)
@blueprint.output({}, content_type=XLSX)
def returned_rows(import_id: int) -> Response:
    """The rows that were refused, with what to do, to be mended and imported again."""
    batch = _mine(import_id)
    chosen = language()
    book = refused_rows(
        _look_again(batch),
        lambda finding: _finding_text(finding.as_json(), chosen),
        what_to_do=text("import.what_to_do", chosen),
    )
    return Response(
        book,
        mimetype=XLSX,
        headers={"Content-Disposition": f'attachment; filename="refused-{batch.id}.xlsx"'},
    )


def _look(
    session: Session, content: bytes, file_name: str, scope: Scope, choices: Choices
) -> Preview:
    bureau, today = session.get_one(Bureau, scope.bureau_id), local_day(utcnow())
    known = known_to(session, bureau, choices, today=today, scope=scope)
    return make_preview(content, file_name=file_name, known=known, today=today, choices=choices)


def _look_again(batch: Import) -> Preview:
    """Within the district it was made for, whoever looks."""
    return _look(
        db.session,
        parts().files.open(batch.file_sha256),
        batch.file_name,
        Scope(batch.bureau_id, batch.district_id),
        Choices.from_json(batch.columns),
    )


def _mine(import_id: int) -> Import:
    return finding.one(db.session, import_id, current_account())


def _previewed(import_id: int) -> Import:
    batch = _mine(import_id)
    if batch.status is not ImportStatus.PREVIEWED:
        raise MoveRefused(f"import {batch.id} is {batch.status}", subject="import")
    return batch


def _count(batch: Import, preview: Preview) -> None:
    counts = preview.counts()
    batch.rows_total = sum(counts.values())
    batch.rows_new = counts[Outcome.NEW] + counts[Outcome.WARNED]
    batch.rows_known = counts[Outcome.KNOWN]
    batch.rows_warned = counts[Outcome.WARNED]
    batch.rows_refused = counts[Outcome.REFUSED]


def _row(batch: Import) -> ImportRow:
    return ImportRow(
        id=batch.id,
        file_name=batch.file_name,
        status=batch.status,
        by=batch.by,
        by_name=name_of(batch.by),
        created_at=batch.created_at,
        rows_total=batch.rows_total,
        rows_new=batch.rows_new,
        rows_known=batch.rows_known,
        rows_warned=batch.rows_warned,
        rows_refused=batch.rows_refused,
    )


def _preview_out(batch: Import, preview: Preview) -> PreviewOut:
    chosen, told = language(), preview.as_json()
    return PreviewOut(
        **_row(batch).model_dump(),
        rows_outside=preview.rows_outside(),
        sheet=told["sheet"],
        sheets=told["sheets"],
        notices=[text(f"import.notice.{name}", chosen) for name in told["notices"]],
        missing=told["missing"],
        preset=batch.columns.get("preset", ""),
        presets=[
            {"key": preset.key, "name": preset.title_en if chosen == "en" else preset.title}
            for preset in presets().values()
        ],
        columns=[
            ColumnOut(
                column=column["letter"],
                heading=column["heading"],
                field=column["field"],
            )
            for column in told["columns"]
        ],
        fields=[
            FieldOut(
                field=field,
                name=text(f"import.field.{field}", "zh"),
                name_en=text(f"import.field.{field}", "en"),
                required=field in headings.NEEDED,
            )
            for field in headings.Field
        ],
        rows=[
            RowOut(
                row=row["row"],
                outcome=row["outcome"],
                values=row["cells"],
                findings=[
                    FindingOut(
                        field=found["field"],
                        cell=found["cell"],
                        heading=found["heading"],
                        code=found["code"],
                        values=found["values"],
                        severity=found["severity"],
                        text=_finding_text(found, chosen),
                    )
                    for found in row["findings"]
                ],
            )
            for row in _rows_to_look_at(preview)
        ],
    )


def _rows_to_look_at(preview: Preview) -> list[dict[str, Any]]:
    """Refused rows before those that are merely warned of, at most `MOST_ROWS` together."""
    refused = preview.page(most=MOST_ROWS, only=frozenset({Outcome.REFUSED}))
    warned = preview.page(most=MOST_ROWS, only=frozenset({Outcome.WARNED}))
    return [*refused, *warned][:MOST_ROWS]


def _finding_text(found: Mapping[str, Any], chosen: Language) -> str:
    """The finding's words; where it names several things, they are listed as people do.

    A name that the values also hold in English (`own`, `own_en`) is said in the reader's language.
    """
    comma = ", " if chosen == "en" else "、"
    told = found["values"]
    values = {"heading": found["heading"]} | {
        name: comma.join(map(str, value)) or text("import.nothing_near", chosen)
        if isinstance(value, list | tuple)
        else (chosen == "en" and told.get(f"{name}_en")) or value
        for name, value in told.items()
    }
    return text(f"import.{found['code']}", chosen, **values)
