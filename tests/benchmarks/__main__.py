"""The one door to benchmarks: `python3 run.py bench NAME [--quick] [--json FILE]`.

A benchmark is a file here with `measure(quick: bool) -> list[Row]`. Every figure of an issue is
a row; the table and the JSON hold the same.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import signal
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from rows import Row  # noqa: E402  (its folder is on the path only from here on)

BENCHMARKS = {
    "import": "import_cases",
    "media": "media",
    "offers": "offers_requests",
    "record": "survey_record",
    "repairs": "planning_repairs",
    "scheduler": "planning",
    "scheduler-bureau": "planning_bureau",
    "scheduler-care": "planning_care",
    "scheduler-chicago": "planning_chicago",
    "scheduler-city": "planning_city",
    "scheduler-crews": "planning_crews",
    "scheduler-exactness": "planning_exactness",
    "scheduler-explanations": "planning_explanations",
    "scheduler-growth": "planning_growth",
    "scheduler-vrptw": "planning_vrptw",
    "scripts": "scripts",
    "web": "web_requests",
}
VERSIONS = ("sqlalchemy", "flask", "python-calamine", "aiortc", "pillow", "typst")


def main() -> int:
    parser = argparse.ArgumentParser(prog="run.py bench", description="Measure Yunkan.")
    parser.add_argument("name", choices=sorted(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="end within 50 s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows here too")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # not without ending what it started
    rows: list[Row] = importlib.import_module(BENCHMARKS[arguments.name]).measure(arguments.quick)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}"
    versions = {"python": platform.python_version()} | {name: version(name) for name in VERSIONS}
    _print_table(machine, rows)
    if arguments.json:
        report = {"machine": machine, "versions": versions, "rows": [row.json() for row in rows]}
        arguments.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return 0 if all(row.holds is not False for row in rows) else 1


def _print_table(machine: str, rows: list[Row]) -> None:
    width = max(len(row.name) for row in rows)
    print(machine)
    for row in rows:
        verdict = {True: "holds", False: "MISSED", None: ""}[row.holds]
        target = f"target {row.target}" if row.target else ""
        print(f"{row.name:{width}}  {row.value:>10.3f} {row.unit:12} {target:18} {verdict}")


if __name__ == "__main__":
    sys.exit(main())
