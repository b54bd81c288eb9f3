"""Solves as they are measured: one after another, each a child process, all on the same core."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: For starting, reading and building a model, which count for nobody, on a machine that is busy.
READING = 120


class NoAnswer(Exception):
    """A child failed, or had to be ended; says why."""


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process and those it starts on one core, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(ours)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, ours)


def ask(python: Path, script: Path, request: dict[str, Any], *, seconds: float) -> dict[str, Any]:
    """Start a child with a request, and wait for its answer: the last line it prints, as JSON.

    ``seconds`` is what its planner is given; a child that takes twice that, and `READING`, is
    ended.

    Raises:
        NoAnswer: none came.
    """
    with subprocess.Popen(
        [python, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            said, complained = child.communicate(json.dumps(request), timeout=READING + 2 * seconds)
        except subprocess.TimeoutExpired as late:
            raise NoAnswer(f"{script.stem}: ended after {late.timeout:.0f} s") from late
        finally:
            child.kill()  # also where the user stops the benchmark; nothing to one that has ended
    lines = said.splitlines()
    if child.returncode or not lines:
        raise NoAnswer(f"{script.stem}: ended with {child.returncode}: {complained.strip()[-400:]}")
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer
