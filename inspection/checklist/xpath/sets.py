"""Functions of sets of nodes (ODK XForms 1.0, section 8.4)."""

from __future__ import annotations

from typing import Any

from lxml import etree

from inspection.checklist.xpath.values import node_text, number_of, text_of


def count_non_empty(_: Any, nodes: Any) -> float:
    if not isinstance(nodes, list):
        raise TypeError("count-non-empty() counts nodes")
    return float(sum(bool(node_text(node)) for node in nodes))


def place_of(_: Any, nodes: list[Any]) -> float:
    """Of a node among its siblings of the same name, counted from 1: which repeat it is."""
    node = nodes[0]
    return float(1 + sum(1 for _ in node.itersiblings(node.tag, preceding=True)))


def in_repeat(_: Any, nodes: list[Any], *repeats: Any) -> list[Any]:
    """Of `nodes` those within the nth of a repeat: pairs of a set of repeats, and n from 1."""
    found = nodes
    for group, place in zip(repeats[::2], repeats[1::2], strict=True):
        at = int(number_of(place))
        wanted = {one for one in group if place_of(None, [one]) == at}
        found = [node for node in found if any(above in wanted for above in _and_above(node))]
    return found


def kept_once(context: Any, value: Any) -> str:
    """What the node already says, if anything; else the value."""
    return node_text(context.context_node) or text_of(value)


def _and_above(node: etree._Element) -> list[etree._Element]:
    return [node, *node.iterancestors()]


FUNCTIONS = {
    "count-non-empty": count_non_empty,
    "indexed-repeat": in_repeat,
    "odk-position": place_of,
    "once": kept_once,
}
