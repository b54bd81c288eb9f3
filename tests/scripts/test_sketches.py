"""Sketches of right and wrong: each is there, safe to show, small, and used."""

from __future__ import annotations

import pytest
from lxml import etree

from inspection.checklist.catalogue import script_files
from inspection.checklist.script import load
from inspection.checklist.sketches import SKETCHES
from server.config import ROOT

FOLDER = ROOT / "static" / "sketches"
DRAWN = {"svg", "style", "rect", "g", "path", "circle", "ellipse"}
MOST_BYTES = 3_000


def test_the_sketches_that_scripts_may_name_are_those_that_were_drawn():
    assert {f"{name}.svg" for name in SKETCHES} == {file.name for file in FOLDER.iterdir()}
    assert len(SKETCHES) >= 20


@pytest.mark.parametrize("name", SKETCHES)
def test_a_sketch_is_lines_alone_and_small(name):
    file = FOLDER / f"{name}.svg"
    root = etree.fromstring(file.read_bytes())

    assert file.stat().st_size < MOST_BYTES
    assert {etree.QName(node).localname for node in root.iter()} <= DRAWN  # no script, no words
    assert not any("href" in attribute for node in root.iter() for attribute in node.attrib)
    assert "url(" not in file.read_text("utf-8")


def test_every_sketch_is_shown_at_some_point_that_says_what_is_good():
    points = [point for file in script_files(ROOT / "scripts") for point in load(file).points]
    shown = [point for point in points if point.sketch]

    assert {point.sketch for point in shown} == set(SKETCHES)
    assert all(point.tip_good is not None for point in shown)
