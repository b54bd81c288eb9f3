"""Vectors of ODK Web Forms: expressions, and what they come to. An independent judge of ours."""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from lxml import etree

from inspection.checklist.xpath import XPath, XPathRefused

DATA = Path(os.environ.get("YUNKAN_INSTANCES") or Path(__file__).parents[5] / "shared" / "data")
FILE = DATA / "xpath" / "vectors.json"
#: The day and the zone the vectors were written for.
NOW = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=-7)))
#: Sets of nodes are left aside, and what upstream itself gets wrong.
JUDGED = ("boolean", "number", "string", "number~100")
XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True, slots=True)
class Vector:
    file: str
    expression: str
    type: str
    expected: Any
    node: etree._Element
    namespaces: dict[str, str]

    def holds(self) -> bool:
        try:
            xpath = XPath(self.expression, namespaces=self.namespaces, now=NOW)
            if self.type == "boolean":
                return xpath.truth(self.node) is self.expected
            if self.type == "string":
                return xpath.text(self.node) == self.expected
            return _same(xpath.number(self.node), self.expected, self.type)
        except XPathRefused:
            return False


def vectors() -> list[Vector]:
    """Those that are judged."""
    told = json.loads(FILE.read_text("utf-8"))
    told = told if isinstance(told, list) else told["vectors"]
    return [_vector(one) for one in told if one["type"] in JUDGED and one["flag"] != "fails"]


def _vector(told: dict[str, Any]) -> Vector:
    document = etree.fromstring(told["xml"].encode()) if told["xml"] else etree.Element("none")
    node = _at(document, told["context"])
    if told["root"] not in ("/", "", None):  # an instance of a form, which is a document of its own
        root = _at(document, told["root"])[0]
        below = _path(node)[len(_path(root)) :]
        root = _without_namespaces(root)
        node = root.xpath(f".{below}")[0] if below else root
    namespaces = {
        prefix: uri
        for element in document.iter(etree.Element)
        for prefix, uri in element.nsmap.items()
        if prefix
    }
    return Vector(
        told["file"],
        told["expression"],
        told["type"],
        told["expected"],
        node,
        {"xhtml": XHTML, **namespaces},
    )


def _at(document: etree._Element, path: str | None) -> etree._Element:
    """The root where the path names an attribute: libxml2 evaluates from elements only."""
    found = document.xpath(path) if path and path != "/" else [document]
    return found[0] if found and isinstance(found[0], etree._Element) else document


def _path(element: etree._Element) -> str:
    path: str = element.getroottree().getpath(element)
    return path


def _without_namespaces(element: etree._Element) -> etree._Element:
    copy = etree.fromstring(etree.tostring(element))
    for one in copy.iter(etree.Element):
        one.tag = etree.QName(one).localname
    return copy


def _same(found: float, expected: Any, kind: str) -> bool:
    wanted = math.nan if expected in (None, "NaN") else float(expected)
    if math.isnan(wanted):
        return math.isnan(found)
    return abs(found - wanted) < 1 if kind == "number~100" else found == wanted
