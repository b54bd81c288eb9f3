"""A row of the sheet becomes a case, or is refused with the cells that stand in its way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from server.models.applicant import IdentifierKind
from server.models.coordinates import Datum, Place, is_place, metres_between, to_wgs84
from server.models.identifiers import address_key, is_task_code
from server.services.importing import cells
from server.services.importing.caserow import NO_SOURCE, CaseRow, Known
from server.services.importing.cells import Value
from server.services.importing.columns import columns_of
from server.services.importing.findings import Code, Doubt, Finding
from server.services.importing.headings import Field, Headings
from server.services.importing.leftovers import Leftover, leftover
from server.services.importing.presets import Preset
from server.services.importing.reading import Sheet
from server.services.importing.register import plain

#: A place farther from the office than this is somebody's slip. A prefecture is smaller.
FARTHEST_METRES = 300_000


@dataclass(slots=True)
class Checked:
    """All rows of a sheet, each in exactly one of the three: cases, refused, leftovers."""

    cases: list[CaseRow] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)  # the coordinator said so
    leftovers: list[tuple[int, Leftover]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def check_rows(
    sheet: Sheet,
    headings: Headings,
    *,
    known: Known,
    today: date,
    constants: Mapping[Field, str] | None = None,
    preset: Preset | None = None,
    source: str = "",
    skip: Set[int] = frozenset(),
    declined: Set[str] = frozenset(),
) -> Checked:
    """Check every row below the headings. Nothing here raises for what a clerk may type.

    `constants` are values for all rows ("事项: 排水许可"), `skip` row numbers to leave out,
    `declined` headings whose columns are not even kept beside the case. Days are local.
    """
    checker = _Checker(headings, known, today, constants or {}, preset, source, declined)
    checked = Checked(findings=checker.findings)
    titles = {column.index: column.heading for column in headings.columns}
    for number, raw in enumerate(sheet.rows[headings.row :], headings.row + 1):
        if not any(raw):
            continue
        if what := leftover(raw, titles):
            checked.leftovers.append((number, what))
        elif number in skip:
            checked.skipped.append(number)
        elif case := checker.check(number, raw, sheet):
            checked.cases.append(case)
        else:
            checked.refused.append(number)
    return checked


_MUST_SAY = {
    Field.NAME: Code.NAME_MISSING,
    Field.ADDRESS: Code.ADDRESS_MISSING,
    Field.ACCEPTED_ON: Code.ACCEPTED_MISSING,
}


class _Checker:
    """Checks rows one after another, and remembers the numbers it has met."""

    def __init__(
        self,
        headings: Headings,
        known: Known,
        today: date,
        constants: Mapping[Field, str],
        preset: Preset | None,
        source: str,
        declined: Set[str],
    ) -> None:
        self.findings: list[Finding] = []
        self._known = known
        self._today = today
        self._source = source
        self._preset = preset
        self._by_field = columns_of(headings, constants)
        self._columns = list(self._by_field.values())
        self._extra = [
            (column.heading, column.index)
            for column in headings.columns
            if column.field is None and column.heading not in declined
        ]
        self._met: dict[tuple[str, str], int] = {}
        self._row = 0
        self._raw: list[Value] = []
        self._grave = False

    def check(self, number: int, raw: list[Value], sheet: Sheet) -> CaseRow | None:
        """The case of this row, or None once its findings say why there is none."""
        self._row, self._raw, self._grave = number, raw, False
        values = self._read(sheet.broken)
        for needed, code in _MUST_SAY.items():
            if values.get(needed) in (None, "") and not self._blamed(needed):
                if needed is Field.ACCEPTED_ON and needed not in self._by_field:
                    values[needed] = self._today
                else:
                    self._doubt(needed, Doubt(code))
        item_id = self._item(values)
        district_id = self._district(values)
        self._check_within(district_id)
        place, raw_place, datum = self._place(values)
        self._check_days(values)
        self._check_codes(values)
        if self._grave or item_id is None:
            return None
        key = address_key(values[Field.ADDRESS])
        source, case_number = self._number(values, key)
        if self._repeated(source, case_number):
            return None
        if number in sheet.hidden:
            self._doubt(None, Doubt(Code.HIDDEN_ROW))
        is_known = (plain(source), case_number) in self._known.numbers
        before = self._known.before.get((item_id, key))
        if before and not is_known:
            told = {"number": before.number, "accepted_on": before.accepted_on.isoformat()}
            self._doubt(Field.ADDRESS, Doubt(Code.SAME_PLACE_BEFORE, told))
        kind, identifier = (
            values.get(Field.IDENTIFIER)
            or values.get(Field.REGISTRATION)
            or (IdentifierKind.NONE, "")
        )
        return CaseRow(
            row=number,
            source=source,
            number=case_number,
            item_id=item_id,
            name=values[Field.NAME],
            shop=values.get(Field.SHOP) or values[Field.NAME],
            identifier_kind=kind,
            identifier=identifier,
            contact=values.get(Field.CONTACT) or "",
            phone=values.get(Field.PHONE) or "",
            address=values[Field.ADDRESS],
            address_key=key,
            district_id=district_id,
            place=place,
            raw_place=raw_place,
            datum=datum,
            accepted_on=values[Field.ACCEPTED_ON],
            survey_by=values.get(Field.SURVEY_BY),
            working_days=values.get(Field.WORKING_DAYS),
            wish=values.get(Field.WISH) or "",
            extra=self._kept(values),
            known=is_known,
        )

    def _read(self, broken: Mapping[tuple[int, int], Code]) -> dict[Field, Any]:
        values: dict[Field, Any] = {}
        raw, row = self._raw, self._row
        width = len(raw)
        for column in self._columns:
            index = column.index
            value = column.constant if index < 0 else raw[index] if index < width else ""
            if broken and (row, index) in broken:
                self._doubt(column.means, Doubt(broken[row, index]))
            elif value != "":
                values[column.means], doubt = column.read(value)
                if doubt:
                    self._doubt(column.means, doubt)
        return values

    def _item(self, values: dict[Field, Any]) -> int | None:
        doubts = []
        for name in (Field.ITEM_CODE, Field.ITEM):
            if text := values.get(name):
                item_id, doubt = self._known.items.find(text)
                if item_id is not None:
                    return item_id
                if doubt:
                    doubts.append((name, doubt))
        if doubts:
            self._doubt(*doubts[-1])
        elif not self._blamed(Field.ITEM) and not self._blamed(Field.ITEM_CODE):
            at = Field.ITEM if Field.ITEM in self._by_field else Field.ITEM_CODE
            self._doubt(at, Doubt(Code.ITEM_MISSING))
        return None

    def _district(self, values: dict[Field, Any]) -> int | None:
        address = values.get(Field.ADDRESS) or ""
        if self._preset and (pattern := self._preset.district_in_address):
            found = pattern.search(address)
            if found and (district := self._known.districts.find(found[1])[0]):
                return district
        if text := values.get(Field.DISTRICT):
            district, doubt = self._known.districts.find(text)
            if doubt and not self._known.within:
                self._doubt(Field.DISTRICT, doubt)
            return district
        district = self._known.districts.in_address(address)
        if (
            district is None
            and address
            and not self._blamed(Field.DISTRICT)
            and not self._known.within
        ):
            self._doubt(self._where_district(), Doubt(Code.DISTRICT_MISSING))
        return district

    def _where_district(self) -> Field:
        """Where somebody would write the district."""
        return Field.DISTRICT if Field.DISTRICT in self._by_field else Field.ADDRESS

    def _check_within(self, district_id: int | None) -> None:
        """An import limited to a district brings cases of it alone, and of no unknown place."""
        within = self._known.within
        if within is None or district_id in within.own:
            return
        values = {"own": within.name, "own_en": within.name_en}
        code = Code.DISTRICT_NEEDED
        if district_id is not None:
            code = Code.DISTRICT_OUTSIDE
            values["there"], values["there_en"] = within.districts[district_id]
        self._doubt(self._where_district(), Doubt(code, values))

    def _place(self, values: dict[Field, Any]) -> tuple[Place | None, str, Datum | None]:
        """The place in WGS-84, what the sheet said, and in which datum."""
        at = next((name for name in _PLACES if name in self._by_field), None)
        if at is None:
            return None, "", None
        raw_place = ", ".join(
            cells.shown(self._raw[column.index])
            for name in _PLACES
            if (column := self._by_field.get(name)) and 0 <= column.index < len(self._raw)
        ).strip(", ")
        place: Place | None = values.get(Field.PLACE)
        longitude, latitude = values.get(Field.LONGITUDE), values.get(Field.LATITUDE)
        if place is None and longitude is not None and latitude is not None:
            place = (longitude, latitude)
        if place is None:
            if not any(self._blamed(name) for name in _PLACES):
                self._doubt(at, Doubt(Code.PLACE_MISSING))
            return None, raw_place, None
        other = (place[1], place[0])
        if not self._near(place) and self._near(other):
            self._doubt(at, Doubt(Code.PLACE_SWAPPED))
            place = other
        elif not is_place(place):
            self._doubt(at, Doubt(Code.PLACE_UNREADABLE))
            return None, raw_place, None
        elif not self._near(place):
            metres = metres_between(place, self._known.office)
            self._doubt(at, Doubt(Code.PLACE_FAR, {"kilometres": round(metres / 1000)}))
            return None, raw_place, None
        datum = values.get(Field.DATUM) or self._known.datum
        return to_wgs84(place, datum), raw_place, datum

    def _near(self, place: Place) -> bool:
        return is_place(place) and metres_between(place, self._known.office) <= FARTHEST_METRES

    def _check_days(self, values: dict[Field, Any]) -> None:
        accepted, by = values.get(Field.ACCEPTED_ON), values.get(Field.SURVEY_BY)
        if accepted and accepted > self._today:
            self._doubt(Field.ACCEPTED_ON, Doubt(Code.DATE_AHEAD, {"day": accepted.isoformat()}))
        if accepted and by and by < accepted:
            self._doubt(Field.SURVEY_BY, Doubt(Code.DEADLINE_BEFORE_ACCEPTANCE))

    def _check_codes(self, values: dict[Field, Any]) -> None:
        code = values.get(Field.TASK_CODE)
        if code and not is_task_code(code):
            self._doubt(Field.TASK_CODE, Doubt(Code.TASK_CODE_UNUSUAL, {"length": len(code)}))
        if values.get(Field.PHONE) or Field.PHONE not in self._by_field:
            return
        if not self._blamed(Field.PHONE):
            self._doubt(Field.PHONE, Doubt(Code.PHONE_MISSING))

    def _number(self, values: dict[Field, Any], key: str) -> tuple[str, str]:
        """The number as issued; without one, one that the same row always gets again."""
        if number := values.get(Field.NUMBER):
            return self._source, number
        accepted: date = values[Field.ACCEPTED_ON]
        _, identifier = values.get(Field.IDENTIFIER) or values.get(Field.REGISTRATION) or ("", "")
        item = values.get(Field.ITEM) or values.get(Field.ITEM_CODE) or ""
        told = [values[Field.NAME], identifier, key, item]
        if Field.ACCEPTED_ON in self._by_field:  # else it is today, and tomorrow another
            told.append(accepted.isoformat())
        digest = hashlib.sha256("\x1f".join(told).encode()).hexdigest()
        return NO_SOURCE, f"N-{digest[:12].upper()}"

    def _repeated(self, source: str, number: str) -> bool:
        first = self._met.setdefault((source, number), self._row)
        if first == self._row:
            return False
        if source == NO_SOURCE and Field.NUMBER not in self._by_field:
            self._doubt(None, Doubt(Code.ROW_REPEATED, {"first": first}))
        else:
            self._doubt(Field.NUMBER, Doubt(Code.NUMBER_REPEATED, {"first": first}))
        return True

    def _kept(self, values: dict[Field, Any]) -> dict[str, str]:
        """Columns that we do not use, as they came."""
        raw, width = self._raw, len(self._raw)
        kept = {
            heading: cells.shown(raw[index])
            for heading, index in self._extra
            if index < width and raw[index] != ""
        }
        for name in (Field.TASK_CODE, Field.REGISTRATION):
            if (column := self._by_field.get(name)) and values.get(name) and column.index >= 0:
                kept[column.heading] = cells.shown(raw[column.index])
        return kept

    def _doubt(self, field: Field | None, doubt: Doubt) -> None:
        column = self._by_field.get(field) if field else None
        value = ""
        if column and 0 <= column.index < len(self._raw):
            value = cells.shown(self._raw[column.index])
        self.findings.append(
            Finding(
                cell=f"{column.letter}{self._row}" if column and column.letter else "",
                row=self._row,
                field=field.value if field else "",
                heading=column.heading if column else "",
                code=doubt.code,
                values=doubt.values,
                shown=value[: cells.LONGEST_TEXT],
            )
        )
        self._grave = self._grave or doubt.code.severity == "error"

    def _blamed(self, field: Field) -> bool:
        """Whether this row already has a finding on that field."""
        return any(finding.field == field for finding in self._of_this_row())

    def _of_this_row(self) -> Iterator[Finding]:
        for finding in reversed(self.findings):
            if finding.row != self._row:
                return
            yield finding


_PLACES = (Field.LONGITUDE, Field.LATITUDE, Field.PLACE)
