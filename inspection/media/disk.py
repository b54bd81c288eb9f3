"""The disk that recordings are written to, and how much of it is not for them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

#: Bytes that recordings leave free: the database needs some, too.
LEAST_FREE = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Disk:
    """`folder` need not be there yet. Below `least_free` bytes nothing more is recorded."""

    folder: Path
    least_free: int = LEAST_FREE

    def free(self) -> int:
        """Bytes. Raises: OSError: the disk does not say."""
        there = next(one for one in (self.folder, *self.folder.parents) if one.exists())
        return shutil.disk_usage(there).free

    def has_room(self) -> bool:
        """Raises: OSError: the disk does not say."""
        return self.free() >= self.least_free
