"""Column presets (列对应方案): what the headings of a known system mean, kept as data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from server.services.importing.headings import Field

FOLDER = Path(__file__).with_name("presets")


@dataclass(frozen=True, slots=True)
class Preset:
    """One system's spreadsheet. An empty field in the file means: do not import this column.

    `items` and `districts` say what its words mean, as our codes. `district_in_address` is a
    pattern whose first group, found in the address, is looked up in `districts`.
    """

    key: str
    title: str
    title_en: str
    columns: Mapping[str, Field | None]
    constants: Mapping[Field, str] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)
    districts: Mapping[str, str] = field(default_factory=dict)
    district_in_address: re.Pattern[str] | None = None


@cache
def presets() -> Mapping[str, Preset]:
    """Every shipped preset, by its key, the name of its file."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


@cache
def item_aliases() -> Mapping[str, str]:
    """What clerks call the item types of the catalogue: alias -> code."""
    with (FOLDER / "names" / "items.toml").open("rb") as file:
        return {alias: code for code, names in tomllib.load(file).items() for alias in names}


def _read(path: Path) -> Preset:
    with path.open("rb") as file:
        raw = tomllib.load(file)
    pattern = raw.get("district_in_address")
    return Preset(
        key=path.stem,
        title=raw["title"],
        title_en=raw["title_en"],
        columns={name: Field(meant) if meant else None for name, meant in raw["columns"].items()},
        constants={Field(name): text for name, text in raw.get("constants", {}).items()},
        items=raw.get("items", {}),
        districts=raw.get("districts", {}),
        district_in_address=re.compile(pattern) if pattern else None,
    )
