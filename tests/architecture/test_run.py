"""run.py, the one door."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from server.config import ROOT


@pytest.mark.skipif(os.name == "nt", reason="a process cannot turn into another there")
def test_stopping_the_demonstration_stops_what_was_started_and_not_the_door_alone():
    """A service manager, or a terminal that is closed, knows the first process and no other."""
    asks = "import run, sys; run.become(sys.executable, '-c', 'import os; print(os.getpid())')"

    with subprocess.Popen(
        [sys.executable, "-c", asks], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as door:
        told, _ = door.communicate(timeout=30)

    assert int(told) == door.pid
