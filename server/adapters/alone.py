"""Work at a folder of this machine that only one process may do at a time."""

from __future__ import annotations

import os
import sys
from pathlib import Path


class Alone:
    """Holds a folder until it is closed, or its process ends however it may."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def is_held(self) -> bool:
        """Whether the folder is ours, which it becomes if it is nobody's.

        Raises:
            OSError: there is no such folder.
        """
        if self._descriptor is not None:
            return True
        if sys.platform == "win32":
            return True  # nobody else is expected there
        import fcntl  # not on Windows

        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
