"""Scripts in ODK's own engine: every one opens, and comes to the same as on our server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from inspection.checklist.catalogue import script_files
from inspection.checklist.script import Script, load
from inspection.checklist.xform import Audience, xform_of
from server.config import ROOT
from tests.scripts.sessions import session

ENGINE = Path(__file__).parent / "xforms-engine"
DIGEST = "82b1c9cc1ffeaabcf2d386772aab9a58c5a9cb3eea86d52ae67d180dab51674e"
SESSIONS = 2  # with each script, for each audience; thousands are compared with our own page


@pytest.fixture(scope="module")
def judge(browser: Browser) -> Iterator[Page]:
    """A page with the engine in it. It is served from here, to nobody else."""
    page = browser.new_page()
    page.route("https://judge.invalid/*", _serve)
    page.goto("https://judge.invalid/")
    page.wait_for_function("document.title === 'ready'")
    yield page
    page.close()


def _serve(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    if name:
        route.fulfill(path=ENGINE / name, content_type="text/javascript")
    else:
        route.fulfill(
            body='<script type="module" src="judge.js"></script>', content_type="text/html"
        )


def test_the_judge_is_the_one_that_is_described():
    assert hashlib.sha256((ENGINE / "xforms-engine.js").read_bytes()).hexdigest() == DIGEST


@pytest.mark.parametrize("audience", list(Audience))
def test_every_script_opens_in_odks_engine_and_comes_to_the_same(judge, audience):
    for file in script_files(ROOT / "scripts"):
        script = load(file)
        xform = xform_of(script, audience)
        for number in range(SESSIONS):
            *_, last = session(script, Random(f"{script.key} {audience} {number}"))
            compare(judge.evaluate("told => judge(...told)", [xform, answers(last)]), last, script)


def answers(last: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, last["values"][name]) for name in last["asked"] if name in last["values"]]


def compare(said: dict[str, Any], last: dict[str, Any], script: Script) -> None:
    assert "refused" not in said, f"{script.key}: {said['refused']}"
    assert said["asked"] == last["asked"], script.key
    assert said["results"]["ks_verdict"] == last["suggested"], script.key
    assert float(said["results"]["ks_score"]) == last["score"], script.key
    for name, mark in last["marks"].items():
        point, bracket, nth = name.partition("[")
        assert said["results"].get(f"ks_mark_{point}{bracket}{nth}", "") == (mark or ""), name
