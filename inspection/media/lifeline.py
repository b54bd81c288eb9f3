"""What ties a process to the supervisor that started it: each notices when the other is gone.

The process's standard input ends when its supervisor does, however that ends. On its standard
output it beats: a supervisor that hears nothing for too long takes it for hanging.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable

#: Seconds between two beats.
BEAT_SECONDS = 1.0


class Lifeline:
    """Of this process, which has one at most. `stop` is called, in another thread, when the
    supervisor has ended."""

    def __init__(self, stop: Callable[[], object]) -> None:
        self._beats = os.dup(1)  # our own: children inherit none, so it ends when we do
        os.dup2(2, 1)

        def wait() -> None:
            # not by sys.stdin: its lock would be held while the interpreter ends
            while os.read(0, 1024):
                pass
            stop()

        threading.Thread(target=wait, name="supervisor", daemon=True).start()

    def beat(self) -> None:
        """Say that whoever calls this is not hanging."""
        with contextlib.suppress(OSError):  # nobody listens: we are about to be stopped
            os.write(self._beats, b".")
