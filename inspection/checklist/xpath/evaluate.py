"""An expression made ready, and what it yields, converted by the rules of XPath 1.0."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from lxml import etree

from inspection.checklist.xpath import dates, numbers, sets, texts
from inspection.checklist.xpath.rewriting import rewritten
from inspection.checklist.xpath.values import text_of

#: Characters an expression may have. A count over a hundred points has about six thousand.
LONGEST = 50_000

_FUNCTIONS = {
    (None, name): function
    for module in (dates, numbers, sets, texts)
    for name, function in module.FUNCTIONS.items()
}


#: What a function raises that is given what it cannot take: too many operands, a text for a node.
_NOT_TAKEN = (etree.XPathError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class XPathRefused(ValueError):
    """The text is no XPath, or calls for a function that there is not."""


class XPath:
    """A compiled expression. Dates and times without a zone are in that of `now`.

    Raises:
        XPathRefused: it cannot be read.
    """

    def __init__(
        self,
        expression: str,
        *,
        namespaces: Mapping[str, str] | None = None,
        now: datetime | None = None,
    ) -> None:
        if len(expression) > LONGEST:
            raise XPathRefused(f"it is longer than {LONGEST} characters")
        functions = _FUNCTIONS if now is None else {**_FUNCTIONS, **_at(now)}
        try:
            said = rewritten(expression)
            self._value = etree.XPath(said, namespaces=namespaces, extensions=functions)
            self._number, self._truth = (
                etree.XPath(f"{kind}({said})", namespaces=namespaces, extensions=functions)
                for kind in ("number", "boolean")
            )
        except etree.XPathError as error:
            raise XPathRefused(f"{error}: {expression[:100]}") from error

    def text(self, node: etree._Element) -> str:
        return text_of(self._run(self._value, node))

    def number(self, node: etree._Element) -> float:
        return float(self._run(self._number, node))

    def truth(self, node: etree._Element) -> bool:
        return bool(self._run(self._truth, node))

    def _run(self, ready: etree.XPath, node: etree._Element) -> Any:
        try:
            return ready(node)
        except _NOT_TAKEN as error:
            raise XPathRefused(f"{error}: {ready.path[:100]}") from error


@lru_cache(maxsize=20_000)
def compiled(expression: str) -> XPath:
    """The expression of a form, kept for the next time. It has no clock: no form of ours asks.

    Raises:
        XPathRefused: it cannot be read.
    """
    return XPath(expression)


def _at(now: datetime) -> dict[tuple[None, str], Any]:
    return {(None, name): function for name, function in dates.functions_at(now).items()}
