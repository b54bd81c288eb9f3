"""What is wrong with a script file: where, what, and the cure, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspection.checklist.point import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding of the checker (检查发现)."""

    file: str  # under the scripts folder: "food/small-restaurant.toml"
    row: str  # sheet, row from 1 and name: "survey 3 sinks"
    problem: Text
    cure: Text

    def line(self, language: str = "zh") -> str:
        """One line for a terminal, in ``zh`` or ``en``."""
        if language == "en":
            return f"{self.file} [{self.row}] {self.problem.en}. Cure: {self.cure.en}."
        return f"{self.file} [{self.row}] {self.problem.zh}。改法：{self.cure.zh}。"


class ScriptRefused(ValueError):
    """A script cannot be used; `faults` is everything found, in file order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(fault.line("en") for fault in faults))
        self.faults = tuple(faults)
