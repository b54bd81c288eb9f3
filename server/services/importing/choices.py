"""What the coordinator chose while looking at the preview; kept with the import as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from server.errors import BadPayload
from server.services.importing.headings import Field
from server.services.importing.presets import Preset, presets

_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


@dataclass(frozen=True, slots=True)
class Choices:
    """Nothing chosen means: find everything out.

    `columns` says what a heading means (None: do not import), `constants` are values for all
    rows, `corrections` what a cell should have said ("F7": "610112…"), `skip` rows to leave
    out, `source` the system that issued the numbers.
    """

    sheet: str = ""
    preset: str = ""
    source: str = ""
    columns: Mapping[str, Field | None] = field(default_factory=dict)
    constants: Mapping[Field, str] = field(default_factory=dict)
    corrections: Mapping[str, str] = field(default_factory=dict)
    skip: Set[int] = frozenset()

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Choices:
        """Raises: BadPayload: an unknown field or preset, or no name of a cell."""
        try:
            chosen = cls(
                sheet=str(raw.get("sheet", "")),
                preset=str(raw.get("preset", "")),
                source=str(raw.get("source", "")),
                columns={
                    str(heading): Field(meant) if meant else None
                    for heading, meant in raw.get("columns", {}).items()
                },
                constants={Field(name): str(v) for name, v in raw.get("constants", {}).items()},
                corrections={str(cell): str(v) for cell, v in raw.get("corrections", {}).items()},
                skip=frozenset(int(row) for row in raw.get("skip", [])),
            )
            chosen.known_preset()
            for cell in chosen.corrections:
                position(cell)
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise BadPayload(str(problem), fields={"choices": str(problem)}) from problem
        return chosen

    def as_json(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "preset": self.preset,
            "source": self.source,
            "columns": {heading: meant or "" for heading, meant in self.columns.items()},
            "constants": dict(self.constants),
            "corrections": dict(self.corrections),
            "skip": sorted(self.skip),
        }

    def known_preset(self) -> Preset | None:
        """Raises: KeyError: there is no preset of this name."""
        return presets()[self.preset] if self.preset else None


def position(cell: str) -> tuple[int, int]:
    """Row number and column index of a cell's name: "F7" is 7, 5.

    Raises:
        ValueError: not the name of a cell.
    """
    found = _CELL.fullmatch(cell)
    if found is None:
        raise ValueError(f"no cell is called {cell!r}")
    index = 0
    for letter in found[1]:
        index = index * 26 + ord(letter) - 64
    return int(found[2]), index - 1
