"""What a row becomes, and what must be known of the bureau to check it: values, no database."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from server.models.applicant import IdentifierKind
from server.models.coordinates import Datum, Place
from server.services.importing.matching import DistrictNames, ItemNames

#: The source of numbers that we make up where the sheet has none.
NO_SOURCE = "spreadsheet"


class Before(NamedTuple):
    """A case of the same item type that is already known at a place."""

    number: str
    accepted_on: date


@dataclass(frozen=True, slots=True)
class Within:
    """The district an import is limited to: rows that lie outside are refused."""

    name: str
    name_en: str
    districts: Mapping[int, tuple[str, str]]  # every district's names in both languages
    own: Set[int]  # ids of the district and what is below it


@dataclass(frozen=True, slots=True)
class Known:
    """What the bureau has already: all that checking a row needs to know of the database.

    `numbers` are pairs of source and 办件编号; `before` is by item type and address key. Within a
    district they are that district's alone: of others nothing is known.
    """

    items: ItemNames
    districts: DistrictNames
    office: Place
    datum: Datum = Datum.WGS84
    numbers: Set[tuple[str, str]] = frozenset()
    before: Mapping[tuple[int, str], Before] = field(default_factory=dict)
    within: Within | None = None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One row that can be stored. `known`: its number is there already, so it changes nothing."""

    row: int
    source: str
    number: str
    item_id: int
    name: str
    shop: str
    identifier_kind: IdentifierKind
    identifier: str
    contact: str
    phone: str
    address: str
    address_key: str
    district_id: int | None
    place: Place | None  # WGS-84
    raw_place: str
    datum: Datum | None
    accepted_on: date
    survey_by: date | None
    working_days: int | None
    wish: str
    extra: Mapping[str, str]
    known: bool
