"""An XForm filled in: what is asked, and every result that is calculated.

The forms are those `xform.py` compiles. Their conditions look back only, so that one pass in the
order of the document settles them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from inspection.checklist.xpath import XPath, compiled

_XFORMS = "{http://www.w3.org/2002/xforms}"
_JAVAROSA = "{http://openrosa.org/javarosa}"

#: What begins so is worked out, or asked by other tools alone (`results.py`, `xform.py`).
_OURS = "ks_"
#: What every form says of itself.
_META = "meta"


@dataclass(frozen=True, slots=True)
class Filled:
    """A form with answers. Names are those of the questions; in repeats ``temperature[2]``."""

    asked: tuple[str, ...]  # the questions that are relevant, in order
    results: Mapping[str, str]  # by name; "ks_mark_temperature[2]"
    impossible: frozenset[str]  # answered by what cannot be true, which counts as no answer


@dataclass(frozen=True, slots=True)
class _Node:
    """One element of the form's instance, and what is bound to it."""

    name: str
    relevant: XPath | None
    calculate: XPath | None
    constraint: XPath | None
    count: XPath | None  # of a repeat
    children: tuple[_Node, ...]


@dataclass(slots=True)
class _Filling:
    answers: Mapping[str, str]
    asked: list[str] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)
    impossible: set[str] = field(default_factory=set)


class Form:
    """A parsed XForm, to be filled in any number of times."""

    def __init__(self, xform: str) -> None:
        model = next(etree.fromstring(xform.encode()).iter(f"{_XFORMS}model"))
        template = model.find(f"{_XFORMS}instance")[0]
        binds = {bind.get("nodeset"): bind for bind in model.iter(f"{_XFORMS}bind")}
        counts = {
            repeat.get("nodeset"): compiled(repeat.get(f"{_JAVAROSA}count").strip())
            for repeat in model.getroottree().iter(f"{_XFORMS}repeat")
        }
        self._root = _node(template, "", binds, counts)

    def fill(self, answers: Mapping[str, str]) -> Filled:
        """What follows from the answers. One to a question that is not asked counts as none."""
        filling = _Filling(answers)
        root = etree.Element(self._root.name)
        for child in self._root.children:
            _fill(child, root, "", filling)
        return Filled(tuple(filling.asked), filling.results, frozenset(filling.impossible))


def _node(
    element: etree._Element,
    above: str,
    binds: Mapping[str, etree._Element],
    counts: Mapping[str, XPath],
) -> _Node:
    name = etree.QName(element).localname
    path = f"{above}/{name}"
    bind = binds.get(path)
    children = {etree.QName(child).localname: child for child in reversed(element)}
    children.pop(_META, None)
    return _Node(
        name,
        _bound(bind, "relevant"),
        _bound(bind, "calculate"),
        _bound(bind, "constraint"),
        counts.get(path),
        tuple(
            _node(child, path, binds, counts)
            for name, child in reversed(children.items())
            if not _only_asked_elsewhere(name, binds.get(f"{path}/{name}"))
        ),
    )


def _only_asked_elsewhere(name: str, bind: etree._Element | None) -> bool:
    """Photos and reasons: here they are kept with their point."""
    return name.startswith(_OURS) and bind is not None and bind.get("calculate") is None


def _bound(bind: etree._Element | None, what: str) -> XPath | None:
    expression = bind.get(what) if bind is not None else None
    return compiled(expression.strip()) if expression else None


def _fill(node: _Node, parent: etree._Element, nth: str, filling: _Filling) -> None:
    if node.count is not None:
        count = node.count.number(parent)
        for number in range(1, int(count) + 1 if count >= 1 else 1):
            _fill_children(node, parent, f"[{number}]", filling)
    elif node.children:
        _fill_children(node, parent, nth, filling)
    else:
        _fill_leaf(node, etree.SubElement(parent, node.name), nth, filling)


def _fill_children(node: _Node, parent: etree._Element, nth: str, filling: _Filling) -> None:
    element = etree.SubElement(parent, node.name)
    for child in node.children:
        _fill(child, element, nth, filling)


def _fill_leaf(node: _Node, element: etree._Element, nth: str, filling: _Filling) -> None:
    key = f"{node.name}{nth}"
    if node.calculate is not None:
        element.text = filling.results[key] = node.calculate.text(element)
    elif node.relevant is None or node.relevant.truth(element):
        filling.asked.append(key)
        element.text = filling.answers.get(key, "")
        if element.text and node.constraint and not node.constraint.truth(element):
            filling.impossible.add(key)
            element.text = ""  # it counts for nothing: 99999 fridges are not asked about
