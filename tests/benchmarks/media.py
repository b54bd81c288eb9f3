"""Live video: what carrying an inspection costs, ours beside Janus and beside aiortc as it comes;
how soon people in browsers see each other, at first and after what can happen; what joins leave.

Everything runs in a network of its own, which nothing can enter or leave and which ends with the
last process in it, together with every process (`unshare`, of util-linux). Linux only, as root.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rows import Row

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import run

HERE = Path(__file__).parent

#: What is run in turn, each for no longer than so many seconds: packets beside peers, browsers on
#: the whole demonstration, and thousands of joins at one worker.
SUITES = {
    "media_suite.py": 7200,
    "media_browser_suite.py": 5400,
    "media_churn.py": 1800,
}

#: By program, what Debian calls its package.
NEEDED = {
    "ip": "iproute2",
    "tc": "iproute2",
    "certutil": "libnss3-tools",
    "ps": "procps",
    "unshare": "util-linux",
    "janus": "janus",
}

#: Namespaces of network, processes and mounts: with the first process all others end.
ALONE = ("unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")


def measure(quick: bool) -> list[Row]:
    """Without Janus where it cannot be installed.

    Raises:
        run.CannotSetUp: this is no Linux, or we are not root.
    """
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise run.CannotSetUp("Media is measured on Linux by root: processes get their own network")
    if missing := [package for program, package in NEEDED.items() if not shutil.which(program)]:
        run._apt_install(*missing)
    chromium = str(run.chromium())
    rows: list[Row] = []
    with TemporaryDirectory(prefix="yunkan-bench-") as folder:
        for suite, longest in SUITES.items():
            file = Path(folder) / "rows.json"
            command: list[str | Path] = [*ALONE, sys.executable, HERE / suite, file]
            command += ["--quick"] if quick else []
            environment = {**os.environ, "TMPDIR": folder, "YUNKAN_CHROMIUM": chromium}
            subprocess.run(command, cwd=run.ROOT, env=environment, check=True, timeout=longest)
            rows += [
                Row(row["name"], row["value"], row["unit"], row["target"] or "")
                for row in json.loads(file.read_text())
            ]
    return rows
