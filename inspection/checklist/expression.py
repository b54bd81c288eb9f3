"""Expressions of a script: the part of XPath 1.0 and ODK XForms that scripts may use.

`relevant` looks at other answers (``${sells_chilled} = 'yes'``); `constraint` and the pass mark
look at the answer itself, too (``. >= 0 and . <= 60``). Here they are only read: the server
evaluates the XForm compiled from the script (`form.py`), the expert's page the tree.

A tree is ``(operator, operand, …)``: ``("=", ("answers", "sells_chilled"), ("text", "yes"))``. Its
leaves are ``("text", …)``, ``("number", …)``, ``("here",)`` for the answer itself, and
``("answers", name)``, which is a set: one answer, or one for each time a point is repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

Tree = tuple[Any, ...]

#: Characters and levels an expression may have. The longest of ours has under a hundred.
LONGEST = 1_000
DEEPEST = 20

#: Functions, and how many operands each takes at least and at most.
FUNCTIONS = {
    "not": (1, 1),
    "if": (3, 3),
    "coalesce": (2, 2),
    "number": (1, 1),
    "round": (1, 1),
    "floor": (1, 1),
    "ceiling": (1, 1),
    "sum": (1, 1),
    "min": (1, 9),
    "max": (1, 9),
    "count-non-empty": (1, 1),
    "true": (0, 0),
    "false": (0, 0),
}
#: These count over a set of answers, and nothing else.
OVER_ANSWERS = ("sum", "count-non-empty")

#: From the loosest to the tightest.
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
_TOKEN = re.compile(
    r"\s*(?:"
    r"(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
    r"|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|\$\{(?P<answers>[A-Za-z_][A-Za-z0-9_.-]*)\}"
    r"|(?P<word>[a-z][a-z-]*)"
    r"|(?P<sign>!=|<=|>=|[-=<>+*().,])"
    r")\s*"
)


class ExpressionRefused(ValueError):
    """The text is none of the expressions a script may use."""


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression as it is written, and its tree."""

    text: str
    tree: Tree

    @property
    def names(self) -> frozenset[str]:
        """The questions it looks at."""
        return frozenset(branch[1] for branch in branches(self.tree) if branch[0] == "answers")

    @property
    def words(self) -> frozenset[tuple[str, str]]:
        """Each question that is compared with a text, and that text."""
        found = set()
        for branch in branches(self.tree):
            if branch[0] in ("=", "!="):
                sides = {side[0]: side[1:] for side in branch[1:]}
                if set(sides) == {"answers", "text"}:
                    found.add((sides["answers"][0], sides["text"][0]))
        return frozenset(found)

    def about(self, name: str) -> str:
        """The expression with the answer to `name` in place of the answer itself."""
        return " ".join(
            f"${{{word}}}" if kind == "answers" else f"${{{name}}}" if word == "." else word
            for kind, word in _tokens(self.text)
        )

    @property
    def lowest(self) -> Decimal | None:
        """The smallest number that holds, or the number just below it where the sign is ``>``."""
        return self._bound(">", ">=")

    @property
    def highest(self) -> Decimal | None:
        """The largest number that holds, or the number just above it where the sign is ``<``."""
        return self._bound("<", "<=")

    def _bound(self, *signs: str) -> Decimal | None:
        """Of the comparisons that must all hold, the answer itself with a number."""
        for sign, *sides in _all_hold(self.tree):
            if sign in signs and sides[0] == ("here",) and _is_number(sides[1]):
                return Decimal(str(sides[1][1]))
        return None


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionRefused: it uses more than scripts may, or divides by nothing.
    """
    if len(text) > LONGEST:
        raise ExpressionRefused(f"it is longer than {LONGEST} characters")
    reader = _Reader(list(_tokens(text)))
    tree = reader.level(0)
    reader.end()
    for branch in branches(tree):
        _check(branch)
    return Expression(text=text, tree=tree)


def branches(tree: Tree) -> Iterator[Tree]:
    """A tree and every tree in it."""
    yield tree
    for part in tree[1:]:
        if isinstance(part, tuple):
            yield from branches(part)


class _Token(NamedTuple):
    kind: str
    word: str


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise ExpressionRefused(f"cannot read {text[at:].strip()[:40]!r}")
        yield _Token(match.lastgroup, match[match.lastgroup])
        at = match.end()


class _Reader:
    """Takes tokens from the left, one operator level inside the other."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def level(self, level: int) -> Tree:
        if level == len(_LEVELS):
            return self._unary()
        tree = self.level(level + 1)
        while (sign := self._next_is(*_LEVELS[level])) is not None:
            tree = (sign, tree, self.level(level + 1))
        return tree

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise ExpressionRefused(f"cannot read {self._tokens[self._at].word!r}")

    def _unary(self) -> Tree:
        minuses = 0
        while self._next_is("-") is not None:
            minuses += 1
        tree = self._primary()
        if _is_number(tree):
            return ("number", -tree[1] if minuses % 2 else tree[1])
        for _ in range(min(minuses, 2 - minuses % 2)):  # - - x is the number of x
            tree = ("negative", tree)
        return tree

    def _primary(self) -> Tree:
        if self._at == len(self._tokens):
            raise ExpressionRefused("it ends too early")
        kind, word = self._tokens[self._at]
        self._at += 1
        match kind:
            case "number":
                return ("number", float(word) if "." in word else int(word))
            case "text":
                return ("text", word[1:-1])
            case "answers":
                return ("answers", word)
            case "word":
                return self._call(word)
        if word == ".":
            return ("here",)
        if word != "(":
            raise ExpressionRefused(f"cannot read {word!r}")
        tree = self._inside(lambda: self.level(0))
        self._must_be(")")
        return tree

    def _call(self, name: str) -> Tree:
        if name not in FUNCTIONS:
            raise ExpressionRefused(f"there is no {name!r}")
        self._must_be("(")
        operands: list[Tree] = []
        while self._next_is(")") is None:
            if operands:
                self._must_be(",")
            operands.append(self._inside(lambda: self.level(0)))
        least, most = FUNCTIONS[name]
        if not least <= len(operands) <= most:
            raise ExpressionRefused(f"{name}() cannot have {len(operands)} operands")
        return (name, *operands)

    def _inside(self, read: Any) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionRefused(f"it has more than {DEEPEST} levels")
        tree: Tree = read()
        self._depth -= 1
        return tree

    def _next_is(self, *words: str) -> str | None:
        if self._at < len(self._tokens):
            kind, word = self._tokens[self._at]
            if kind in ("sign", "word") and word in words:
                self._at += 1
                return word
        return None

    def _must_be(self, word: str) -> None:
        if self._next_is(word) is None:
            raise ExpressionRefused(f"{word!r} is missing")


def _is_number(tree: Tree) -> bool:
    """Whether it is a number as it is written, not the function of that name."""
    return tree[0] == "number" and not isinstance(tree[1], tuple)


def _check(branch: Tree) -> None:
    operator, *sides = branch
    if operator in ("<", "<=", ">", ">=") and any(
        side[0] in ("text", "true", "false") for side in sides
    ):
        raise ExpressionRefused(f"{operator} orders words; use = or !=")
    if operator in ("div", "mod") and sides[1] == ("number", 0):
        raise ExpressionRefused("it divides by nothing")
    if operator in OVER_ANSWERS and sides[0][0] != "answers":
        raise ExpressionRefused(f"{operator}() counts answers, as in {operator}(${{name}})")


def _all_hold(tree: Tree) -> Iterator[Tree]:
    if tree[0] == "and":
        yield from _all_hold(tree[1])
        yield from _all_hold(tree[2])
    elif len(tree) == 3:
        yield tree
