"""The small part of XPath that scripts may use: comparisons joined by ``and``.

`relevant` looks at other answers (``${sells_chilled} = 'yes'``); `constraint` and the pass
mark look at the answer itself (``. >= 0 and . <= 60``). Meanings are XPath 1.0's, so that
any XLSForm tool agrees: a question without an answer is the empty string, and a number
compared with what is no number is never true.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

_OPERATORS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPARISON = re.compile(
    r"\s*(?:\.|\$\{(?P<name>[A-Za-z_][\w.-]*)\})\s*"
    r"(?P<sign>!=|<=|>=|=|<|>)\s*"
    r"(?:'(?P<word>[^']*)'|(?P<number>-?\d+(?:\.\d+)?))\s*",
    re.ASCII,
)
_AND = re.compile(r"\band\b")


class ExpressionRefused(ValueError):
    """The text is none of the expressions a script may use."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison. ``name`` is the question looked at; empty for the answer itself."""

    name: str
    sign: str
    word: str | None
    number: Decimal | None

    def holds(self, answers: Mapping[str, str], here: str = "") -> bool:
        value = answers.get(self.name, "") if self.name else here
        if self.word is not None:
            return (value == self.word) is (self.sign == "=")
        assert self.number is not None  # a comparison has a word or a number
        left = as_number(value)
        if left is None:
            return self.sign == "!="  # XPath 1.0: NaN differs from everything
        return _OPERATORS[self.sign](left, self.number)


@dataclass(frozen=True, slots=True)
class Expression:
    """Comparisons of which all must hold."""

    text: str
    comparisons: tuple[Comparison, ...]

    @property
    def names(self) -> frozenset[str]:
        """The questions it looks at."""
        return frozenset(one.name for one in self.comparisons if one.name)

    @property
    def lowest(self) -> Decimal | None:
        """The smallest number that holds, or the number just below it where the sign is ``>``."""
        return self._bound(">", ">=")

    @property
    def highest(self) -> Decimal | None:
        """The largest number that holds, or the number just above it where the sign is ``<``."""
        return self._bound("<", "<=")

    def holds(self, answers: Mapping[str, str], here: str = "") -> bool:
        return all(one.holds(answers, here) for one in self.comparisons)

    def _bound(self, *signs: str) -> Decimal | None:
        return next((one.number for one in self.comparisons if one.sign in signs), None)


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionRefused: it uses more than comparisons joined by ``and``.
    """
    parts = _AND.split(text)
    return Expression(text=text, comparisons=tuple(_comparison(part) for part in parts))


def as_number(value: str) -> Decimal | None:
    """The number a person typed, or None. No exponents, no infinities, no thousands separators."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        return None
    return Decimal(value)


def _comparison(part: str) -> Comparison:
    match = _COMPARISON.fullmatch(part)
    if match is None:
        raise ExpressionRefused(f"cannot read {part.strip()!r}")
    word, number, sign = match["word"], match["number"], match["sign"]
    if word is not None and sign not in ("=", "!="):
        raise ExpressionRefused(f"{part.strip()!r} orders words; use = or !=")
    return Comparison(
        name=match["name"] or "",
        sign=sign,
        word=word,
        number=Decimal(number) if number is not None else None,
    )
