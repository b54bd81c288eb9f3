"""The peers' environment: pinned versions, apart from ours, installed by the benchmark itself."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import run

ENVIRONMENT = run.ROOT / ".bench" / "peers"
LOCK = "requirements-peers.lock"


def peers() -> Path | None:
    """The peers' Python; None, having said why, where they cannot be installed."""
    python = ENVIRONMENT / run.BIN.name / "python"
    stamp = ENVIRONMENT / "installed"
    wanted = hashlib.sha256((run.ROOT / LOCK).read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    try:
        run.install(ENVIRONMENT, LOCK)
    except run.CannotSetUp as missing:
        print(f"Measured without peers. {missing}", file=sys.stderr)
        return None
    stamp.write_text(wanted)
    return python
