"""The web: how long people wait, on one machine with web, media and jobs running."""

from __future__ import annotations

import gzip
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rows import Row

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from server.demo.door import Door
from server.demo.headless import carry_out
from server.demo.seed import PASSWORD
from server.demo.show import demonstration, free_port

ROOT = Path(__file__).resolve().parents[2]
#: Repeats of each request; the median and the 95th percentile are reported.
QUICK, FULL = 40, 300


def measure(quick: bool) -> list[Row]:
    """Requests against a running demonstration, then the main job by two aiortc peers."""
    repeats = QUICK if quick else FULL
    with (
        tempfile.TemporaryDirectory(prefix="yunkan-bench-") as folder,
        demonstration(Path(folder), free_port()) as running,
    ):
        begun = time.perf_counter()
        if carry_out(running.address, running.workbook):
            raise RuntimeError("the main job failed")
        main_job = time.perf_counter() - begun
        desk = Door(running.address)
        desk.csrf = desk.post(
            "/api/v1/sign-in", {"sign_in_name": "tongchou", "password": PASSWORD}
        )["csrf"]
        plan = desk.get("/api/v1/plans")["items"][0]
        concluded = desk.get("/api/v1/cases?status=decided")["items"][0]["survey"]["id"]
        rows = [Row("main job, two aiortc peers", main_job, "s", "<= 60")]
        for name, path in (
            ("health", "/api/v1/health"),
            ("cases, first page", "/api/v1/cases"),
            ("cases, searched", "/api/v1/cases?q=%E5%BC%A0"),
            ("plan with its rounds", f"/api/v1/plans/{plan['id']}"),
            ("sheet of a survey", f"/api/v1/surveys/{concluded}"),
            ("record, issued before", f"/api/v1/surveys/{concluded}/record.pdf"),
        ):
            rows += _timed(name, lambda path=path: desk.fetch("GET", path), repeats)
    rows.append(Row("phone page before first video", _phone_kilobytes(), "KB gzip", "<= 40"))
    return rows


def _timed(name: str, request: Callable[[], object], repeats: int) -> list[Row]:
    request()
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        request()
        times.append((time.perf_counter() - begun) * 1000)
    return [
        Row(f"{name}, median", statistics.median(times), "ms"),
        Row(f"{name}, p95", statistics.quantiles(times, n=20)[-1], "ms"),
    ]


def _phone_kilobytes() -> float:
    """Page, styles, icons, modules and one language's words, each compressed by itself.

    Modules loaded only later (`import()` in a function) do not count.
    """
    page = ROOT / "static" / "applicant" / "index.html"
    seen: set[Path] = set()
    waiting = [page, page.parent / "words.zh.json", ROOT / "static" / "shared" / "icons.svg"]
    while waiting:
        file = waiting.pop()
        if file in seen or not file.is_file():
            continue
        seen.add(file)
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".html":
            found = re.findall(r'(?:src|href)="(/static/[^"#]+)"', text)
            waiting += [ROOT / name.lstrip("/") for name in found]
        elif file.suffix == ".js":
            found = re.findall(r'^\s*(?:import|export)[^"\n]*"(\.[^"]+)"', text, re.MULTILINE)
            waiting += [(file.parent / name).resolve() for name in found]
        elif file.suffix == ".css":
            waiting += [file.parent / name for name in re.findall(r'@import "([^"]+)"', text)]
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in seen) / 1024
